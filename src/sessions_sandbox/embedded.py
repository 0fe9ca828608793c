"""The sandbox itself: three origins, one clock, one store, in this process."""

import json
import threading
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import asdict
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sessions_sandbox.agreement import Agreement
from sessions_sandbox.authorization_server import AuthorizationServer, IdentityProvider
from sessions_sandbox.clock import START, Clock
from sessions_sandbox.cookie_app import CookieApp
from sessions_sandbox.errors import SandboxError
from sessions_sandbox.handle import Handle, Row
from sessions_sandbox.http_answers import json_response
from sessions_sandbox.ids import SeededIds
from sessions_sandbox.keys import KeyRing, test_only_keys
from sessions_sandbox.network.in_process import WsgiSocket
from sessions_sandbox.network.trace import Exchange, Trace, host_of
from sessions_sandbox.network.wire import route, unroute
from sessions_sandbox.records import TABLES, SharedState
from sessions_sandbox.resource_server import ResourceServer
from sessions_sandbox.seed import API, APP, CUSTOM, IDP, ORG, USERS
from sessions_sandbox.stores import MemoryStore, Store, sweep
from sessions_sandbox.switches import Switches

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LONGEST_BODY = 250_000
REQUESTS_BETWEEN_SWEEPS = 1000
HOSTS = tuple(urlsplit(origin).netloc for origin in (IDP, APP, API))


class Sandbox(Handle):
    """An identity provider, a cookie app and an API, reachable at their https origins while it is started.

    `with Sandbox() as sandbox:` starts and stops it. Meanwhile the clock of the process is the sandbox's.
    Sandboxes that share a store are one, whatever process they run in: the same rows, clock and switches, and
    no id twice. Each notes its own exchanges.
    """

    def __init__(self, store: Store | None = None, seed: str = "test only") -> None:
        super().__init__()
        self.store: Store = MemoryStore() if store is None else store
        self.switches = Switches()
        self._agreement = Agreement(self.store)
        self._agreed = SharedState()
        self._following = threading.Lock()
        self._clock = Clock(agree=self._agreement.advance)
        self._ids = SeededIds(seed, self.store.count)
        self._trace = Trace(self._dispatch, self._clock.now)
        self._applications: dict[str, WSGIApplication] = {}
        self._requests = count(1)
        self._build()
        self._follow()

    @property
    def clock(self) -> Clock:
        self._follow()
        return self._clock

    def _open(self, undo: ExitStack) -> None:
        self._follow()
        route(HOSTS, lambda host: WsgiSocket(self._serve, host))
        undo.callback(unroute, HOSTS)
        self._clock.take_over()
        undo.callback(self._clock.release)

    def rows(self, table: str) -> list[Row]:
        for kind in TABLES:
            if kind.table == table:
                return [asdict(record) for record in self.store.all(kind)]
        raise SandboxError(
            f"there is no table {table!r}; there are {', '.join(kind.table for kind in TABLES)}"
        )

    def exchanges(self, host: str | None = None, path: str | None = None) -> list[Exchange]:
        self._follow()
        return self._trace.exchanges(host, path)

    def set(self, **switches: Any) -> None:
        self.switches.set(**switches)
        self._agreement.turn(switches)
        self._follow()

    def reset(self) -> None:
        super().reset()
        self._agreement.start_again()
        self._follow()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """The sandbox as one WSGI application: the Host header chooses the server."""
        environ["wsgi.url_scheme"] = "https"
        return self._serve(environ, start_response)

    def _serve(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request: at the time that the clock of all shows, and 503 when the store fails."""
        try:
            self._follow()
            if next(self._requests) % REQUESTS_BETWEEN_SWEEPS == 0:
                sweep(self.store, self._clock.now())
            return self._trace(environ, start_response)
        except SandboxError as error:
            environ["wsgi.errors"].write(f"{error}\n")
            return json_response({"error": "store_unavailable"}, 503)(environ, start_response)

    def _follow(self) -> None:
        """Do here what another process has done to the shared store: a reset, a switch, a step in time."""
        if self._agreement.state() == self._agreed:
            return
        with self._following:
            state, before = self._agreement.state(), self._agreed
            if state.resets != before.resets:
                self._trace.clear()
                self._requests = count(1)
                self._build()
            if state.switches != before.switches:
                self.switches.set(**{**asdict(Switches()), **json.loads(state.switches)})
            self._clock.move_to(START + state.moved)
            self._agreed = state

    def _build(self) -> None:
        for user in USERS:
            self.store.add(user)
        custom, custom_next, org, org_identity = test_only_keys()
        custom_keys = KeyRing(custom, [custom, custom_next])
        shared = (self.store, self._clock, self._ids, self.switches)
        servers = (
            AuthorizationServer(CUSTOM, custom_keys, custom_keys, *shared),
            AuthorizationServer(ORG, KeyRing(org, []), KeyRing(org_identity, [org_identity]), *shared),
        )
        applications: tuple[WSGIApplication, ...] = (
            IdentityProvider(servers, self.switches, self._ids),
            CookieApp(self.store, self._clock, self._ids),
            ResourceServer(self._clock, self.switches),
        )
        self._applications = dict(zip(HOSTS, applications, strict=True))

    def _dispatch(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        application = self._applications.get(host_of(environ))
        if application is None:
            application = json_response({"error": "unknown_host", "known_hosts": ", ".join(HOSTS)}, 421)
        elif int(environ["CONTENT_LENGTH"]) > LONGEST_BODY:
            application = json_response({"error": "content_too_large", "longest": LONGEST_BODY}, 413)
        return application(environ, start_response)
