"""Which endpoint answers at which URL of `https://idp.acme.test`."""

import time
from collections.abc import Callable, Container, Iterable
from functools import partial
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from sessions_sandbox.authorization_server import (
    authorize,
    cors,
    discovery,
    introspection,
    jwks,
    logout,
    revocation,
    status_list,
    token,
    userinfo,
)
from sessions_sandbox.authorization_server.rate_limit import count_request
from sessions_sandbox.authorization_server.server import AuthorizationServer
from sessions_sandbox.http_answers import OAuthError, json_response
from sessions_sandbox.ids import SeededIds
from sessions_sandbox.routing import Handler, NoRoute, handler_of
from sessions_sandbox.seed import APP
from sessions_sandbox.switches import Switches

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Endpoint = Callable[[AuthorizationServer, Request], Response]

ENDPOINTS: dict[str, tuple[tuple[str, ...], Endpoint]] = {
    "authorize": (("GET", "POST"), authorize.authorize),
    "login": (("POST",), authorize.login),
    "consent": (("POST",), authorize.decide),
    "token": (("POST",), token.token),
    "introspect": (("POST",), introspection.introspect),
    "revoke": (("POST",), revocation.revoke),
    "keys": (("GET",), jwks.keys),
    "status_list": (("GET",), status_list.publish),
    "userinfo": (("GET", "POST"), userinfo.userinfo),
    "logout": (("GET", "POST"), logout.logout),
}
OKTA_ERRORS = {
    404: ("E0000007", "Not found: there is no such authorization server or endpoint"),
    405: ("E0000022", "The endpoint does not support this method"),
    429: ("E0000047", "API call exceeded rate limit due to too many requests."),
}


class IdentityProvider:
    """The WSGI application of the origin. Each server keeps to its own path."""

    def __init__(
        self,
        servers: Iterable[AuthorizationServer],
        switches: Switches,
        ids: SeededIds,
        origins: Container[str] = (APP,),
    ) -> None:
        """`origins`: those of the apps whose pages may call the endpoints."""
        self._switches = switches
        self._ids = ids
        self._origins = origins
        self._routes: dict[str, dict[str, Handler]] = {}
        for server in servers:
            self._add(server)

    def _add(self, server: AuthorizationServer) -> None:
        path, well_known = server.settings.path, "/.well-known"
        for name, (methods, endpoint) in ENDPOINTS.items():
            url = f"{server.settings.endpoints}/v1/{name}"
            self._routes[url] = dict.fromkeys(methods, self._handler(server, endpoint))
        openid, oauth = f"{well_known}/openid-configuration", f"{well_known}/oauth-authorization-server"
        self._routes[path + openid] = {"GET": self._handler(server, discovery.openid_configuration)}
        for url in (path + oauth, oauth + path):
            self._routes[url] = {"GET": self._handler(server, discovery.oauth_metadata)}

    def _handler(self, server: AuthorizationServer, endpoint: Endpoint) -> Handler:
        return partial(self._limited, server, partial(endpoint, server))

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        if self._switches.latency_ms:  # even to sleep for no time gives the processor away
            time.sleep(self._switches.latency_ms / 1000)
        answer = cors.allow_origin(request, self._answer(request), self._origins)
        return answer(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if self._switches.authorization_server_down:
            return Response("The authorization server is down.", 503, {"Retry-After": "5"})
        try:
            return cors.preflight(request) or handler_of(self._routes, request)(request)
        except OAuthError as error:
            return error.response()
        except NoRoute as error:
            return self._okta_error(error.status, error.headers)

    def _limited(self, server: AuthorizationServer, handler: Handler, request: Request) -> Response:
        """The answer of an endpoint, or a 429 when it has answered often enough in this minute."""
        if server.switches.rate_limit is None:
            return handler(request)
        allowance = count_request(server.store, server.clock, request.path, server.switches.rate_limit)
        if allowance.is_exceeded:
            return self._okta_error(429, allowance.headers)
        try:
            response = handler(request)
        except OAuthError as error:
            response = error.response()
        response.headers.extend(allowance.headers)
        return response

    def _okta_error(self, status: int, headers: dict[str, str]) -> Response:
        """An error in the shape that Okta gives to those outside OAuth."""
        code, summary = OKTA_ERRORS[status]
        body = {
            "errorCode": code,
            "errorSummary": summary,
            "errorLink": code,
            "errorId": f"oae{self._ids.make('error')[:17]}",
            "errorCauses": [],
        }
        return json_response(body, status, headers)
