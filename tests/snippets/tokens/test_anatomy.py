"""The anatomy of a token: anybody reads it, anybody changes it, and verification notices."""

from collections.abc import Callable
from typing import Any

import jwt
import pytest
import requests

from tests.snippets.conftest import RunLesson

LESSON = "tokens/anatomy"
REQUIRED_BY_RFC_9068 = {"iss", "exp", "aud", "sub", "client_id", "iat", "jti"}  # §2.2


@pytest.fixture
def run(lesson: Callable[[str], RunLesson]) -> RunLesson:
    return lesson(LESSON)


def verified(run: RunLesson, token: str) -> dict[str, Any]:
    """The claims of a token that the key of the program verifies."""
    claims: dict[str, Any] = jwt.decode(
        token, run.namespace["key"], ["RS256"], issuer=run.sandbox.issuer, audience="api://default"
    )
    return claims


def orders(run: RunLesson, token: str) -> int:
    """The status with which the API answers to a token."""
    bearer = {"Authorization": f"Bearer {token}"}
    return requests.get(f"{run.sandbox.api}/orders", headers=bearer, timeout=5).status_code


def test_what_is_read_without_a_key_is_what_verification_returns(run: RunLesson) -> None:
    assert run.namespace["claims"] == verified(run, run.namespace["tokens"]["access_token"])


def test_the_key_is_fetched_for_verification_only(run: RunLesson) -> None:
    fetched = run.sandbox.exchanges(path="/keys")
    assert [exchange["number"] for exchange in fetched] == [run.exchanges[-1]["number"]]


def test_every_claim_that_rfc_9068_requires_has_its_name_in_the_table(run: RunLesson) -> None:
    named = {run.namespace["in_rfc_9068"].get(name, name) for name in run.namespace["claims"]}
    assert named - {"-"} == REQUIRED_BY_RFC_9068 | {"scope", "auth_time"}


def test_the_claims_name_the_client_the_user_and_the_scopes_of_the_sign_in(run: RunLesson) -> None:
    claims, (grant,) = run.namespace["claims"], run.sandbox.rows("grants")
    assert (claims["cid"], claims["uid"]) == (grant["client_id"], grant["uid"])
    assert claims["scp"] == grant["scope"].split()
    assert claims["exp"] - claims["iat"] == run.namespace["tokens"]["expires_in"]


def test_one_character_differs_and_the_claims_still_decode(run: RunLesson) -> None:
    before, after = run.namespace["tokens"]["access_token"], run.namespace["changed"]
    assert len(before) == len(after)
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1
    read = jwt.decode(after, options={"verify_signature": False})
    assert read == {**run.namespace["claims"], "ver": 2}


def test_no_character_of_the_payload_can_be_changed(run: RunLesson) -> None:
    header, payload, signature = run.namespace["tokens"]["access_token"].split(".")
    for position, character in enumerate(payload):
        other = "B" if character == "A" else "A"
        changed = payload[:position] + other + payload[position + 1 :]
        with pytest.raises(jwt.InvalidSignatureError):
            verified(run, f"{header}.{changed}.{signature}")


def test_the_code_that_believed_greets_a_user_whom_the_api_refuses(run: RunLesson) -> None:
    header, payload, signature = run.namespace["tokens"]["access_token"].split(".")
    forged = f"{header}.{run.namespace['forged']}.{signature}"
    assert jwt.decode(forged, options={"verify_signature": False})["sub"] == "bob@acme.test"
    assert orders(run, forged) == 401
    assert orders(run, f"{header}.{payload}.{signature}") == 200


def test_the_refresh_token_is_not_a_jwt(run: RunLesson) -> None:
    with pytest.raises(jwt.DecodeError, match="Not enough segments"):
        jwt.decode(run.namespace["tokens"]["refresh_token"], options={"verify_signature": False})
