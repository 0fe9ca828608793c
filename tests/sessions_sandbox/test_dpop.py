"""Proofs, check by check (RFC 9449 §4.3). The token endpoint stands for every server that takes them."""

import base64
import json
from dataclasses import replace
from typing import Any

import jwt
import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec

from sessions_sandbox import Sandbox
from sessions_sandbox.dpop import access_token_hash, algorithms
from sessions_sandbox.network.in_process import WsgiSocket
from tests.sessions_sandbox.dpop_proofs import (
    TOKEN_URL,
    ProofKey,
    ec_key,
    new_rsa_key,
    refusal,
    rsa_key,
    send,
    service_token,
)

UNREADABLE = "The proof is no valid JWT under its own key."


@pytest.mark.parametrize("key", [rsa_key(), rsa_key(algorithm="PS256"), ec_key()], ids=repr)
def test_a_good_proof_is_taken(sandbox: Sandbox, key: ProofKey) -> None:
    reply = send(sandbox, key)
    assert (reply.status_code, reply.json()["token_type"]) == (200, "DPoP")
    claims = jwt.decode(reply.json()["access_token"], options={"verify_signature": False})
    assert claims["cnf"] == {"jkt": key.jkt}


@pytest.mark.parametrize("second", ["the same", "another", "", "x"])
@pytest.mark.parametrize("first", [True, False])
def test_one_header(sandbox: Sandbox, second: str, first: bool) -> None:
    """T-DPOP-1: not more than one DPoP header, whatever the other one is."""
    proof = rsa_key().proof(sandbox, "POST", TOKEN_URL)
    other = {"the same": proof, "another": ec_key().proof(sandbox, "POST", TOKEN_URL)}.get(second, second)
    credentials = base64.b64encode(":".join(sandbox.client("svc").credentials).encode()).decode()
    body = "grant_type=client_credentials&scope=orders:read"
    lines = [
        "POST /oauth2/default/v1/token HTTP/1.1",
        "Host: idp.acme.test",
        f"Authorization: Basic {credentials}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        *(f"DPoP: {value}" for value in ((proof, other) if first else (other, proof))),
    ]
    socket = WsgiSocket(sandbox, "idp.acme.test")
    socket.sendall("\r\n".join([*lines, "", body]).encode())
    answer = socket.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.0 400 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"] == "invalid_dpop_proof"


@pytest.mark.parametrize(
    "broken",
    [
        lambda proof: "x",
        lambda proof: "..",
        lambda proof: proof.rpartition(".")[0],
        lambda proof: f"{proof}.x",
        lambda proof: f"{proof},",
        lambda proof: f"{proof}=",
        lambda proof: f"Bearer {proof}",
        lambda proof: f"\u00e4{proof}",
    ],
)
def test_one_jwt(sandbox: Sandbox, broken: Any) -> None:
    """T-DPOP-2: the header is one well-formed JWT."""
    proof = broken(rsa_key().proof(sandbox, "POST", TOKEN_URL))
    assert refusal(service_token(sandbox, proof.encode())) == "There must be one DPoP header with one JWT."


@pytest.mark.parametrize("part", ["header", "claims"])
@pytest.mark.parametrize("text", ["[]", "5", "{", "\x00", "[" * 5000])
def test_parts_that_are_no_objects(sandbox: Sandbox, part: str, text: str) -> None:
    """T-DPOP-2"""
    header, claims, signature = rsa_key().proof(sandbox, "POST", TOKEN_URL).split(".")
    broken = base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
    if part == "claims":
        head = json.loads(jwt.utils.base64url_decode(header))
        token = jwt.PyJWS().encode(text.encode(), rsa_key().private_key, "RS256", head)
        assert token.split(".")[1] == broken
    else:
        token = f"{broken}.{claims}.{signature}"
    assert refusal(service_token(sandbox, token)) == UNREADABLE


@pytest.mark.parametrize(
    "changes",
    [
        *[{name: None} for name in ("jti", "htm", "htu", "iat")],
        {"jti": 5},
        {"htm": 5},
        {"htu": 5},
        {"htu": [TOKEN_URL]},
        {"htu": "https://["},
        {"iat": "now"},
        {"iat": [1767603600]},
        {"exp": 1},
        {"nbf": 2**40},
    ],
    ids=str,
)
def test_the_claims_are_there(sandbox: Sandbox, changes: dict[str, Any]) -> None:
    """T-DPOP-3: and each is of its kind; `exp` and `nbf`, where they are sent, count as in every JWT."""
    refusal(send(sandbox, **changes))


