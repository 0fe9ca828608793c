"""The API's endpoints, each with the scope that it needs."""

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from sessions_sandbox.clock import Clock
from sessions_sandbox.dpop import ProofChecker
from sessions_sandbox.http_answers import FORM, NO_STORE, OAuthError, json_response, parameters
from sessions_sandbox.ids import SeededIds
from sessions_sandbox.resource_server.dpop import DpopValidation
from sessions_sandbox.resource_server.events import Denylist, EventReceiver, NotBeforeOfUser
from sessions_sandbox.resource_server.status_list import StatusListValidation
from sessions_sandbox.resource_server.strategy import CannotTell, InvalidToken, Strategy
from sessions_sandbox.resource_server.validation import (
    CachedIntrospection,
    Hybrid,
    Introspection,
    LocalValidation,
    Naive,
)
from sessions_sandbox.routing import NoRoute, Routes, handler_of
from sessions_sandbox.seed import API, CUSTOM
from sessions_sandbox.stores import Store
from sessions_sandbox.switches import Switches

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ORDERS = [{"id": 1, "item": "keyboard"}, {"id": 2, "item": "lamp"}]


class OwnClock:
    """The API's clock: ahead of the sandbox's, or behind it, by as much as the switches say."""

    def __init__(self, clock: Clock, switches: Switches) -> None:
        self._clock = clock
        self._switches = switches

    def now(self) -> int:
        """Unix seconds."""
        return self._clock.now() + self._switches.clock_skew_seconds


class ResourceServer:
    """`GET /orders` (needs orders:read), `POST /orders` and `POST /payments` (orders:write).

    `api_validation` says how the token of an order is checked. A payment is introspected every time, whatever
    the switches say.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        ids: SeededIds,
        switches: Switches,
        issuer: str = CUSTOM.issuer,
        origin: str = API,
    ) -> None:
        """`issuer`: whose tokens count, as the clients know it; `origin`: as they know this API."""
        self._switches = switches
        own_clock = OwnClock(clock, switches)
        local, introspection = LocalValidation(issuer, own_clock), Introspection(own_clock, issuer)
        proofs = ProofChecker(store, clock, ids, switches, "api", own_clock.now)
        self._introspection = introspection
        self._introspection_with_key = DpopValidation(introspection.claims_of_any, proofs, origin)
        self._strategies: dict[str, Strategy] = {
            "naive": Naive(local.issuer),
            "local": local,
            "introspection": CachedIntrospection(introspection, switches),
            "denylist": Denylist(local, store),
            "not_before": NotBeforeOfUser(local, store),
            "hybrid": Hybrid(local, introspection),
            "dpop": DpopValidation(local.claims_of_any, proofs, origin),
            "status_list": StatusListValidation(local),
        }
        self._routes: Routes = {
            "/orders": {
                "GET": partial(self._order, "orders:read", ORDERS),
                "POST": partial(self._order, "orders:write", {"id": 3}),
            },
            "/payments": {"POST": self._payment},
            "/events": {"POST": EventReceiver(local.issuer, store, origin).receive},
        }

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return self._answer(Request(environ))(environ, start_response)

    def _answer(self, request: Request) -> Response:
        try:
            return handler_of(self._routes, request)(request)
        except NoRoute as error:
            return json_response({"error": error.error}, error.status, error.headers)

    def _order(self, needed: str, body: object, request: Request) -> Response:
        return self._guarded(self._strategies[self._switches.api_validation], needed, body, request)

    def _payment(self, request: Request) -> Response:
        with_key = self._switches.api_validation == "dpop"
        strategy = self._introspection_with_key if with_key else self._introspection
        return self._guarded(strategy, "orders:write", {"paid": True}, request)

    def _guarded(self, strategy: Strategy, needed: str, body: object, request: Request) -> Response:
        if _is_malformed(request):
            return _refuse(strategy, 400, "invalid_request")
        token = strategy.token_of(request)
        if token is None:
            return _refuse(strategy, 401)
        try:
            scopes = strategy.scopes_for(request, token)
        except InvalidToken as error:
            return _refuse(strategy, 401, error.error, **error.attributes)
        except CannotTell:
            if not self._switches.api_fail_open:
                unreachable = {"error": "authorization_server_unreachable"}
                return json_response(unreachable, 503, {"Retry-After": "5"})
            # MISTAKE: nobody said that this token counts, and it is served.
            scopes = {needed}
        if needed not in scopes:
            return _refuse(strategy, 403, "insufficient_scope", scope=needed)
        return json_response(body, headers={**NO_STORE, **strategy.headers()})


def _refuse(strategy: Strategy, status: int, error: str | None = None, **attributes: str) -> Response:
    """RFC 6750 §3.1: 400 invalid_request, 401 invalid_token, 403 insufficient_scope."""
    body = {"error": error or "no_token"}
    return json_response(body, status, {**NO_STORE, **strategy.challenge(error, **attributes)})


def _is_malformed(request: Request) -> bool:
    """Whether a token stands in the URL (RFC 9700 §4.3.2) or in a form, or parameters cannot be read."""
    try:
        sent = parameters(request.get_data()) if request.mimetype == FORM else {}
        return "access_token" in {**sent, **parameters(request.query_string)}
    except OAuthError:
        return True
