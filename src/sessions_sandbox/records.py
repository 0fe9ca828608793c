"""What the servers remember: one frozen dataclass a table. Times are Unix seconds, `None` means never."""

from dataclasses import dataclass
from typing import ClassVar

SESSION_ROW_SECONDS = 86400
"""How long an unused session keeps its row: longer than any may lie idle."""
LOG_SECONDS = 90 * 86400
LONGEST_TOKEN_SECONDS = 86400
"""No access token lives longer; modelled on the most that Okta allows."""


@dataclass(frozen=True)
class Record:
    """A row. `key_field` names the field that identifies it, `indexed` those that `Store.find` asks for."""

    table: ClassVar[str]
    key_field: ClassVar[str]
    indexed: ClassVar[tuple[str, ...]] = ()

    @property
    def key(self) -> str:
        value = getattr(self, self.key_field)
        assert isinstance(value, str)
        return value

    @property
    def forget_at(self) -> int | None:
        """From when on nothing is answered otherwise if the row is gone, in Unix seconds.

        `None`: never, or when the row goes that it hangs on (see `stores.sweeping`).
        """
        return None


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
class AppSession(Record):
    """A session of the cookie app. The cookie holds the id; the row holds only its fingerprint."""

    table = "app_sessions"
    key_field = "id_hash"
    indexed = ("uid",)

    id_hash: str
    uid: str
    login: str
    csrf_token: str
    created: int
    last_seen: int

    @property
    def forget_at(self) -> int | None:
        return self.last_seen + SESSION_ROW_SECONDS


@dataclass(frozen=True)
class PendingLogin(Record):
    """A login form that was shown and not yet sent; `continue_to` is where a good login leads."""

    table = "pending_logins"
    key_field = "id_hash"

    id_hash: str
    csrf_token: str
    continue_to: str
    expires: int

    @property
    def forget_at(self) -> int | None:
        return self.expires


@dataclass(frozen=True)
class Transfer(Record):
    """Money that a user of the cookie app sent: `uid` from, `to` whose login, `amount` in whole units."""

    table = "transfers"
    key_field = "transfer_id"

    transfer_id: str
    uid: str
    to: str
    amount: int
    time: int

    @property
    def forget_at(self) -> int | None:
        return self.time + LOG_SECONDS


@dataclass(frozen=True)
class IdpSession(Record):
    """The browser's session at the identity provider: it lets further apps sign in without a password.

    `sid` names it, to those who may know of it. It opens nothing.
    """

    table = "idp_sessions"
    key_field = "id_hash"
    indexed = ("uid",)

    id_hash: str
    uid: str
    auth_time: int
    last_seen: int
    sid: str = ""

    @property
    def forget_at(self) -> int | None:
        return self.last_seen + SESSION_ROW_SECONDS


@dataclass(frozen=True)
class PendingConsent(Record):
    """A consent page that was shown in a session and not yet answered; the page has the token."""

    table = "pending_consents"
    key_field = "token_hash"

    token_hash: str
    session: str
    continue_to: str
    expires: int

    @property
    def forget_at(self) -> int | None:
        return self.expires


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
class AuthorizationCode(Record):
    table = "authorization_codes"
    key_field = "code_hash"
    indexed = ("grant_id",)

    code_hash: str
    server: str
    client_id: str
    redirect_uri: str
    code_challenge: str | None
    nonce: str | None
    grant_id: str
    expires: int
    used: bool = False
    jkt: str | None = None
    """Thumbprint of the key that must come with the code (`dpop_jkt`, RFC 9449 §10)."""

    @property
    def forget_at(self) -> int | None:
        return self.expires


@dataclass(frozen=True)
class Grant(Record):
    """That a user let a client act, with a scope, after one authentication. Its tokens hang on this row.

    `sid`: of the identity provider's session in which it came about.
    """

    table = "grants"
    key_field = "grant_id"
    indexed = ("uid", "client_id")

    grant_id: str
    server: str
    client_id: str
    uid: str
    scope: str
    auth_time: int
    revoked: int | None = None
    sid: str = ""


@dataclass(frozen=True)
class AccessToken(Record):
    """What is known of an access token; the token itself is not kept.

    `token_hash` is its fingerprint, `kid` names the key that signed it, `issuer` is its `iss`.
    """

    table = "access_tokens"
    key_field = "jti"
    indexed = ("grant_id", "token_hash")

    jti: str
    server: str
    client_id: str
    uid: str | None
    subject: str
    scope: str
    audience: str
    issued: int
    expires: int
    grant_id: str | None
    issuer: str = ""
    kid: str = ""
    token_hash: str = ""
    revoked: int | None = None
    jkt: str | None = None
    """Thumbprint of the key that the token is bound to (RFC 9449 §6)."""
    status_index: int | None = None
    """Where its bit stands in the server's status list, if the token names one."""

    @property
    def forget_at(self) -> int | None:
        return self.expires


