"""Which endpoint answers at which URL of `https://idp.acme.test`."""

import secrets
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from sessions_sandbox.authorization_server import (
    authorize,
    discovery,
    introspection,
    jwks,
    revocation,
    token,
    userinfo,
)
from sessions_sandbox.authorization_server.server import AuthorizationServer
from sessions_sandbox.http_answers import OAuthError, json_response
from sessions_sandbox.switches import Switches

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Endpoint = Callable[[AuthorizationServer, Request], Response]

ENDPOINTS: dict[str, tuple[tuple[str, ...], Endpoint]] = {
    "authorize": (("GET", "POST"), authorize.authorize),
    "login": (("POST",), authorize.login),
    "token": (("POST",), token.token),
    "introspect": (("POST",), introspection.introspect),
    "revoke": (("POST",), revocation.revoke),
    "keys": (("GET",), jwks.keys),
    "userinfo": (("GET", "POST"), userinfo.userinfo),
}
NOT_FOUND = ("E0000007", "Not found: there is no such authorization server or endpoint")


class IdentityProvider:
    """The WSGI application of the origin. Each server keeps to its own path."""

    def __init__(self, servers: Iterable[AuthorizationServer], switches: Switches) -> None:
        self._switches = switches
        self._urls = Map(strict_slashes=False)
        for server in servers:
            for name, (methods, endpoint) in ENDPOINTS.items():
                self._add(server, f"{server.settings.endpoints}/v1/{name}", methods, endpoint)
            path, well_known = server.settings.path, "/.well-known"
            self._add(server, f"{path}{well_known}/openid-configuration", ("GET",), discovery.openid_configuration)
            suffixed = f"{path}{well_known}/oauth-authorization-server"
            inserted = f"{well_known}/oauth-authorization-server{path}"
            for url in dict.fromkeys((suffixed, inserted)):
                self._add(server, url, ("GET",), discovery.oauth_metadata)

    def _add(
        self, server: AuthorizationServer, url: str, methods: tuple[str, ...], endpoint: Endpoint
    ) -> None:
        self._urls.add(Rule(url, methods=methods, endpoint=(server, endpoint)))

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return self._answer(Request(environ))(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if self._switches.authorization_server_down:
            return Response("The authorization server is down.", 503, {"Retry-After": "5"})
        try:
            (server, endpoint), _ = self._urls.bind_to_environ(request.environ).match()
            return endpoint(server, request)  # type: ignore[no-any-return]
        except OAuthError as error:
            return error.response()
        except NotFound:
            return _okta_error(404, *NOT_FOUND)
        except MethodNotAllowed as error:
            allowed = ", ".join(sorted(set(error.valid_methods or ()) - {"HEAD", "OPTIONS"}))
            return _okta_error(405, "E0000022", "The endpoint does not support this method", {"Allow": allowed})
        except HTTPException as error:
            return _okta_error(error.code or 400, "E0000003", "The request body was not well-formed")


def _okta_error(status: int, code: str, summary: str, headers: dict[str, str] | None = None) -> Response:
    """An error in the shape that Okta gives to those outside OAuth."""
    body = {
        "errorCode": code,
        "errorSummary": summary,
        "errorLink": code,
        "errorId": "oae" + secrets.token_urlsafe(8),
        "errorCauses": [],
    }
    return json_response(body, status, headers)
