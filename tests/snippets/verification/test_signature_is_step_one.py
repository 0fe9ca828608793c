"""Signature is step one: nine good signatures, and a verifier each of whose checks refuses something."""

import base64
import hmac
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests

from sessions_sandbox import keys as sandbox_keys
from tests.snippets.conftest import RunLesson

LESSON = "verification/signature_is_step_one"
PAGE = Path(__file__).parents[3] / "docs" / f"{LESSON}.md"
REQUIRED = ["exp", "iat", "iss", "aud", "sub", "jti", "cid", "scp"]
SIGNING, OTHER = (sandbox_keys.test_only_key(number) for number in (0, 2))

Claims = dict[str, Any]


@pytest.fixture
def run(lesson: Callable[[str], RunLesson]) -> RunLesson:
    return lesson(LESSON)


def claims_of(token: str) -> Claims:
    """What a token says, unverified."""
    claims: Claims = jwt.decode(token, options={"verify_signature": False})
    return claims


def refused(run: RunLesson, token: str) -> type[Exception] | None:
    """The exception by which the reference verifier refuses a token."""
    try:
        run.namespace["verify"](token, "orders:read")
    except Exception as error:
        return type(error)
    return None


def test_the_published_key_signed_all_nine(run: RunLesson) -> None:
    assert len(run.namespace["tokens"]) == 9
    for token in run.namespace["tokens"].values():
        key = run.namespace["keys"].get_signing_key_from_jwt(token)
        assert key.key_id == SIGNING.kid
        jwt.PyJWS().decode(token, key, ["RS256"])


def test_each_minted_token_differs_from_a_good_one_in_the_claim_that_names_it(run: RunLesson) -> None:
    good = claims_of(run.sandbox.mint())
    names = {"wrong aud": "aud", "wrong iss": "iss", "no scope": "scp", "wrong cid": "cid", "no exp": "exp",
             "early nbf": "nbf"}  # fmt: skip
    for token, claim in names.items():
        minted = claims_of(run.namespace["tokens"][token])
        assert {name for name in good | minted if good.get(name) != minted.get(name)} == {claim}
    assert refused(run, run.sandbox.mint()) is None


def test_signature_and_expiry_accept_all_but_the_one_whose_time_has_not_come(run: RunLesson) -> None:
    tokens, naive = run.namespace["tokens"], run.namespace["naive"]
    assert {name for name, token in tokens.items() if naive(token) != "accepted"} == {"early nbf"}


def test_the_naive_check_does_look_at_signature_and_expiry(run: RunLesson) -> None:
    header, payload, _ = run.namespace["tokens"]["correct"].split(".")
    signature = run.namespace["tokens"]["revoked"].rpartition(".")[2]
    assert run.namespace["naive"](f"{header}.{payload}.{signature}") == "InvalidSignatureError"
    assert run.namespace["naive"](run.sandbox.mint(exp=run.sandbox.clock.now())) == "ExpiredSignatureError"


def test_the_reference_verifier_accepts_the_correct_one_and_the_revoked_one(run: RunLesson) -> None:
    accepted = {name for name, token in run.namespace["tokens"].items() if refused(run, token) is None}
    assert accepted == {"correct", "revoked"}


def test_only_the_authorization_server_tells_those_two_apart(run: RunLesson) -> None:
    rs, active = run.sandbox.client("rs"), {}
    for name in ("correct", "revoked"):
        form = {"token": run.namespace["tokens"][name], "client_id": rs.id, "client_secret": rs.secret}
        reply = requests.post(f"{run.sandbox.issuer}/v1/introspect", data=form, timeout=5)
        active[name] = reply.json()["active"]
    assert active == {"correct": True, "revoked": False}


WRONG_CLAIMS: list[tuple[Claims, type[Exception]]] = [
    ({"iss": "https://idp.acme.test"}, jwt.InvalidIssuerError),
    ({"iss": "https://idp.acme.test/oauth2/default/"}, jwt.InvalidIssuerError),
    ({"aud": "api://default2"}, jwt.InvalidAudienceError),
    ({"cid": "0oa6otheracmetest00o"}, PermissionError),
    ({"scp": ["orders:write"]}, PermissionError),
    ({"scp": "orders:reading"}, PermissionError),
    *(({claim: None}, jwt.MissingRequiredClaimError) for claim in REQUIRED),
]