@dataclass(frozen=True)
class RefreshFamily(Record):
    """All refresh tokens of one grant: which generation is live, and when the one before was rotated out.

    `live` counts from 1. A persistent client stays at 1. `expires` is the absolute end, which no rotation
    moves;
    `idle_seconds` is how long the family may lie unused. `previous_rotated` is when generation `live - 1` was
    replaced: only that one may still be redeemed, within the grace.
    """

    table = "refresh_families"
    key_field = "family_id"
    indexed = ("grant_id",)

    family_id: str
    server: str
    client_id: str
    grant_id: str
    rotates: bool
    live: int
    last_used: int
    idle_seconds: int | None
    expires: int | None
    previous_rotated: int | None = None
    revoked: int | None = None
    jkt: str | None = None
    """Thumbprint of the key that a public client's tokens are bound to (RFC 9449 §5)."""

    @property
    def forget_at(self) -> int | None:
        idle = None if self.idle_seconds is None else self.last_used + self.idle_seconds
        return min((end for end in (idle, self.expires) if end is not None), default=None)


@dataclass(frozen=True)
class RefreshToken(Record):
    """Which generation of which family a refresh token is; the token itself is not kept."""

    table = "refresh_tokens"
    key_field = "token_hash"
    indexed = ("family_id",)

    token_hash: str
    family_id: str
    generation: int


@dataclass(frozen=True)
class DpopProof(Record):
    """That a DPoP proof was used, so that it is not good again (RFC 9449 §11.1). It is kept as a hash."""

    table = "dpop_proofs"
    key_field = "proof_hash"

    proof_hash: str
    expires: int

    @property
    def forget_at(self) -> int | None:
        return self.expires


@dataclass(frozen=True)
class Denial(Record):
    """What the API was told of a revocation: tokens of the subject, issued up to `since`, do not count.

    `subject`: the `jti` of one token, or the `uid` of a user, of whom all tokens are meant.
    """

    table = "denials"
    key_field = "subject"

    subject: str
    since: int

    @property
    def forget_at(self) -> int | None:
        return self.since + LONGEST_TOKEN_SECONDS


@dataclass(frozen=True)
class NotBefore(Record):
    """Up to when the API takes no token of a user, because one of them was revoked, or all."""

    table = "not_before"
    key_field = "uid"

    uid: str
    since: int

    @property
    def forget_at(self) -> int | None:
        return self.since + LONGEST_TOKEN_SECONDS


@dataclass(frozen=True)
class LogEvent(Record):
    """A line of the system log."""

    table = "system_log"
    key_field = "event_id"

    event_id: str
    time: int
    event: str
    client_id: str | None
    uid: str | None
    detail: str

    @property
    def forget_at(self) -> int | None:
        return self.time + LOG_SECONDS


@dataclass(frozen=True)
class SharedState(Record):
    """What all processes that share a store agree on. One row at most; without one, all is as at the start.

    `moved` is how far the clock was moved, in seconds; `runs`: it runs with the system's clock, and stands
    still otherwise; `switches` are those that were turned, as JSON; `resets` is how often the sandbox was put
    back to its start; `rotations` is how far the keys of the servers have come that rotated them, as JSON.
    """

    table = "shared_state"
    key_field = "name"

    name: str = "sandbox"
    moved: int = 0
    runs: bool = False
    switches: str = "{}"
    resets: int = 0
    rotations: str = "{}"


@dataclass(frozen=True)
class BffLogin(Record):
    """A sign-in that the backend for frontend began, for the browser that holds the cookie.

    The row holds the cookie's fingerprint, and what must come back: the state, the nonce, the PKCE verifier.
    """

    table = "bff_logins"
    key_field = "id_hash"

    id_hash: str
    state: str
    nonce: str
    code_verifier: str
    expires: int

    @property
    def forget_at(self) -> int | None:
        return self.expires


@dataclass(frozen=True)
class BffSession(Record):
    """A session of the backend for frontend, with its tokens: no browser ever sees them.

    `sid`: the identity provider's session, where the ID token names it. `refreshing`: who has the access
    token renewed just now, or nobody. `ends`: the absolute end of the refresh token; `expires`: that, or its
    idle limit if that comes first.
    """

    table = "bff_sessions"
    key_field = "id_hash"
    indexed = ("sid", "uid")

    id_hash: str
    uid: str
    name: str
    sid: str
    id_token: str
    access_token: str
    access_token_expires: int
    refresh_token: str
    ends: int | None
    expires: int
    refreshing: str = ""

    @property
    def forget_at(self) -> int | None:
        return self.expires


@dataclass(frozen=True)
class UsedLogoutToken(Record):
    """A logout token that the backend for frontend has obeyed. It obeys none twice."""

    table = "used_logout_tokens"
    key_field = "jti"

    jti: str
    expires: int

    @property
    def forget_at(self) -> int | None:
        return self.expires


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
