"""What a program holds of a sandbox, whether it runs in the same process or is served by another."""

import base64
import hashlib
import json
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Protocol, Self
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from sessions_sandbox.browser import ModelBrowser
from sessions_sandbox.errors import SandboxError
from sessions_sandbox.ids import SeededIds
from sessions_sandbox.key_ring import key_rings, rotations_of
from sessions_sandbox.lifetimes import with_lifetimes
from sessions_sandbox.network.trace import Exchange
from sessions_sandbox.operations import Administrator
from sessions_sandbox.reading import in_words, object_in
from sessions_sandbox.seed import (
    API,
    APP,
    CLIENTS,
    CUSTOM,
    ORG,
    PAYMENTS,
    SERVERS,
    USERS,
    Client,
    ServerSettings,
)
from sessions_sandbox.switches import Switches

Row = dict[str, Any]


class Time(Protocol):
    """The clock, as a program moves it."""

    def now(self) -> int: ...
    def advance(self, seconds: int = 0, *, minutes: int = 0, hours: int = 0, days: int = 0) -> int: ...


class Handle:
    """Everything that needs nothing but HTTP; the rest is left to the two kinds of sandbox."""

    def __init__(self) -> None:
        self._program_ids = SeededIds("a program")
        self._undo: ExitStack | None = None

    def start(self) -> Self:
        """Take over the sandbox's hosts and the clock of this process; once started, nothing more happens.

        Raises `SandboxError` when another sandbox has them, or when no served sandbox answers.
        """
        if self._undo is None:
            with ExitStack() as undo:
                self._open(undo)
                self._undo = undo.pop_all()
        return self

    def stop(self) -> None:
        """Give hosts and clock back."""
        if self._undo is not None:
            self._undo.close()
            self._undo = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _open(self, undo: ExitStack) -> None:
        """Do what `start` says, and note in `undo` how each step is taken back."""
        raise NotImplementedError

    @property
    def issuer(self) -> str:
        """The issuer identifier of the Custom authorization server."""
        return CUSTOM.issuer

    @property
    def payments_issuer(self) -> str:
        """The issuer identifier of the second Custom authorization server, for another audience."""
        return PAYMENTS.issuer

    @property
    def org_issuer(self) -> str:
        """The issuer identifier of the Org authorization server."""
        return ORG.issuer

    @property
    def app(self) -> str:
        """The origin of the cookie app."""
        return APP

    @property
    def api(self) -> str:
        """The origin of the API."""
        return API

    @property
    def metadata(self) -> Row:
        """Where the endpoints of the Custom authorization server are, by the names of RFC 8414 §2.

        It is what the discovery document says of them, and takes no request.
        """
        server = self._server(self.issuer)
        base = f"{server.origin}{server.endpoints}/v1"
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{base}/authorize",
            "token_endpoint": f"{base}/token",
            "jwks_uri": f"{base}/keys",
            "introspection_endpoint": f"{base}/introspect",
            "revocation_endpoint": f"{base}/revoke",
            "userinfo_endpoint": f"{base}/userinfo",
        }

    @property
    def clock(self) -> Time:
        """The clock of servers and program."""
        raise NotImplementedError

    def rows(self, table: str) -> list[Row]:
        """The rows of a table, oldest first, such as `app_sessions`, `grants` or `refresh_families`.

        Times are Unix seconds. Raises `SandboxError` for a table that does not exist.
        """
        raise NotImplementedError

    def exchanges(self, host: str | None = None, path: str | None = None) -> list[Exchange]:
        """Every HTTP exchange since the start, or those with a host, or with a path that ends in `path`."""
        raise NotImplementedError

    def set(self, **switches: Any) -> None:
        """Turn switches: see `sessions_sandbox.switches`."""
        raise NotImplementedError

    def rotate_keys(self, step: str, *, issuer: str | None = None, after: int = 0) -> None:
        """Take a step of the rotation of an issuer's signing keys, by default the Custom one's.

        Staged, so that no good token is refused: "publish" the next key, "sign" with it, "retire" the old
        one. Or "emergency": the next key signs, and all others are gone at once. `after`: plan the step for
        so many seconds from now; clients are told to fetch the keys again by then.
        Raises `SandboxError` when the step would come too early, or has nothing to work on.
        """
        raise NotImplementedError

    def operate(self, operation: str, **arguments: Any) -> Any:
        """Do one of `sessions_sandbox.operations` by its name; `admin` has a method for most."""
        raise NotImplementedError

    @property
    def admin(self) -> Administrator:
        """What an administrator can do: revoke, end sessions, switch accounts off."""
        return Administrator(self.operate)

    def reset(self) -> None:
        """Back to the start: rows, clock, ids, switches, keys, exchanges."""
        self._program_ids = SeededIds("a program")

    def log(self) -> list[Row]:
        """The system log, oldest event first."""
        return self.rows("system_log")

    def client(self, name: str) -> Client:
        """A registered client by its name: web, spa, native, svc, rs, otherapp or bff.

        Raises `SandboxError` for another name.
        """
        for client in CLIENTS:
            if client.name == name:
                return client
        raise SandboxError(f"no client is called {name!r}; there are {', '.join(c.name for c in CLIENTS)}")

    def mint(self, **claims: Any) -> str:
        """A JWT signed with the Custom authorization server's key: a good access token's claims, changed.

        A claim given as `None` is left out. No row is kept of it, so introspection does not know it.
        """
        now, lifetimes = self.clock.now(), CUSTOM
        ring = key_rings(self.clock.now)[CUSTOM.name]
        for row in self.rows("shared_state"):
            ring.rotation = rotations_of(row["rotations"]).get(CUSTOM.name, ring.start)
            lifetimes = with_lifetimes(CUSTOM, Switches(**json.loads(row["switches"])))
        good: dict[str, Any] = {
            "ver": 1,
            "jti": "AT.minted-by-a-program",
            "iss": self.issuer,
            "aud": CUSTOM.audience,
            "iat": now,
            "exp": now + lifetimes.access_token_seconds,
            "cid": self.client("web").id,
            "uid": USERS[0].uid,
            "scp": ["openid", "orders:read"],
            "auth_time": now,
            "sub": USERS[0].login,
        }
        changed = {name: value for name, value in {**good, **claims}.items() if value is not None}
        return ring.signing.sign(changed)

    def browser(self) -> ModelBrowser:
        """A browser without cookies."""
        return ModelBrowser()

    def sign_in(
        self,
        username: str,
        *,
        client: str = "web",
        scope: str | None = None,
        issuer: str | None = None,
        browser: ModelBrowser | None = None,
    ) -> dict[str, Any]:
        """Sign a user in by the code flow with PKCE, and return the token response (RFC 6749 §5.1).

        `scope` is `openid offline_access` by default, and `orders:read` too where the issuer has it.
        `browser` keeps its session at the identity provider for the next sign-in; by default it is a new one.
        Raises `SandboxError` when the user is unknown or a server refuses, with what it said, and for the
        client `bff`, which keeps its tokens to itself.
        """
        if client == "bff":
            raise SandboxError(f"the client bff signs users in by itself: open {self.app}/bff/login")
        user = next((user for user in USERS if user.login == username), None)
        if user is None:
            raise SandboxError(
                f"no user is called {username!r}; there are {', '.join(u.login for u in USERS)}"
            )
        registered = self.client(client)
        server = self._server(issuer or self.issuer)
        base = f"{server.origin}{server.endpoints}/v1"
        verifier, state = self._program_ids.make("code verifier"), self._program_ids.make("state")
        digest = hashlib.sha256(verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": registered.id,
            "redirect_uri": registered.redirect_uri,
            "scope": scope or " ".join(("openid", "offline_access", *server.api_scopes[:1])),
            "state": state,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        surfer = browser or self.browser()
        back = surfer.sign_in(f"{base}/authorize?{urlencode(asked)}", username, user.password)
        answer = parse_qs(urlsplit(back).query)
        if "code" not in answer or answer.get("state") != [state]:
            raise SandboxError(f"the authorization server refused: {back}")
        return self._exchange_code(base, registered, answer["code"][0], verifier)

    def _exchange_code(self, base: str, client: Client, code: str, verifier: str) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": client.redirect_uri,
            "code_verifier": verifier,
        }
        with self._session() as session:
            if client.secret is None:
                reply = session.post(f"{base}/token", data={**form, "client_id": client.id})
            else:
                reply = session.post(f"{base}/token", data=form, auth=(client.id, client.secret))
        if reply.status_code != 200:
            raise SandboxError(f"the token endpoint refused: {in_words(reply)}")
        return object_in(reply)

    def _session(self) -> requests.Session:
        """For requests to the sandbox, whatever the environment says of proxies and passwords."""
        session = requests.Session()
        session.trust_env = False
        return session

    def _server(self, issuer: str) -> ServerSettings:
        servers = {server.issuer: server for server in SERVERS}
        if issuer not in servers:
            raise SandboxError(f"no issuer is called {issuer!r}; there are {', '.join(servers)}")
        return servers[issuer]
