"""Rows of the backend for frontend."""

from dataclasses import dataclass

from sessions_sandbox.records.record import Record


@dataclass(frozen=True)
class BffLogin(Record):
    """A sign-in that the backend for frontend began, for the browser that holds the cookie.

    The row holds the cookie's fingerprint, and what must come back: the state, the nonce, the PKCE verifier.
    """

    table = "bff_logins"
    key_field = "id_hash"
    outlived = ("expires", 0)

    id_hash: str
    state: str
    nonce: str
    code_verifier: str
    expires: int


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
    outlived = ("expires", 0)

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


@dataclass(frozen=True)
class UsedLogoutToken(Record):
    """A logout token that the backend for frontend has obeyed. It obeys none twice."""

    table = "used_logout_tokens"
    key_field = "jti"
    outlived = ("expires", 0)

    jti: str
    expires: int
