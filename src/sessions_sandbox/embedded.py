"""The sandbox itself: three origins, one clock, one store, in this process."""

import json
import threading
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import asdict, replace
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from werkzeug.exceptions import ClientDisconnected

from sessions_sandbox import operations
from sessions_sandbox.agreement import Agreement
from sessions_sandbox.authorization_server import AuthorizationServer, IdentityProvider
from sessions_sandbox.authorization_server.server import write_log
from sessions_sandbox.bff import Bff
from sessions_sandbox.clock import START, Clock
from sessions_sandbox.errors import SandboxError
from sessions_sandbox.faces import ACME, Face, face_at, over_plain_http
from sessions_sandbox.handle import Handle, Row
from sessions_sandbox.http_answers import json_response
from sessions_sandbox.ids import SeededIds
from sessions_sandbox.key_ring import Rotation, key_rings, rotations_of
from sessions_sandbox.lifetimes import remarks, with_lifetimes
from sessions_sandbox.naive.cookie_app import CookieAppWithMistakes
from sessions_sandbox.network.in_process import WsgiSocket
from sessions_sandbox.network.trace import Exchange, Trace, host_of
from sessions_sandbox.network.wire import route, unroute
from sessions_sandbox.records import TABLES, AccessToken, SharedState
from sessions_sandbox.registration import Registration, Uris
from sessions_sandbox.resource_server import ResourceServer
from sessions_sandbox.routing import by_prefix
from sessions_sandbox.seed import API, APP, CUSTOM, IDP, ORG, PAYMENTS, SERVERS, USERS, Client
from sessions_sandbox.stores import MemoryStore, Store, sweep
from sessions_sandbox.switches import Switches

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LONGEST_BODY = 250_000
REQUESTS_BETWEEN_SWEEPS = 1000
MOST_FACES = 20
"""How many are kept built: their names come from outside."""
HOSTS = tuple(urlsplit(origin).netloc for origin in (IDP, APP, API))


