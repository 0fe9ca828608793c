"""Rows of the cookie app."""

from dataclasses import dataclass

from sessions_sandbox.records.record import LOG_SECONDS, SESSION_ROW_SECONDS, Record


@dataclass(frozen=True)
class AppSession(Record):
    """A session of the cookie app. The cookie holds the id; the row holds only its fingerprint."""

    table = "app_sessions"
    key_field = "id_hash"
    indexed = ("uid",)
    outlived = ("last_seen", SESSION_ROW_SECONDS)

    id_hash: str
    uid: str
    login: str
    csrf_token: str
    created: int
    last_seen: int


@dataclass(frozen=True)
class Transfer(Record):
    """Money that a user of the cookie app sent: `uid` from, `to` whose login, `amount` in whole units."""

    table = "transfers"
    key_field = "transfer_id"
    outlived = ("time", LOG_SECONDS)

    transfer_id: str
    uid: str
    to: str
    amount: int
    time: int
