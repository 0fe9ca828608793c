"""What stands in access tokens and ID tokens."""

import base64
import hashlib
from dataclasses import replace
from typing import Any

import jwt

from sessions_sandbox import Sandbox
from sessions_sandbox.authorization_server.tokens import (
    active_grant,
    find_refresh_token,
    identity_claims,
    revoke_grant,
)
from sessions_sandbox.records import Grant, RefreshFamily
from sessions_sandbox.seed import USERS
from tests.sessions_sandbox.flows import (
    code_for,
    is_active,
    redeem,
    tokens_for,
)


def claims_of(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def test_an_access_token_has_the_claims_of_okta(sandbox: Sandbox) -> None:
    """T-TOK-2"""
    start = sandbox.clock.now()
    code = code_for(sandbox)
    sandbox.clock.advance(seconds=10)
    tokens = redeem(sandbox, code).json()
    assert jwt.get_unverified_header(tokens["access_token"]).keys() == {"alg", "kid"}
    claims = claims_of(tokens["access_token"])
    assert claims.pop("jti").startswith("AT.")
    assert claims == {
        "ver": 1,
        "iss": sandbox.issuer,
        "aud": "api://default",
        "iat": start + 10,
        "exp": start + 10 + 3600,
        "cid": sandbox.client("web").id,
        "uid": "00u1aliceacmetest00a",
        "scp": ["openid", "offline_access", "orders:read", "orders:write"],
        "auth_time": start,
        "sub": "alice@acme.test",
    }
    assert tokens["expires_in"] == 3600
    assert tokens["token_type"] == "Bearer"
    assert tokens["scope"] == "openid offline_access orders:read orders:write"


def test_an_access_token_of_the_org_server_is_for_the_org_server(sandbox: Sandbox) -> None:
    """T-TOK-2"""
    claims = claims_of(tokens_for(sandbox, org=True)["access_token"])
    assert claims["iss"] == claims["aud"] == sandbox.org_issuer


def test_an_id_token_tells_the_client_who_signed_in(sandbox: Sandbox) -> None:
    """T-TOK-2: OpenID Connect Core 1.0 §2; `sub` is the id of the user, not the name."""
    tokens = tokens_for(sandbox, scope="openid email profile", nonce="the nonce")
    claims = claims_of(tokens["id_token"])
    digest = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
    assert claims.pop("jti").startswith("ID.")
    assert claims == {
        "ver": 1,
        "iss": sandbox.issuer,
        "aud": sandbox.client("web").id,
        "iat": sandbox.clock.now(),
        "exp": sandbox.clock.now() + 3600,
        "auth_time": sandbox.clock.now(),
        "sub": "00u1aliceacmetest00a",
        "amr": ["pwd"],
        "idp": "00o1acmetest000000o",
        "nonce": "the nonce",
        "at_hash": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "name": "Alice",
        "preferred_username": "alice@acme.test",
        "email": "alice@acme.test",
        "email_verified": True,
    }
    assert not {"nonce", "email", "name"} & claims_of(tokens_for(sandbox)["id_token"]).keys()
    assert "id_token" not in tokens_for(sandbox, scope="orders:read")


def test_the_org_server_may_lay_its_tokens_out_otherwise(sandbox: Sandbox) -> None:
    """What all tokens have stays at the top; the rest moves, and nothing is told twice."""
    sandbox.set(org_at_shuffle=True)
    claims = claims_of(tokens_for(sandbox, org=True)["access_token"])
    assert list(claims) == ["aud", "iss", "exp", "iat", "jti", "ver", "okta"]
    assert claims["ver"] == 2
    assert list(claims["okta"]) == ["auth_time", "cid", "scp", "sub", "uid"]


def test_who_has_no_address_and_no_phone_tells_none() -> None:
    user = replace(USERS[0], address="", phone="")
    assert identity_claims(user, "openid address phone") == {}


def test_a_grant_that_was_swept_is_not_active(sandbox: Sandbox) -> None:
    """So is a family, and then its refresh tokens are nothing."""
    server = sandbox._servers()[0]
    assert active_grant(server, "swept") is None
    tokens = tokens_for(sandbox)
    (family,) = sandbox.store.all(RefreshFamily)
    assert sandbox.store.remove(RefreshFamily, family.key)
    assert find_refresh_token(server, tokens["refresh_token"]) is None
    assert not is_active(sandbox, tokens["refresh_token"])


def test_what_was_revoked_before_was_revoked_then(sandbox: Sandbox) -> None:
    tokens_for(sandbox)
    server, now = sandbox._servers()[0], sandbox.clock.now()
    (grant,) = sandbox.store.all(Grant)
    for seconds in (0, 10):
        sandbox.clock.advance(seconds=seconds)
        revoke_grant(server, grant.key)
    rows = [sandbox.rows(table)[0] for table in ("grants", "refresh_families", "access_tokens")]
    assert [row["revoked"] for row in rows] == [now] * 3
