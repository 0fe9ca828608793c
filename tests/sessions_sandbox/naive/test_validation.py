"""The verifier that stops halfway: what it still sees, and all that it does not."""

from typing import Any

import jwt
import pytest

from sessions_sandbox import Sandbox
from sessions_sandbox.naive.validation import signature_and_expiry


def read(sandbox: Sandbox, token: str) -> dict[str, Any]:
    keys = jwt.PyJWKClient(f"{sandbox.issuer}/v1/keys")
    return signature_and_expiry(token, keys.get_signing_key_from_jwt(token))


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"aud": "api://payments"},
        {"aud": None},
        {"aud": ["x", "y"]},
        {"iss": "https://evil.example.net"},
        {"iss": None},
        {"iat": 2**40},
        {"nbf": 2**40},
        {"sub": 5},
        {"jti": 5},
        {"scp": None},
        {"cid": None},
        {"exp": None},
    ],
    ids=str,
)
def test_it_takes_whatever_is_signed(sandbox: Sandbox, claims: dict[str, Any]) -> None:
    assert read(sandbox, sandbox.mint(**claims))["ver"] == 1


def test_it_sees_signature_and_expiry(sandbox: Sandbox) -> None:
    token = sandbox.mint()
    header, _, signature = token.split(".")
    forged = f"{header}.{sandbox.mint(sub='mallory@acme.test').split('.')[1]}.{signature}"
    with pytest.raises(jwt.InvalidSignatureError):
        read(sandbox, forged)
    sandbox.clock.advance(hours=1)
    with pytest.raises(jwt.ExpiredSignatureError):
        read(sandbox, token)