def test_one_wrong_claim_is_enough(run: RunLesson) -> None:
    for claims, error in WRONG_CLAIMS:
        assert refused(run, run.sandbox.mint(**claims)) is error, claims


def test_a_minute_of_leeway_and_no_more(run: RunLesson) -> None:
    now, mint = run.sandbox.clock.now(), run.sandbox.mint
    assert refused(run, mint(exp=now - 59)) is None
    assert refused(run, mint(exp=now - 60)) is jwt.ExpiredSignatureError
    assert refused(run, mint(nbf=now + 60)) is None
    assert refused(run, mint(nbf=now + 61)) is jwt.ImmatureSignatureError


def test_another_kind_of_token_with_the_claims_of_this_one_is_refused(run: RunLesson) -> None:
    good = claims_of(run.sandbox.mint())
    assert refused(run, SIGNING.sign(good)) is None
    assert refused(run, SIGNING.sign(good, typ="logout+jwt")) is jwt.InvalidTokenError


def test_a_key_that_the_issuer_does_not_publish_is_refused(run: RunLesson) -> None:
    good = claims_of(run.sandbox.mint())
    assert refused(run, OTHER.sign(good)) is jwt.PyJWKClientError
    borrowed_kid = jwt.encode(good, OTHER.private_key, "RS256", headers={"kid": SIGNING.kid, "typ": None})
    assert refused(run, borrowed_kid) is jwt.InvalidSignatureError


def with_algorithm(algorithm: str, token: str) -> str:
    """The same claims under a header of the attacker's choice, with what anybody knows for a key."""

    def part(content: bytes) -> str:
        return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

    header = part(json.dumps({"alg": algorithm, "kid": SIGNING.kid}).encode())
    signed = f"{header}.{token.split('.')[1]}"
    by_public_key = hmac.digest(SIGNING.public_jwk["n"].encode(), signed.encode(), "sha256")
    return f"{signed}.{part(by_public_key) if algorithm == 'HS256' else ''}"


def test_the_header_does_not_choose_the_algorithm(run: RunLesson) -> None:
    for algorithm in ("none", "HS256"):
        forged = with_algorithm(algorithm, run.sandbox.mint())
        assert refused(run, forged) is jwt.InvalidAlgorithmError, algorithm


def test_the_page_says_with_which_pyjwt_it_was_measured() -> None:
    assert f"Measured with PyJWT {jwt.__version__}," in PAGE.read_text("utf-8")


def test_what_pyjwt_leaves_out_by_itself(run: RunLesson) -> None:
    good = claims_of(run.sandbox.mint())
    key = SIGNING.private_key.public_key()

    def accepted(token: str) -> Claims:
        claims: Claims = jwt.decode(token, key, ["RS256"], audience="api://default")
        return claims

    assert "exp" not in accepted(run.sandbox.mint(exp=None))
    assert accepted(run.sandbox.mint(iss="https://evil.example.net"))["iss"] == "https://evil.example.net"
    assert accepted(SIGNING.sign(good, typ="logout+jwt")) == good
    with pytest.raises(jwt.InvalidAudienceError):
        jwt.decode(run.sandbox.mint(), key, ["RS256"])


def test_a_key_of_the_jwks_carries_its_algorithm_and_a_plain_key_does_not(run: RunLesson) -> None:
    token, forged = run.sandbox.mint(), with_algorithm("HS256", run.sandbox.mint())
    key = run.namespace["keys"].get_signing_key_from_jwt(token)
    assert jwt.decode(token, key, audience="api://default") == claims_of(token)
    with pytest.raises(jwt.InvalidAlgorithmError):
        jwt.decode(forged, key, audience="api://default")
    with pytest.raises(jwt.DecodeError, match="algorithms"):
        jwt.decode(token, key.key, audience="api://default")


def test_trouble_with_the_keys_is_no_invalid_token(run: RunLesson) -> None:
    for error in (jwt.PyJWKClientError, jwt.PyJWKClientConnectionError):
        assert not issubclass(error, jwt.InvalidTokenError)
    assert issubclass(jwt.PyJWKClientConnectionError, jwt.PyJWKClientError)
    run.sandbox.set(authorization_server_down=True)
    cold = jwt.PyJWKClient(f"{run.sandbox.issuer}/v1/keys", timeout=5)
    with pytest.raises(jwt.PyJWKClientConnectionError):
        cold.get_signing_key_from_jwt(run.namespace["tokens"]["correct"])
