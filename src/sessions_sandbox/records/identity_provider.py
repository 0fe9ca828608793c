"""Rows of the identity provider: accounts, sign-ins, sessions, consents, and the log."""

from dataclasses import dataclass

from sessions_sandbox.records.record import LOG_SECONDS, SESSION_ROW_SECONDS, Record


@dataclass(frozen=True)
class User(Record):
    table = "users"
    key_field = "uid"
    indexed = ("login",)

    uid: str
    login: str
    name: str
    password: str
    active: bool = True
    phone: str = ""
    address: str = ""


@dataclass(frozen=True)
class PendingLogin(Record):
    """A login form that was shown and not yet sent; `continue_to` is where a good login leads."""

    table = "pending_logins"
    key_field = "id_hash"
    outlived = ("expires", 0)

    id_hash: str
    csrf_token: str
    continue_to: str
    expires: int


@dataclass(frozen=True)
class IdpSession(Record):
    """The browser's session at the identity provider: it lets further apps sign in without a password.

    `sid` names it, to those who may know of it. It opens nothing.
    """

    table = "idp_sessions"
    key_field = "id_hash"
    indexed = ("uid",)
    outlived = ("last_seen", SESSION_ROW_SECONDS)

    id_hash: str
    uid: str
    auth_time: int
    last_seen: int
    sid: str = ""


@dataclass(frozen=True)
class PendingConsent(Record):
    """A consent page that was shown in a session and not yet answered; the page has the token."""

    table = "pending_consents"
    key_field = "token_hash"
    outlived = ("expires", 0)

    token_hash: str
    session: str
    continue_to: str
    expires: int


@dataclass(frozen=True)
class Consent(Record):
    """What a user has allowed a client at a server, and when they did so last."""

    table = "consents"
    key_field = "consent_id"

    consent_id: str
    server: str
    client_id: str
    uid: str
    scope: str
    given: int


@dataclass(frozen=True)
class LogEvent(Record):
    """A line of the system log."""

    table = "system_log"
    key_field = "event_id"
    outlived = ("time", LOG_SECONDS)

    event_id: str
    time: int
    event: str
    client_id: str | None
    uid: str | None
    detail: str
