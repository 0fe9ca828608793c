"""What stands in access tokens and ID tokens."""

import base64
import hashlib
from typing import Any

import jwt

from sessions_sandbox import Sandbox
from tests.sessions_sandbox.flows import (
    code_for,
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
