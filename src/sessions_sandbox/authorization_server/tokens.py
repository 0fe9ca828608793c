"""The minting of tokens, and what makes one active."""

import base64
import hashlib
from dataclasses import replace
from typing import Any

import jwt
from jwt.types import Options

from sessions_sandbox.authorization_server.events import tell_of_token
from sessions_sandbox.authorization_server.server import AuthorizationServer
from sessions_sandbox.compact import is_well_written
from sessions_sandbox.ids import fingerprint
from sessions_sandbox.keys import ALGORITHM, SigningKey
from sessions_sandbox.records import AccessToken, Grant, RefreshFamily, RefreshToken, User
from sessions_sandbox.seed import Client
from sessions_sandbox.stores import change

ORG_ACCESS_TOKEN_TYPE = "application/okta-internal-at+jwt"


def mint_access_token(
    server: AuthorizationServer, client: Client, scope: str, grant: Grant | None, jkt: str | None = None
) -> str:
    """An access token with the claims of Okta's, and its row. Without a grant the client acts for itself.

    `jkt`: thumbprint of the key to bind it to (RFC 9449 §6.1).
    """
    now = server.clock.now()
    user = server.user(grant.uid) if grant else None
    record = AccessToken(
        jti="AT." + server.ids.make("access token"),
        server=server.settings.name,
        client_id=client.id,
        uid=user.uid if user else None,
        subject=user.login if user else client.id,
        scope=scope,
        audience=server.settings.audience,
        issued=now,
        expires=now + server.lifetimes.access_token_seconds,
        grant_id=grant.grant_id if grant else None,
        jkt=jkt,
        status_index=_status_index(server),
    )
    key = server.keys.signing
    token = _signed_access_token(server, key, record, user, grant)
    server.store.add(replace(record, issuer=server.issuer, kid=key.kid, token_hash=fingerprint(token)))
    server.log("app.oauth2.as.token.grant.access_token", client=client.id, uid=record.uid, detail=record.jti)
    return token


def _signed_access_token(
    server: AuthorizationServer, key: SigningKey, record: AccessToken, user: User | None, grant: Grant | None
) -> str:
    claims: dict[str, Any] = {
        "ver": 1,
        "jti": record.jti,
        "iss": server.issuer,
        "aud": record.audience,
        "iat": record.issued,
        "exp": record.expires,
        "cid": record.client_id,
        **({"uid": user.uid} if user else {}),
        "scp": record.scope.split(),
        **({"auth_time": grant.auth_time} if grant else {}),
        **({"cnf": {"jkt": record.jkt}} if record.jkt else {}),
        "sub": record.subject,
    }
    if record.status_index is not None:
        listed = {"idx": record.status_index, "uri": server.endpoint("status_list")}
        claims["status"] = {"status_list": listed}
    if server.settings.path and server.switches.rfc9068:
        return key.sign({**claims, "client_id": record.client_id, "scope": record.scope}, typ="at+jwt")
    if server.settings.path:
        return key.sign(claims)
    if server.switches.org_at_shuffle:
        claims = _shuffled(claims)
    return key.sign(claims, typ=ORG_ACCESS_TOKEN_TYPE if server.switches.org_key_published else None)


def _status_index(server: AuthorizationServer) -> int | None:
    """The next place in the server's status list, where it has one (draft-ietf-oauth-status-list §6.2)."""
    if server.switches.api_validation != "status_list":
        return None
    return server.store.count(f"status list of {server.settings.name}") - 1


def _shuffled(claims: dict[str, Any]) -> dict[str, Any]:
    """Another layout of the Org server's access tokens, which may change without notice."""
    kept = {name: claims[name] for name in ("aud", "iss", "exp", "iat", "jti")}
    private = {name: value for name, value in claims.items() if name not in kept}
    return {**kept, "ver": 2, "okta": {name: private[name] for name in sorted(private) if name != "ver"}}


def mint_id_token(
    server: AuthorizationServer,
    client: Client,
    user: User,
    grant: Grant,
    nonce: str | None,
    access_token: str,
) -> str:
    """An ID token (OpenID Connect Core 1.0 §2): who signed in, for the eyes of this client only."""
    now = server.clock.now()
    digest = hashlib.sha256(access_token.encode("ascii")).digest()
    claims: dict[str, Any] = {
        "ver": 1,
        "jti": "ID." + server.ids.make("ID token"),
        "iss": server.issuer,
        "aud": client.id,
        "iat": now,
        "exp": now + server.lifetimes.id_token_seconds,
        "sub": user.uid,
        "amr": ["pwd"],
        "idp": "00o1acmetest000000o",
        "auth_time": grant.auth_time,
        "at_hash": base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode(),
        **({"nonce": nonce} if nonce else {}),
        **({"sid": grant.sid} if server.switches.back_channel_logout else {}),
        **identity_claims(user, grant.scope),
    }
    server.log("app.oauth2.as.token.grant.id_token", client=client.id, uid=user.uid)
    return server.id_token_keys.signing.sign(claims)


