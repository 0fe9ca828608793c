"""The sandbox itself: three origins, one clock, one store, in this process."""

from collections.abc import Iterable
from dataclasses import asdict
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from sessions_sandbox.authorization_server import AuthorizationServer, IdentityProvider
from sessions_sandbox.clock import Clock
from sessions_sandbox.cookie_app import CookieApp
from sessions_sandbox.errors import SandboxError
from sessions_sandbox.handle import Handle, Row
from sessions_sandbox.http_answers import json_response
from sessions_sandbox.ids import SeededIds
from sessions_sandbox.keys import KeyRing, test_only_keys
from sessions_sandbox.network.in_process import WsgiSocket
from sessions_sandbox.network.trace import Exchange, Trace
from sessions_sandbox.network.wire import route, unroute
from sessions_sandbox.records import TABLES
from sessions_sandbox.resource_server import ResourceServer
from sessions_sandbox.seed import API, APP, CUSTOM, IDP, ORG, USERS
from sessions_sandbox.stores import MemoryStore, Store
from sessions_sandbox.switches import Switches

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HOSTS = tuple(urlsplit(origin).netloc for origin in (IDP, APP, API))


class Sandbox(Handle):
    """An identity provider, a cookie app and an API, reachable at their https origins while it is started.

    `with Sandbox() as sandbox:` starts and stops it. While it runs, the clock of the process is the sandbox's.
    """

    def __init__(self, store: Store | None = None, seed: str = "test only") -> None:
        self.store: Store = MemoryStore() if store is None else store
        self.switches = Switches()
        self._clock = Clock()
        self._ids = SeededIds(seed)
        self._trace = Trace(self._dispatch, self._clock.now)
        self._applications: dict[str, WSGIApplication] = {}
        self._build()

    @property
    def clock(self) -> Clock:
        return self._clock

    def start(self) -> Self:
        """Take over the three hosts and the clock of this process. Raises `SandboxError` if another sandbox has them."""
        route(HOSTS, lambda host: WsgiSocket(self._trace, host))
        self._clock.take_over()
        return self

    def stop(self) -> None:
        """Give hosts and clock back."""
        unroute(HOSTS)
        self._clock.release()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def rows(self, table: str) -> list[Row]:
        for kind in TABLES:
            if kind.table == table:
                return [asdict(record) for record in self.store.all(kind)]
        raise SandboxError(f"there is no table {table!r}; there are {', '.join(kind.table for kind in TABLES)}")

    def exchanges(self, host: str | None = None, path: str | None = None) -> list[Exchange]:
        return self._trace.exchanges(host, path)

    def set(self, **switches: Any) -> None:
        self.switches.set(**switches)

    def reset(self) -> None:
        self.store.clear()
        self._clock.reset()
        self._ids.reset()
        self.switches.reset()
        self._trace.clear()
        self._build()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """The sandbox as one WSGI application: the Host header chooses the server."""
        environ["wsgi.url_scheme"] = "https"
        return self._trace(environ, start_response)

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
            IdentityProvider(servers, self.switches),
            CookieApp(self.store, self._clock, self._ids),
            ResourceServer(self._clock, self.switches),
        )
        self._applications = dict(zip(HOSTS, applications, strict=True))

    def _dispatch(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        application = self._applications.get(environ["HTTP_HOST"].removesuffix(":443"))
        if application is None:
            known = ", ".join(HOSTS)
            missing = json_response({"error": "unknown_host", "known_hosts": known}, 421)
            return missing(environ, start_response)
        return application(environ, start_response)