@pytest.mark.parametrize("typ", [None, "JWT", "dpop", "at+jwt", "application/dpop+jwt"])
def test_the_type(sandbox: Sandbox, typ: str | None) -> None:
    """T-DPOP-4: no other JWT of the client's can be taken for a proof."""
    assert refusal(send(sandbox, header={"typ": typ})) == "The typ of the proof is not dpop+jwt."


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS384", "PS512", "HS256", "none", "ES384"])
def test_the_algorithm(sandbox: Sandbox, algorithm: str) -> None:
    """T-DPOP-5: asymmetric, and one of those that are named in the metadata."""
    good = rsa_key()
    private_key = {"HS256": good.jwk["n"], "none": None}.get(algorithm, good.private_key)
    if algorithm == "ES384":
        private_key = ec.generate_private_key(ec.SECP384R1())
    proof = replace(good, algorithm=algorithm, private_key=private_key).proof(sandbox, "POST", TOKEN_URL)
    reply = service_token(sandbox, f"{proof}AAAA" if algorithm == "none" else proof)
    assert refusal(reply) == "The alg of the proof is none of ES256, PS256, RS256."


@pytest.mark.parametrize("signer", [rsa_key(1), replace(rsa_key(1), algorithm="PS256")], ids=repr)
def test_the_signature(sandbox: Sandbox, signer: ProofKey) -> None:
    """T-DPOP-6: it is that of the key in the proof."""
    reply = send(sandbox, replace(signer, jwk=rsa_key().jwk))
    assert refusal(reply) == UNREADABLE
    assert send(sandbox, signer).status_code == 200


@pytest.mark.parametrize(
    "jwk",
    [*(None, "x", [], {}, {"kty": "RSA"}, {"kty": "oct"}), pytest.param(ec_key().jwk, id="another key")],
    ids=str,
)
def test_no_key_that_can_verify(sandbox: Sandbox, jwk: object) -> None:
    """T-DPOP-6"""
    refusal(send(sandbox, header={"jwk": jwk}))


@pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning")
def test_a_key_that_is_too_short(sandbox: Sandbox) -> None:
    """T-DPOP-6: RFC 7518 §3.3 wants 2048 bits."""
    assert refusal(send(sandbox, new_rsa_key(1024))) == UNREADABLE


@pytest.mark.parametrize("member", ["d", "p", "q", "dp", "dq", "qi", "oth", "k"])
def test_no_private_key(sandbox: Sandbox, member: str) -> None:
    """T-DPOP-7"""
    for key in (rsa_key(), ec_key()):
        reply = send(sandbox, key, header={"jwk": {**key.jwk, member: "AQAB"}})
        assert refusal(reply) == "The jwk of the proof is a private key."


@pytest.mark.parametrize("method", ["GET", "post", "", "POST "])
def test_the_method(sandbox: Sandbox, method: str) -> None:
    """T-DPOP-8"""
    assert refusal(send(sandbox, htm=method)) == "The htm claim is not the method of the request."


@pytest.mark.parametrize("seconds", [-60, -59.5, 0, 0.5, 60])
def test_a_time_within_the_window(sandbox: Sandbox, seconds: float) -> None:
    """T-DPOP-11: the clocks of client and server may differ by a minute, either way."""
    assert send(sandbox, iat=sandbox.clock.now() + seconds).status_code == 200


@pytest.mark.parametrize(
    "seconds", [-61, 61, -3600, 10**9, 10**400, -(10**400), float("inf"), float("-inf"), float("nan")]
)
def test_a_time_outside_the_window(sandbox: Sandbox, seconds: float) -> None:
    """T-DPOP-11"""
    reply = send(sandbox, iat=seconds if abs(seconds) > 10**300 else sandbox.clock.now() + seconds)
    assert refusal(reply) == "The iat claim is not the time of the request."


def test_the_hash_of_an_access_token() -> None:
    """T-DPOP-12: that of the token and the proof that RFC 9449 §7.1 prints."""
    token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"
    assert access_token_hash(token) == "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"


def test_the_algorithms_are_those_that_can_be_verified_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser's stand-in for `cryptography` has no elliptic curves."""

    class Missing:
        def from_jwk(self, jwk: object) -> object:
            raise UnsupportedAlgorithm("no elliptic curves here")

        def verify(self, *_: object) -> bool:
            return False

    known = jwt.get_algorithm_by_name
    assert algorithms.__wrapped__() == ("ES256", "PS256", "RS256")
    monkeypatch.setattr(
        jwt, "get_algorithm_by_name", lambda name: Missing() if name == "ES256" else known(name)
    )
    assert algorithms.__wrapped__() == ("PS256", "RS256")
