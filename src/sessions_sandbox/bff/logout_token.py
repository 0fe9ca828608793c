"""What is checked of a logout token (OpenID Connect Back-Channel Logout 1.0 §2.6). Not a feature of Okta."""

import jwt

from sessions_sandbox.authorization_server.back_channel import EVENT, TYPE
from sessions_sandbox.bff.id_token import Claims, TokenRefused, verified_claims
from sessions_sandbox.bff.provider import Provider
from sessions_sandbox.records import UsedLogoutToken
from sessions_sandbox.stores import Store


def accept_logout_token(provider: Provider, store: Store, token: str) -> Claims:
    """The claims of a logout token, which is good once. It names a session (`sid`), a user (`sub`) or both.

    Raises `TokenRefused`, or `NoAnswer` when the keys cannot be had.
    """
    _check_type(token)
    claims = verified_claims(provider, token, ["jti", "events"])
    events = claims["events"]
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
        raise TokenRefused
    if "nonce" in claims:
        raise TokenRefused
    named = [claims[name] for name in ("sid", "sub") if name in claims]
    if not named or not all(isinstance(name, str) and name for name in named):
        raise TokenRefused
    if not store.add(UsedLogoutToken(claims["jti"], int(claims["exp"]))):
        raise TokenRefused
    return claims


def _check_type(token: str) -> None:
    """That the header says what it is: an ID token must not do (§4.1), nor any other JWT of the issuer."""
    try:
        typ = jwt.get_unverified_header(token).get("typ")
    except jwt.PyJWTError as error:
        raise TokenRefused from error
    if str(typ).lower().removeprefix("application/") != TYPE:
        raise TokenRefused
