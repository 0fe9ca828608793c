"""Which endpoint answers at which URL of `https://idp.acme.test`."""

import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from sessions_sandbox.authorization_server import (
    authorize,
    cors,
    discovery,
    introspection,
    jwks,
    revocation,
    token,
    userinfo,
)
from sessions_sandbox.authorization_server.server import AuthorizationServer
from sessions_sandbox.http_answers import OAuthError, json_response
from sessions_sandbox.ids import SeededIds
from sessions_sandbox.routing import Handler, NoRoute, handler_of
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
OKTA_ERRORS = {
    404: ("E0000007", "Not found: there is no such authorization server or endpoint"),
    405: ("E0000022", "The endpoint does not support this method"),
}


class IdentityProvider:
    """The WSGI application of the origin. Each server keeps to its own path."""

    def __init__(self, servers: Iterable[AuthorizationServer], switches: Switches, ids: SeededIds) -> None:
        self._switches = switches
        self._ids = ids
        self._routes: dict[str, dict[str, Handler]] = {}
        for server in servers:
            self._add(server)

    def _add(self, server: AuthorizationServer) -> None:
        path, well_known = server.settings.path, "/.well-known"
        for name, (methods, endpoint) in ENDPOINTS.items():
            url = f"{server.settings.endpoints}/v1/{name}"
            self._routes[url] = dict.fromkeys(methods, partial(endpoint, server))
        openid, oauth = f"{well_known}/openid-configuration", f"{well_known}/oauth-authorization-server"
        self._routes[path + openid] = {"GET": partial(discovery.openid_configuration, server)}
        for url in (path + oauth, oauth + path):
            self._routes[url] = {"GET": partial(discovery.oauth_metadata, server)}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        time.sleep(self._switches.latency_ms / 1000)
        return cors.allow_origin(request, self._answer(request))(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if self._switches.authorization_server_down:
            return Response("The authorization server is down.", 503, {"Retry-After": "5"})
        try:
            return cors.preflight(request) or handler_of(self._routes, request)(request)
        except OAuthError as error:
            return error.response()
        except NoRoute as error:
            return self._okta_error(error)

    def _okta_error(self, error: NoRoute) -> Response:
        """An error in the shape that Okta gives to those outside OAuth."""
        code, summary = OKTA_ERRORS[error.status]
        body = {
            "errorCode": code,
            "errorSummary": summary,
            "errorLink": code,
            "errorId": f"oae{self._ids.make('error')[:17]}",
            "errorCauses": [],
        }
        return json_response(body, error.status, error.headers)
