"""Renewing the access token of a session, once for all requests that find it expired at the same time."""

import time
from collections.abc import Callable
from dataclasses import replace

from sessions_sandbox.bff.provider import NoAnswer, Provider, Refused
from sessions_sandbox.bff.sessions import Sessions
from sessions_sandbox.clock import Clock
from sessions_sandbox.ids import SeededIds
from sessions_sandbox.records import BffSession
from sessions_sandbox.stores import Store, change

EARLY_SECONDS = 10
"""How long before its end an access token is renewed: it has a way to go to the API."""
LOOK_AGAIN_SECONDS = 0.02
LONGEST_RENEWAL_SECONDS = 10.0
"""Real time, after which whoever renews a token is taken for dead, and another does it."""


class Refreshing:
    """Refresh tokens rotate: two that send the same one look like a theft (RFC 9700 §4.14.2).

    So one request of one process at a time claims the session (compare and set), and the others wait for what
    it gets.
    """

    def __init__(
        self, store: Store, clock: Clock, ids: SeededIds, provider: Provider, sessions: Sessions
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._provider = provider
        self._sessions = sessions

    def fresh(self, session: BffSession) -> BffSession | None:
        """The session with an access token that is good; `None` when it has ended, perhaps just now.

        Raises `NoAnswer` when no new token could be asked for.
        """
        found: BffSession | None = session
        renewing, since = "", time.monotonic()
        while found is not None and self._clock.now() >= found.access_token_expires - EARLY_SECONDS:
            if found.refreshing != renewing:
                renewing, since = found.refreshing, time.monotonic()
            if not renewing or time.monotonic() - since >= LONGEST_RENEWAL_SECONDS:
                claimed = replace(found, refreshing=self._ids.make("bff renewal"))
                if self._store.replace(found, claimed):
                    return self._renew(claimed)
            else:
                time.sleep(LOOK_AGAIN_SECONDS)
            found = self._store.get(BffSession, session.key)
        return found

    def _renew(self, claimed: BffSession) -> BffSession | None:
        """The session ends with its refresh token (RFC 10017 §6.1.2.2)."""
        try:
            tokens = self._provider.tokens(grant_type="refresh_token", refresh_token=claimed.refresh_token)
        except Refused:
            self._sessions.end(claimed)
        except NoAnswer:
            self._change(claimed, lambda row: replace(row, refreshing=""))
            raise
        else:
            self._change(claimed, lambda row: self._sessions.renewed(row, tokens))
        return self._store.get(BffSession, claimed.key)

    def _change(self, claimed: BffSession, step: Callable[[BffSession], BffSession]) -> None:
        """Change the row, unless another has claimed it meanwhile."""
        change(
            self._store,
            BffSession,
            claimed.key,
            lambda row: step(row) if row.refreshing == claimed.refreshing else row,
        )