class Sandbox(Handle):
    """An identity provider, a cookie app and an API, reachable at their https origins while it is started.

    `with Sandbox() as sandbox:` starts and stops it. Meanwhile the clock of the process is the sandbox's.
    Sandboxes that share a store are one, whatever process they run in: the same rows, clock and switches, and
    no id twice. Each notes its own exchanges.
    """

    def __init__(
        self,
        store: Store | None = None,
        seed: str = "test only",
        redirect_uris: Uris | None = None,
        post_logout_redirect_uris: Uris | None = None,
        backchannel_logout_uris: Uris | None = None,
    ) -> None:
        """`redirect_uris` and the rest: those of your own app, by the name of its client.

        Such as `{"web": "http://localhost:3000/callback"}`; they are registered beside the client's others.
        `backchannel_logout_uris`: where logout tokens are sent to, one for a client. Not a feature of Okta.
        Raises `SandboxError` for a client that signs nobody in, or a URI of a bad shape.
        """
        super().__init__()
        self._registration = Registration.of(
            redirect_uris or {}, post_logout_redirect_uris or {}, backchannel_logout_uris or {}
        )
        self.store: Store = MemoryStore() if store is None else store
        self.switches = Switches()
        self._agreement = Agreement(self.store)
        self._agreed = SharedState()
        self._following = threading.Lock()
        self._clock = Clock(agree=self._agreement.advance)
        self._ids = SeededIds(seed, self.store.count)
        self._key_rings = key_rings(self._clock.now)
        self._trace = Trace(self._dispatch, self._clock.now)
        self._applications: dict[Face, dict[str, WSGIApplication]] = {}
        self._requests = count(1)
        self._build()
        self._follow()

    @property
    def clock(self) -> Clock:
        self._follow()
        return self._clock

    def _open(self, undo: ExitStack) -> None:
        self._follow()
        route(HOSTS, lambda host: WsgiSocket(self._serve_here, host))
        undo.callback(unroute, HOSTS)
        self._clock.take_over()
        undo.callback(self._clock.release)

    def client(self, name: str) -> Client:
        return self._registration.add_to(super().client(name))

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
        self._follow()
        before = replace(self.switches)
        self.switches.set(**switches)
        self._keep_lifetimes(before)
        self._agreement.turn(switches)
        for remark in remarks(switches):
            write_log(self.store, self._ids, self._clock, "sandbox.switch", detail=remark)

    def _keep_lifetimes(self, before: Switches) -> None:
        """Where lifetimes change, note when the tokens end that are out: no key is retired before."""
        issuing = {token.server for token in self.store.all(AccessToken)}
        for server in SERVERS:
            was = with_lifetimes(server, before)
            if server.name in issuing and was != with_lifetimes(server, self.switches):
                step = partial(Rotation.lifetimes_change, server=was, now=self._clock.now())
                self._agreement.rotate(server.name, step, self._key_rings[server.name].start)

    def rotate_keys(self, step: str, *, issuer: str | None = None, after: int = 0) -> None:
        server, now = self._server(issuer or self.issuer), self.clock.now()
        start, server = self._key_rings[server.name].start, with_lifetimes(server, self.switches)
        self._agreement.rotate(server.name, lambda rotation: rotation.step(server, step, now, after), start)
        self._follow()

    def operate(self, operation: str, **arguments: Any) -> Any:
        self._follow()
        servers = {server.settings.name: server for server in self._servers()}
        return operations.operate(servers, operation, **arguments)

    def reset(self) -> None:
        super().reset()
        self._agreement.start_again()
        self._follow()

    def run_clock(self) -> None:
        """Let the clock run with the system's until the next reset, for clients that live in real time.

        One that runs already, as an earlier process left it in the store, is left as it is.
        """
        self._agreement.run()
        self._follow()

    def stop_clock(self) -> None:
        """Let the clock stand still at the time that it shows."""
        self._agreement.stop(self.clock.now() - START)
        self._follow()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """The sandbox as one WSGI application: the Host header chooses the server."""
        if face_at(host_of(environ), "/login") is None:
            environ["wsgi.url_scheme"] = "https"
        return self._serve(environ, start_response)

    def _serve_here(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request of this process: also that of one server to another, by a name without TLS."""
        named_http = environ.get("HTTP_X_FORWARDED_PROTO") == "http"
        if named_http and face_at(host_of(environ), "/login") is not None:
            environ["wsgi.url_scheme"] = "http"
        return self._serve(environ, start_response)

    def _serve(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request: at the time that the clock of all shows; 503 when the store fails, with the
        seconds to wait (RFC 9110 §10.2.3), and 400 when less was sent than was announced."""
        try:
            self._follow()
            if next(self._requests) % REQUESTS_BETWEEN_SWEEPS == 0:
                sweep(self.store, self._clock.now())
            return self._trace(environ, start_response)
        except SandboxError as error:
            environ["wsgi.errors"].write(f"{error}\n")
            answer = json_response({"error": "store_unavailable"}, 503, {"Retry-After": "5"})
            return answer(environ, start_response)
        except ClientDisconnected:
            return json_response({"error": "incomplete_body"}, 400)(environ, start_response)

    def _follow(self) -> None:
        """Do here what another process has done to the shared store: a reset, a switch, a step in time."""
        if self._agreement.state() == self._agreed:
            return
        with self._following:
            state = self._agreement.state()
            if state.resets != self._agreed.resets:
                self._trace.clear()
                self._requests = count(1)
                self._build()
            self.switches.set(**{**asdict(Switches()), **json.loads(state.switches)})
            rotations = rotations_of(state.rotations)
            for name, ring in self._key_rings.items():
                ring.rotation = rotations.get(name, ring.start)
            self._clock.set(state.moved, runs=state.runs)
            self._agreed = state

    def _build(self) -> None:
        for user in USERS:
            self.store.add(user)
        self._applications = {}

    def _servers(self, face: Face = ACME) -> list[AuthorizationServer]:
        """The authorization servers by the names of a face. Each knows them all."""
        rings, servers = self._key_rings, list[AuthorizationServer]()
        shared = (self.store, self._clock, self._ids, self.switches, self._registration, servers)
        custom, payments, org = map(face.settings, (CUSTOM, PAYMENTS, ORG))
        servers += (
            AuthorizationServer(custom, rings["default"], rings["default"], *shared),
            AuthorizationServer(payments, rings["payments"], rings["payments"], *shared),
            AuthorizationServer(org, rings["org access tokens"], rings["org"], *shared),
        )
        return servers

    def _show(self, face: Face) -> "dict[str, WSGIApplication]":
        """The three servers by the names of a face, over the same rows, clock and keys."""
        return {
            "idp": IdentityProvider(
                self._servers(face), self.switches, self._ids, {face.app, *self._registration.origins}
            ),
            "app": by_prefix(
                "/bff/",
                Bff(self.store, self._clock, self._ids, self.switches, face),
                CookieAppWithMistakes(self.store, self._clock, self._ids, self.switches, face.app),
            ),
            "api": ResourceServer(
                self.store, self._clock, self._ids, self.switches, face.settings(CUSTOM).issuer, face.api
            ),
        }

    def _application(self, host: str, path: str, scheme: str) -> "WSGIApplication | None":
        found = (ACME, host.partition(".")[0]) if host in HOSTS else face_at(host, path, scheme)
        if found is None:
            return None
        face, server = found
        shown = self._applications.get(face)
        if shown is None:
            if len(self._applications) >= MOST_FACES:
                self._applications.clear()
            shown = self._applications[face] = self._show(face)
        return shown[server] if scheme == "https" else over_plain_http(shown[server])

    def _dispatch(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        scheme = environ["wsgi.url_scheme"]
        application = self._application(host_of(environ), environ["PATH_INFO"], scheme)
        if application is None:
            application = json_response({"error": "unknown_host", "known_hosts": ", ".join(HOSTS)}, 421)
        elif int(environ["CONTENT_LENGTH"]) > LONGEST_BODY:
            application = json_response({"error": "content_too_large", "longest": LONGEST_BODY}, 413)
        return application(environ, start_response)
