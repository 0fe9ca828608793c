"""The minting of tokens, and what makes one active."""

import base64
import hashlib
from dataclasses import replace
from typing import Any

import jwt

from sessions_sandbox.authorization_server.server import AuthorizationServer
from sessions_sandbox.ids import fingerprint
from sessions_sandbox.keys import ALGORITHM
from sessions_sandbox.records import AccessToken, Grant, RefreshFamily, RefreshToken, User
from sessions_sandbox.seed import Client
from sessions_sandbox.stores import change

ORG_ACCESS_TOKEN_TYPE = "application/okta-internal-at+jwt"


def mint_access_token(server: AuthorizationServer, client: Client, scope: str, grant: Grant | None) -> str:
    """An access token with the claims of Okta's, and its row. Without a grant the client acts for itself."""
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
        expires=now + server.settings.access_token_seconds,
        grant_id=grant.grant_id if grant else None,
    )
    server.store.add(record)
    server.log("app.oauth2.as.token.grant.access_token", client=client.id, uid=record.uid, detail=record.jti)
    claims: dict[str, Any] = {
        "ver": 1,
        "jti": record.jti,
        "iss": server.issuer,
        "aud": record.audience,
        "iat": record.issued,
        "exp": record.expires,
        "cid": client.id,
        **({"uid": user.uid} if user else {}),
        "scp": scope.split(),
        **({"auth_time": grant.auth_time} if grant else {}),
        "sub": record.subject,
    }
    typ = ORG_ACCESS_TOKEN_TYPE if server.switches.org_key_published and not server.settings.path else None
    return server.keys.signing.sign(claims, typ=typ)


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
        "exp": now + server.settings.id_token_seconds,
        "sub": user.uid,
        "amr": ["pwd"],
        "idp": "00o1acmetest000000o",
        "auth_time": grant.auth_time,
        "at_hash": base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode(),
        **({"nonce": nonce} if nonce else {}),
        **identity_claims(user, grant.scope),
    }
    server.log("app.oauth2.as.token.grant.id_token", client=client.id, uid=user.uid)
    return server.id_token_keys.signing.sign(claims)


def identity_claims(user: User, scope: str) -> dict[str, Any]:
    """What the scopes `profile` and `email` tell of a user (OpenID Connect Core 1.0 §5.4)."""
    scopes = scope.split()
    profile = {"name": user.name, "preferred_username": user.login} if "profile" in scopes else {}
    email = {"email": user.login, "email_verified": True} if "email" in scopes else {}
    return {**profile, **email}


def read_access_token(server: AuthorizationServer, token: str) -> AccessToken | None:
    """The row of an access token of this server that is active: signed here, not expired, not revoked."""
    try:
        claims = jwt.decode(
            token,
            server.keys.signing.private_key.public_key(),
            algorithms=[ALGORITHM],
            issuer=server.issuer,
            audience=server.settings.audience,
            options={"require": ["jti", "exp"]},
        )
    except jwt.InvalidTokenError:
        return None
    record = server.store.get(AccessToken, claims["jti"])
    return record if record is not None and is_active(server, record) else None


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
    """The row of an access token that this server signed, expired and revoked ones included."""
    try:
        claims = jwt.decode(
            token,
            server.keys.signing.private_key.public_key(),
            algorithms=[ALGORITHM],
            options={"verify_exp": False, "verify_aud": False, "require": ["jti"]},
        )
    except jwt.InvalidTokenError:
        return None
    record = server.store.get(AccessToken, claims["jti"])
    return record if record is not None and record.server == server.settings.name else None


def find_refresh_token(server: AuthorizationServer, token: str) -> tuple[RefreshToken, RefreshFamily] | None:
    """The generation and the family of a refresh token of this server, dead ones included."""
    found = server.store.get(RefreshToken, fingerprint(token))
    family = server.store.get(RefreshFamily, found.family_id) if found else None
    if found is None or family is None or family.server != server.settings.name:
        return None
    return found, family


def revoke_grant(server: AuthorizationServer, grant_id: str) -> None:
    """End a grant: the row itself, its refresh tokens and all access tokens issued under it."""
    now = server.clock.now()
    change(server.store, Grant, grant_id, lambda row: replace(row, revoked=row.revoked or now))
    for family in server.store.find(RefreshFamily, grant_id=grant_id):
        change(server.store, RefreshFamily, family.key, lambda row: replace(row, revoked=row.revoked or now))
    for token in server.store.find(AccessToken, grant_id=grant_id):
        change(server.store, AccessToken, token.key, lambda row: replace(row, revoked=row.revoked or now))
