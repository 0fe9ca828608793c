"""The sessions of the cookie app: each is a row, which is found by what the cookie holds."""

from dataclasses import replace

from sessions_sandbox.authorization_server.server import write_log
from sessions_sandbox.clock import Clock
from sessions_sandbox.ids import SeededIds, fingerprint
from sessions_sandbox.records import SESSION_ROW_SECONDS, AppSession, User
from sessions_sandbox.seed import APP_SESSION_ABSOLUTE_SECONDS, APP_SESSION_IDLE_SECONDS
from sessions_sandbox.stores import Store, change
from sessions_sandbox.switches import Switches


class Sessions:
    """Begins, finds and ends them. `sent` is the value of the session cookie; empty: none was sent."""

    def __init__(self, store: Store, clock: Clock, ids: SeededIds, switches: Switches) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._switches = switches

    def begin(self, user: User, sent: str) -> str:
        """Start a session, and return the value for its cookie: a new id at each login (ASVS 7.2.4).

        The session that the browser had ends, and an id that it sent is never kept.
        """
        self._store.remove(AppSession, fingerprint(sent))
        return self._start(user, self._ids.make("app session"))

    def live(self, sent: str) -> AppSession | None:
        """The live session of a request, which this request keeps from idling out. A dead one is removed.

        An account that was deactivated has no live session.
        """
        session = self._store.get(AppSession, fingerprint(sent))
        if session is None:
            return None
        if self._lives(session):
            now = self._clock.now()
            return change(self._store, AppSession, session.id_hash, lambda row: replace(row, last_seen=now))
        self.end(session)
        return None

    def all_of(self, session: AppSession) -> list[AppSession]:
        """The live sessions of the same user, this one too, the oldest first."""
        return [other for other in self._store.find(AppSession, uid=session.uid) if self._lives(other)]

    def end(self, session: AppSession) -> None:
        """End a session here, where it lives."""
        self._store.remove(AppSession, session.id_hash)
        self._log("user.session.end", session.uid)

    def log_out(self, session: AppSession) -> None:
        """End a session because its user asked for it (ASVS 7.4.1)."""
        self.end(session)

    def _start(self, user: User, secret: str) -> str:
        now, csrf_token = self._clock.now(), self._ids.make("csrf token")
        self._store.add(AppSession(fingerprint(secret), user.uid, user.login, csrf_token, now, now))
        self._log("user.session.start", user.uid)
        return secret

    def _lives(self, session: AppSession) -> bool:
        idle = self._clock.now() - session.last_seen >= idle_limit(self._switches)
        user = self._store.get(User, session.uid)
        return not idle and not self._is_over(session) and user is not None and user.active

    def _is_over(self, session: AppSession) -> bool:
        """Whether it has lasted for as long as a session may."""
        return self._clock.now() - session.created >= absolute_limit(self._switches)

    def _log(self, event: str, uid: str) -> None:
        write_log(self._store, self._ids, self._clock, event, uid=uid, detail="app.acme.test")


def idle_limit(switches: Switches) -> int:
    """How long a session may lie unused, in seconds."""
    limit = switches.app_session_idle_seconds
    return APP_SESSION_IDLE_SECONDS if limit is None else min(limit, SESSION_ROW_SECONDS)


def absolute_limit(switches: Switches) -> int:
    """How long a session may last in all, in seconds."""
    limit = switches.app_session_absolute_seconds
    return APP_SESSION_ABSOLUTE_SECONDS if limit is None else limit
