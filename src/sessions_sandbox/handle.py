"""What a program holds of a sandbox, whether it runs in the same process or is served by another."""

import base64
import hashlib
import secrets
from typing import Any, Protocol
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from sessions_sandbox.browser import ModelBrowser
from sessions_sandbox.errors import SandboxError
from sessions_sandbox.keys import test_only_keys
from sessions_sandbox.network.trace import Exchange
from sessions_sandbox.seed import API, APP, CLIENTS, CUSTOM, ORG, USERS, Client

Row = dict[str, Any]


class Time(Protocol):
    """The clock, as a program moves it."""

    def now(self) -> int: ...
    def advance(self, seconds: int = 0, *, minutes: int = 0, hours: int = 0, days: int = 0) -> int: ...


class Handle:
    """Everything that needs nothing but HTTP; the rest is left to the two kinds of sandbox."""

    issuer = CUSTOM.issuer
    """The issuer identifier of the Custom authorization server."""
    org_issuer = ORG.issuer
    """The issuer identifier of the Org authorization server."""
    app = APP
    """The origin of the cookie app."""
    api = API
    """The origin of the API."""

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

    def reset(self) -> None:
        """Back to the start: rows, clock, ids, switches, exchanges."""
        raise NotImplementedError

    def log(self) -> list[Row]:
        """The system log, oldest event first."""
        return self.rows("system_log")

    def client(self, name: str) -> Client:
        """A registered client by its name: web, spa, native, svc, rs, otherapp. Raises `SandboxError` for another."""
        for client in CLIENTS:
            if client.name == name:
                return client
        raise SandboxError(f"no client is called {name!r}; there are {', '.join(c.name for c in CLIENTS)}")

    def mint(self, **claims: Any) -> str:
        """A JWT signed with the Custom authorization server's own key: the claims of a good access token, changed.

        A claim given as `None` is left out. No row is kept of it, so introspection does not know it.
        """
        now = self.clock.now()
        good: dict[str, Any] = {
            "ver": 1,
            "jti": "AT.minted-by-a-program",
            "iss": self.issuer,
            "aud": CUSTOM.audience,
            "iat": now,
            "exp": now + CUSTOM.access_token_seconds,
            "cid": self.client("web").id,
            "uid": USERS[0].uid,
            "scp": ["openid", "orders:read"],
            "auth_time": now,
            "sub": USERS[0].login,
        }
        changed = {name: value for name, value in {**good, **claims}.items() if value is not None}
        return test_only_keys()[0].sign(changed)

    def browser(self) -> ModelBrowser:
        """A browser without cookies."""
        return ModelBrowser()

    def sign_in(
        self,
        username: str,
        *,
        client: str = "web",
        scope: str = "openid offline_access orders:read",
        issuer: str | None = None,
        browser: ModelBrowser | None = None,
    ) -> dict[str, Any]:
        """Sign a user in by the authorization code flow with PKCE, and return the token response (RFC 6749 §5.1).

        `browser` keeps its session at the identity provider for the next sign-in; by default it is a new one.
        Raises `SandboxError` when the user is unknown or a server refuses, with what it said.
        """
        user = next((user for user in USERS if user.login == username), None)
        if user is None:
            raise SandboxError(f"no user is called {username!r}; there are {', '.join(u.login for u in USERS)}")
        registered = self.client(client)
        base = _endpoints(issuer or self.issuer)
        verifier, state = secrets.token_urlsafe(32), secrets.token_urlsafe(16)
        digest = hashlib.sha256(verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": registered.id,
            "redirect_uri": registered.redirect_uri,
            "scope": scope,
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
        with requests.Session() as session:
            session.trust_env = False
            if client.secret is None:
                reply = session.post(f"{base}/token", data={**form, "client_id": client.id})
            else:
                reply = session.post(f"{base}/token", data=form, auth=(client.id, client.secret))
        if reply.status_code != 200:
            raise SandboxError(f"the token endpoint refused: {reply.text}")
        tokens: dict[str, Any] = reply.json()
        return tokens


def _endpoints(issuer: str) -> str:
    """Where an issuer of the sandbox has its endpoints."""
    return f"{issuer}/v1" if issuer == CUSTOM.issuer else f"{issuer}/oauth2/v1"
