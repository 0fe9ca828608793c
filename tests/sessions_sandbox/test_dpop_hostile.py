"""Whatever a proof says, the answer is one of the protocol; also where the keys of some cannot be read."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sessions_sandbox import Sandbox
from sessions_sandbox.dpop import algorithms
from tests.sessions_sandbox.dpop_proofs import TOKEN_URL, ec_key, rsa_key, service_token

STAND_INS = Path(__file__).parents[2] / "src" / "browser_stand_ins"

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@pytest.fixture(scope="module")
def started() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        sandbox.set(dpop_nonce=True)
        yield sandbox


@settings(max_examples=150, deadline=None, database=None, derandomize=True)
@given(
    header=st.dictionaries(st.sampled_from(["typ", "crit", "b64", "jwk", "kid", "x5c"]), JSON, max_size=2),
    key=st.dictionaries(st.sampled_from(["kty", "n", "e", "crv", "x", "y", "alg", "use"]), JSON, max_size=2),
    claims=st.dictionaries(
        st.sampled_from(["jti", "htm", "htu", "iat", "nonce", "ath", "exp", "nbf", "aud", "iss", "sub"]),
        JSON,
        max_size=2,
    ),
)
@example(header={}, key={"e": "AQ", "n": "AQ"}, claims={})
@example(header={}, key={"e": ""}, claims={})
@example(header={}, key={"n": "!"}, claims={})
@example(header={}, key={}, claims={"exp": float("inf"), "nbf": float("nan")})
@example(header={}, key={}, claims={"jti": "\ud800"})
def test_hostile_proofs(
    started: Sandbox, header: dict[str, Any], key: dict[str, Any], claims: dict[str, Any]
) -> None:
    for good in (rsa_key(), ec_key()):
        head = {"typ": "dpop+jwt", "alg": good.algorithm, "jwk": {**good.jwk, **key}, **header}
        told = {"jti": "1", "htm": "POST", "htu": TOKEN_URL, "iat": started.clock.now(), **claims}
        signed = ".".join(_encoded(json.dumps(part)) for part in (head, told))
        algorithm = jwt.get_algorithm_by_name(good.algorithm)
        signature = algorithm.sign(signed.encode(), good.private_key)
        reply = service_token(started, f"{signed}.{jwt.utils.base64url_encode(signature).decode()}")
        assert reply.status_code == 400
        assert reply.json()["error"] in ("invalid_dpop_proof", "use_dpop_nonce")


def test_in_the_browser_there_is_rs256_alone() -> None:
    """There, `cryptography` is a stand-in without curves and PSS; the metadata promises no more."""
    program = f"""
import sys, time_machine; sys.path.insert(0, {str(STAND_INS)!r})
import requests
from sessions_sandbox import Sandbox
from sessions_sandbox.keys import test_only_key
import jwt
with Sandbox() as sandbox:
    key, url = test_only_key(0), f"{{sandbox.issuer}}/v1/token"
    claims = {{"jti": "1", "htm": "POST", "htu": url, "iat": sandbox.clock.now()}}
    proof = jwt.encode(claims, key.private_key, "RS256", headers={{"typ": "dpop+jwt", "jwk": key.public_jwk}})
    form = {{"grant_type": "client_credentials", "scope": "orders:read"}}
    auth = sandbox.client("svc").credentials
    head = jwt.utils.base64url_encode(b'{{"alg": "PS256", "typ": "dpop+jwt"}}').decode()
    for sent in (proof, f"{{head}}.{{proof.partition('.')[2]}}"):
        print(requests.post(url, form, auth=auth, headers={{"DPoP": sent}}).status_code)
    metadata = requests.get(f"{{sandbox.issuer}}/.well-known/openid-configuration").json()
    print(metadata["dpop_signing_alg_values_supported"])
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert ran.stderr == ""
    assert ran.stdout == "200\n400\n['RS256']\n"
    assert algorithms() == ("ES256", "PS256", "RS256")


def _encoded(text: str) -> str:
    return jwt.utils.base64url_encode(text.encode()).decode()