def identity_claims(user: User, scope: str) -> dict[str, Any]:
    """What the scopes of a grant tell of a user (OpenID Connect Core 1.0 §5.4); `groups` is Okta's own."""
    told: dict[str, dict[str, Any]] = {
        "profile": {"name": user.name, "preferred_username": user.login},
        "email": {"email": user.login, "email_verified": True},
        "address": {"address": {"formatted": user.address}} if user.address else {},
        "phone": {"phone_number": user.phone} if user.phone else {},
        "groups": {"groups": ["Everyone"]},
    }
    return {name: value for asked in scope.split() for name, value in told.get(asked, {}).items()}


def verified_id_token(
    server: AuthorizationServer, token: str, require: list[str], *, verify_exp: bool = True
) -> dict[str, Any] | None:
    """The claims of a JWT that this issuer signed for a client's eyes, whichever that is, or `None`."""
    if not is_well_written(token):
        return None
    try:
        key = server.id_token_keys.verifying(str(jwt.get_unverified_header(token).get("kid")))
        if key is None:
            return None
        options: Options = {"require": require, "verify_exp": verify_exp, "verify_aud": False}
        public = key.private_key.public_key()
        claims: dict[str, Any] = jwt.decode(token, public, [ALGORITHM], options, issuer=server.issuer)
        return claims
    except jwt.InvalidTokenError:
        return None


def read_access_token(server: AuthorizationServer, token: str) -> AccessToken | None:
    """The row of an access token of this issuer that is active: its key stands, not expired, not revoked."""
    record = find_access_token(server, token)
    if record is None or record.issuer != server.issuer or not is_active(server, record):
        return None
    return record


def is_active(server: AuthorizationServer, token: AccessToken) -> bool:
    """Whether an access token still counts here: its row, its grant and its user."""
    if (
        token.server != server.settings.name
        or token.revoked is not None
        or token.expires <= server.clock.now()
    ):
        return False
    return token.grant_id is None or active_grant(server, token.grant_id) is not None


def active_grant(server: AuthorizationServer, grant_id: str) -> Grant | None:
    """A grant that was not revoked and whose user may still sign in."""
    grant = server.store.get(Grant, grant_id)
    if grant is None or grant.revoked is not None or server.user(grant.uid) is None:
        return None
    return grant


def find_access_token(server: AuthorizationServer, token: str) -> AccessToken | None:
    """The row of an access token that this server signed, expired and revoked ones included.

    A token that equals, byte for byte, one that was signed here has a valid signature (RFC 7662 §4), as long
    as its key was not withdrawn.
    """
    for record in server.store.find(AccessToken, token_hash=fingerprint(token)):
        if record.server == server.settings.name and server.keys.verifying(record.kid) is not None:
            return record
    return None


def find_refresh_token(server: AuthorizationServer, token: str) -> tuple[RefreshToken, RefreshFamily] | None:
    """The generation and the family of a refresh token of this server, dead ones included."""
    found = server.store.get(RefreshToken, fingerprint(token))
    family = server.store.get(RefreshFamily, found.family_id) if found else None
    if found is None or family is None or family.server != server.settings.name:
        return None
    return found, family


def revoke_access_token(server: AuthorizationServer, token: AccessToken) -> None:
    """End one access token, and nothing else."""
    now = server.clock.now()
    change(server.store, AccessToken, token.jti, lambda row: replace(row, revoked=row.revoked or now))
    tell_of_token(server, token)


def revoke_grant(server: AuthorizationServer, grant_id: str) -> None:
    """End a grant: the row itself, its refresh tokens and all access tokens issued under it."""
    now = server.clock.now()
    change(server.store, Grant, grant_id, lambda row: replace(row, revoked=row.revoked or now))
    for family in server.store.find(RefreshFamily, grant_id=grant_id):
        change(server.store, RefreshFamily, family.key, lambda row: replace(row, revoked=row.revoked or now))
    for token in server.store.find(AccessToken, grant_id=grant_id):
        revoke_access_token(server, token)
