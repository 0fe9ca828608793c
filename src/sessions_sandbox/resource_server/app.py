"""The API's endpoints, each with the scope that it needs."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from sessions_sandbox.clock import Clock
from sessions_sandbox.http_answers import NO_STORE, bearer_challenge, bearer_token, json_response
from sessions_sandbox.resource_server.validation import (
    CannotTell,
    Introspection,
    InvalidToken,
    LocalValidation,
)
from sessions_sandbox.switches import Switches

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

REALM = "orders"
ORDERS = [{"id": 1, "item": "keyboard"}, {"id": 2, "item": "lamp"}]


class ResourceServer:
    """`GET /orders` (orders:read), `POST /orders` (orders:write), `POST /payments` (orders:write, always asks)."""

    def __init__(self, clock: Clock, switches: Switches) -> None:
        self._switches = switches
        self._local = LocalValidation()
        self._introspection = Introspection(clock)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return self._answer(Request(environ))(environ, start_response)

    def _answer(self, request: Request) -> Response:
        routes: dict[tuple[str, str], tuple[str, Callable[[str], set[str]], object]] = {
            ("GET", "/orders"): ("orders:read", self._as_switched, ORDERS),
            ("POST", "/orders"): ("orders:write", self._as_switched, {"id": 3}),
            ("POST", "/payments"): ("orders:write", self._introspection.scopes, {"paid": True}),
        }
        route = routes.get((request.method, request.path))
        if route is None:
            allowed = ", ".join(method for method, path in routes if path == request.path)
            if allowed:
                return json_response({"error": "method_not_allowed"}, 405, {"Allow": allowed})
            return json_response({"error": "not_found"}, 404)
        return self._guarded(request, *route)

    def _guarded(
        self, request: Request, needed: str, scopes_of: Callable[[str], set[str]], body: object
    ) -> Response:
        if "access_token" in request.args or "access_token" in request.form:
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
