"""What the servers remember: one frozen dataclass a table. Times are Unix seconds, `None` means never."""

from sessions_sandbox.records.bff import BffLogin, BffSession, UsedLogoutToken
from sessions_sandbox.records.cookie_app import AppSession, Transfer
from sessions_sandbox.records.identity_provider import (
    Consent,
    IdpSession,
    LogEvent,
    PendingConsent,
    PendingLogin,
    User,
)
from sessions_sandbox.records.record import LOG_SECONDS, LONGEST_TOKEN_SECONDS, SESSION_ROW_SECONDS, Record
from sessions_sandbox.records.resource_server import Denial, NotBefore
from sessions_sandbox.records.shared_state import SharedState
from sessions_sandbox.records.tokens import (
    AccessToken,
    AuthorizationCode,
    DpopProof,
    Grant,
    RefreshFamily,
    RefreshToken,
)

TABLES: tuple[type[Record], ...] = (
    User,
    AppSession,
    PendingLogin,
    Transfer,
    IdpSession,
    PendingConsent,
    Consent,
    AuthorizationCode,
    Grant,
    AccessToken,
    RefreshFamily,
    RefreshToken,
    BffLogin,
    BffSession,
    UsedLogoutToken,
    DpopProof,
    Denial,
    NotBefore,
    LogEvent,
    SharedState,
)

__all__ = [
    "LOG_SECONDS",
    "LONGEST_TOKEN_SECONDS",
    "SESSION_ROW_SECONDS",
    "TABLES",
    "AccessToken",
    "AppSession",
    "AuthorizationCode",
    "BffLogin",
    "BffSession",
    "Consent",
    "Denial",
    "DpopProof",
    "Grant",
    "IdpSession",
    "LogEvent",
    "NotBefore",
    "PendingConsent",
    "PendingLogin",
    "Record",
    "RefreshFamily",
    "RefreshToken",
    "SharedState",
    "Transfer",
    "UsedLogoutToken",
    "User",
]
