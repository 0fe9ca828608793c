"""The API's endpoints, each with the scope that it needs."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from sessions_sandbox.clock import Clock
from sessions_sandbox.http_answers import (
    FORM,
    NO_STORE,
    OAuthError,
    bearer_challenge,
    bearer_token,
    json_response,
    parameters,
)
from sessions_sandbox.resource_server.validation import (
    CannotTell,
    Introspection,
    InvalidToken,
    LocalValidation,
)
from sessions_sandbox.routing import NoRoute, Routes, handler_of
from sessions_sandbox.seed import CUSTOM
from sessions_sandbox.switches import Switches

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

REALM = "orders"
ORDERS = [{"id": 1, "item": "keyboard"}, {"id": 2, "item": "lamp"}]


class ResourceServer:
    """`GET /orders` (needs orders:read), `POST /orders` and `POST /payments` (orders:write).

    A payment is introspected every time, whatever the switches say.
    """

    def __init__(self, clock: Clock, switches: Switches, issuer: str = CUSTOM.issuer) -> None:
        self._switches = switches
        self._local = LocalValidation(issuer)
        self._introspection = Introspection(clock, issuer)
        read, write = partial(self._guarded, "orders:read"), partial(self._guarded, "orders:write")
        self._routes: Routes = {
            "/orders": {
                "GET": partial(read, self._as_switched, ORDERS),
                "POST": partial(write, self._as_switched, {"id": 3}),
            },
            "/payments": {"POST": partial(write, self._introspection.scopes, {"paid": True})},
        }

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return self._answer(Request(environ))(environ, start_response)

    def _answer(self, request: Request) -> Response:
        try:
            return handler_of(self._routes, request)(request)
        except NoRoute as error:
            return json_response({"error": error.error}, error.status, error.headers)

    def _guarded(
        self, needed: str, scopes_of: Callable[[str], set[str]], body: object, request: Request
    ) -> Response:
        if _is_malformed(request):
            return self._refuse(400, "invalid_request")
        token = bearer_token(request)
        if token is None:
            return self._refuse(401)
        try:
            scopes = scopes_of(token)
        except InvalidToken:
            return self._refuse(401, "invalid_token")
        except CannotTell:
            return json_response({"error": "authorization_server_unreachable"}, 503, {"Retry-After": "5"})
        if needed not in scopes:
            return self._refuse(403, "insufficient_scope", scope=needed)
        return json_response(body, headers=NO_STORE)

    def _as_switched(self, token: str) -> set[str]:
        if self._switches.api_validation == "local":
            return self._local.scopes(token)
        return self._introspection.scopes(token, self._switches.introspection_cache_seconds)

    def _refuse(self, status: int, error: str | None = None, **attributes: str) -> Response:
        """RFC 6750 §3.1: 400 invalid_request, 401 invalid_token, 403 insufficient_scope."""
        body = {"error": error or "no_token"}
        return json_response(body, status, {**NO_STORE, **bearer_challenge(REALM, error, **attributes)})


def _is_malformed(request: Request) -> bool:
    """Whether a token stands in the URL (RFC 9700 §4.3.2) or in a form, or parameters cannot be read."""
    try:
        sent = parameters(request.get_data()) if request.mimetype == FORM else {}
        return "access_token" in {**sent, **parameters(request.query_string)}
    except OAuthError:
        return True
