"""Rows of the authorization servers: what was granted and issued."""

from dataclasses import dataclass

from sessions_sandbox.records.record import Record


@dataclass(frozen=True)
class AuthorizationCode(Record):
    table = "authorization_codes"
    key_field = "code_hash"
    indexed = ("grant_id",)
    outlived = ("expires", 0)

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


@dataclass(frozen=True)
class Grant(Record):
    """That a user let a client act, with a scope, after one authentication. Its tokens hang on this row.

    `sid`: of the identity provider's session in which it came about. `issuer`: the name by which the client
    knows the server, which may have several (see `faces`).
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
    issuer: str = ""


@dataclass(frozen=True)
class AccessToken(Record):
    """What is known of an access token; the token itself is not kept.

    `token_hash` is its fingerprint, `kid` names the key that signed it, `issuer` is its `iss`.
    """

    table = "access_tokens"
    key_field = "jti"
    indexed = ("grant_id", "token_hash")
    outlived = ("expires", 0)

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
    outlived = ("expires", 0)

    proof_hash: str
    expires: int
