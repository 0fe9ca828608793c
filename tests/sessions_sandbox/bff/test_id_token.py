"""An ID token is believed when all of OpenID Connect Core 1.0 §3.1.3.7 holds."""

import base64
import hashlib
from typing import Any

import jwt
import pytest

from sessions_sandbox import Sandbox, keys
from sessions_sandbox.bff.id_token import TokenRefused, verify_id_token
from sessions_sandbox.bff.provider import NoAnswer
from sessions_sandbox.outgoing import SECONDS
from tests.sessions_sandbox.bff.pages import BFF, known_provider, signing_key

ACCESS_TOKEN = "an access token"
AT_HASH = base64.urlsafe_b64encode(hashlib.sha256(ACCESS_TOKEN.encode()).digest()[:16]).rstrip(b"=").decode()
OTHERAPP = "0oa6otheracmetest00o"


def good(sandbox: Sandbox) -> dict[str, Any]:
    now = sandbox.clock.now()
    return {
        "iss": sandbox.issuer,
        "aud": BFF,
        "sub": "00u1aliceacmetest00a",
        "iat": now,
        "exp": now + 1,
        "nonce": "the nonce",
        "at_hash": AT_HASH,
    }


def changed(sandbox: Sandbox, changes: dict[str, Any]) -> dict[str, Any]:
    """Good claims, changed; one that is changed to `None` is left out."""
    return {name: value for name, value in {**good(sandbox), **changes}.items() if value is not None}


def verify(token: str) -> dict[str, Any]:
    return verify_id_token(known_provider(), token, "the nonce", ACCESS_TOKEN)


@pytest.mark.parametrize(
    "changes", [{}, {"aud": [BFF]}, {"azp": BFF}, {"at_hash": None}, {"acr": "urn:x"}], ids=str
)
def test_a_good_one_is_believed(sandbox: Sandbox, changes: dict[str, Any]) -> None:
    claims = changed(sandbox, changes)
    assert verify(signing_key(sandbox).sign(claims)) == claims


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://idp.acme.test"},
        {"iss": None},
        {"aud": OTHERAPP},
        {"aud": [OTHERAPP]},
        {"aud": [BFF, OTHERAPP]},
        {"aud": None},
        {"azp": OTHERAPP},
        {"sub": None},
        {"exp": None},
        {"iat": None},
        {"nonce": "another"},
        {"nonce": "th\u00e9 nonce"},
        {"nonce": 5},
        {"nonce": None},
        {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
        {"at_hash": 5},
    ],
    ids=str,
)
def test_a_flaw_and_it_is_not(sandbox: Sandbox, changes: dict[str, Any]) -> None:
    with pytest.raises(TokenRefused):
        verify(signing_key(sandbox).sign(changed(sandbox, changes)))


def test_only_in_its_time(sandbox: Sandbox) -> None:
    now = sandbox.clock.now()
    for times in ({"exp": now}, {"iat": now + 1, "exp": now + 2}):
        with pytest.raises(TokenRefused):
            verify(signing_key(sandbox).sign(changed(sandbox, times)))


def test_only_with_a_published_key_and_the_algorithm_agreed_on(sandbox: Sandbox) -> None:
    claims, key = good(sandbox), signing_key(sandbox)
    head = {"kid": key.kid}
    forged = {
        "by no key": jwt.encode(claims, "", "none", headers=head),
        "by the public key as a secret": jwt.encode(claims, key.public_jwk["n"], "HS256", headers=head),
        "by the client's secret": jwt.encode(claims, f"bff-test-only{'x' * 32}", "HS256", headers=head),
        "by another algorithm": jwt.encode(claims, key.private_key, "PS256", headers=head),
        "by a key of another server": keys.test_only_key(8).sign(claims),
        "under the name of a good key": jwt.encode(
            claims, keys.test_only_key(8).private_key, "RS256", headers=head
        ),
        "no JWT": "x",
        "nothing": "",
    }
    for token in forged.values():
        with pytest.raises(TokenRefused):
            verify(token)


def test_a_key_that_was_withdrawn_does_not_count(sandbox: Sandbox) -> None:
    """Also where it was good a moment before."""
    asked, token = known_provider(), signing_key(sandbox).sign(good(sandbox))
    assert verify_id_token(asked, token, "the nonce", ACCESS_TOKEN)
    sandbox.rotate_keys("emergency")
    with pytest.raises(TokenRefused):
        verify_id_token(asked, token, "the nonce", ACCESS_TOKEN)


def test_the_keys_are_not_waited_for_for_ever() -> None:
    assert known_provider()._keys.timeout == SECONDS


def test_without_the_keys_nothing_can_be_said(sandbox: Sandbox) -> None:
    sandbox.set(jwks_down=True)
    with pytest.raises(NoAnswer):
        verify(signing_key(sandbox).sign(good(sandbox)))
