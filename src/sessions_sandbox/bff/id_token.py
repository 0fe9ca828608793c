"""What the backend for frontend checks of an ID token before it believes who signed in."""

import base64
import hashlib
import hmac
from typing import Any

import jwt

from sessions_sandbox.bff.provider import Provider
from sessions_sandbox.keys import ALGORITHM

Claims = dict[str, Any]


class TokenRefused(Exception):
    """The token is not what it should be."""


def verified_claims(provider: Provider, token: str, require: list[str]) -> Claims:
    """The claims of a JWT for this client: OpenID Connect Core 1.0 §3.1.3.7, but for the nonce.

    Signed with a published key of the issuer, by the one algorithm that is agreed on; `iss`; `aud` this
    client alone; `azp`, where it is there; `exp` to come, `iat` not. Raises `TokenRefused`, or `NoAnswer`
    when the keys cannot be had.
    """
    client_id = provider.client.id
    try:
        claims: Claims = jwt.decode(
            token,
            provider.key_of(token).key,
            algorithms=[ALGORITHM],
            issuer=provider.issuer,
            audience=client_id,
            options={"require": ["exp", "iat", *require]},
        )
    except jwt.PyJWTError as error:
        raise TokenRefused from error
    if claims["aud"] not in (client_id, [client_id]) or claims.get("azp", client_id) != client_id:
        raise TokenRefused
    return claims


def verify_id_token(provider: Provider, token: str, nonce: str, access_token: str) -> Claims:
    """The claims of the ID token that answers the sign-in with this nonce. Raises as `verified_claims` does.

    Where it tells the hash of the access token, it must be that of the one beside it (§3.1.3.8).
    """
    claims = verified_claims(provider, token, ["sub", "nonce"])
    if not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
        raise TokenRefused
    if claims.get("at_hash", _half_hash(access_token)) != _half_hash(access_token):
        raise TokenRefused
    return claims


def _half_hash(token: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()[:16]).rstrip(b"=").decode()
