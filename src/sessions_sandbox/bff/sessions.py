"""The sessions of the backend for frontend: the browser has a cookie, the row has the tokens."""

from dataclasses import replace
from typing import Any

from werkzeug.wrappers import Request, Response

from sessions_sandbox.authorization_server.server import write_log
from sessions_sandbox.clock import Clock
from sessions_sandbox.ids import SeededIds, fingerprint
from sessions_sandbox.lifetimes import with_lifetimes
from sessions_sandbox.records import BffSession
from sessions_sandbox.seed import CUSTOM
from sessions_sandbox.stores import Store
from sessions_sandbox.switches import Switches

COOKIE = "__Host-bff"
ATTRIBUTES: dict[str, Any] = {"path": "/", "secure": True, "httponly": True, "samesite": "Strict"}
"""RFC 10017 §6.1.3.2."""


class Sessions:
    """Starts, finds and ends them. One lives as long as its refresh token may (RFC 10017 §6.1.2.2)."""

    def __init__(self, store: Store, clock: Clock, ids: SeededIds, switches: Switches) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._switches = switches

    def start(self, claims: dict[str, Any], tokens: dict[str, Any], response: Response) -> None:
        """A session under a new id, for who is named by an ID token's claims; `response` sets the cookie."""
        secret, now = self._ids.make("bff session"), self._clock.now()
        lifetime = with_lifetimes(CUSTOM, self._switches).refresh_token_seconds
        session = BffSession(
            id_hash=fingerprint(secret),
            uid=claims["sub"],
            name=claims.get("name", ""),
            sid=claims.get("sid", ""),
            id_token=tokens["id_token"],
            access_token="",
            access_token_expires=0,
            refresh_token="",
            ends=None if lifetime is None else now + lifetime,
            expires=0,
        )
        self._store.add(self.renewed(session, tokens))
        self._log("user.session.start", session)
        response.set_cookie(COOKIE, secret, **ATTRIBUTES)

    def renewed(self, session: BffSession, tokens: dict[str, Any]) -> BffSession:
        """A session with the tokens of a response, and nobody who renews them."""
        now = self._clock.now()
        idle = with_lifetimes(CUSTOM, self._switches).refresh_idle_seconds
        limits = (idle, None if session.ends is None else session.ends - now)
        return replace(
            session,
            access_token=tokens["access_token"],
            access_token_expires=now + tokens["expires_in"],
            refresh_token=tokens.get("refresh_token", session.refresh_token),
            expires=now + min(limit for limit in limits if limit is not None),
            refreshing="",
        )

    def current(self, request: Request) -> BffSession | None:
        """The session of a request that has not expired."""
        session = self._store.get(BffSession, fingerprint(request.cookies.get(COOKIE, "")))
        return session if session is not None and self._clock.now() < session.expires else None

    def of(self, claims: dict[str, Any]) -> list[BffSession]:
        """Those that a logout token means: of a `sid`, or, where it names none, all of a `sub`."""
        if "sid" in claims:
            return self._store.find(BffSession, sid=claims["sid"])
        return self._store.find(BffSession, uid=claims["sub"])

    def end(self, session: BffSession) -> None:
        """Forget a session and its tokens."""
        if self._store.remove(BffSession, session.key):
            self._log("user.session.end", session)

    def _log(self, event: str, session: BffSession) -> None:
        write_log(self._store, self._ids, self._clock, event, uid=session.uid, detail="app.acme.test/bff")


def forget_cookie(request: Request, response: Response) -> Response:
    """Ask a browser that sent the cookie to forget it."""
    if COOKIE in request.cookies:
        response.delete_cookie(COOKIE, **ATTRIBUTES)
    return response
