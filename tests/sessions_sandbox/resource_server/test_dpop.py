"""The API where it wants the key of a token, and where it takes bearer tokens only."""

from typing import Any

import pytest
import requests

from sessions_sandbox import Sandbox
from tests.sessions_sandbox import dpop_proofs
from tests.sessions_sandbox.dpop_proofs import ProofKey, ec_key, rsa_key, service_token
from tests.sessions_sandbox.flows import ask, tokens_for, url_of
from tests.sessions_sandbox.resource_server.test_app import CAREFUL

KEY, OTHER = rsa_key(), ec_key()
ENDPOINTS = [("GET", "/orders"), ("POST", "/orders"), ("POST", "/payments")]
REALM, ALGS = 'DPoP realm="orders"', 'algs="ES256 PS256 RS256"'


def bound_token(sandbox: Sandbox) -> str:
    proof = KEY.proof(sandbox, "POST", url_of(sandbox, "token"))
    return str(service_token(sandbox, proof).json()["access_token"])


def call(
    sandbox: Sandbox,
    token: str,
    key: ProofKey | None = KEY,
    method: str = "GET",
    path: str = "/orders",
    scheme: str = "DPoP",
    **changes: Any,
) -> requests.Response:
    """A request with a proof, changed."""
    url = sandbox.api + path
    proof = None if key is None else key.proof(sandbox, method, url, token, **changes)
    return dpop_proofs.call(sandbox, url, token, proof, method, scheme)


def refusal(reply: requests.Response) -> str:
    """The challenge that a request met, without realm and algorithms, which each has."""
    assert reply.status_code == 401
    challenge = reply.headers["WWW-Authenticate"]
    assert challenge.startswith(f"{REALM}, ")
    assert challenge.endswith(ALGS)
    return challenge.removeprefix(f"{REALM}, ").removesuffix(ALGS)


@pytest.fixture
def strict(sandbox: Sandbox) -> Sandbox:
    """A sandbox whose API wants the key."""
    sandbox.set(api_validation="dpop")
    return sandbox


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_who_has_the_key_is_served(strict: Sandbox, method: str, path: str) -> None:
    """T-DPOP-12"""
    token = bound_token(strict)
    for _ in range(2):
        reply = call(strict, token, KEY, method, path)
        assert (reply.status_code, reply.headers["Cache-Control"]) == (200, "no-store")
    assert "DPoP-Nonce" not in reply.headers


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_another_key_is_refused(strict: Sandbox, method: str, path: str) -> None:
    """T-DPOP-12: and so is a token that is bound to none, or to something else."""
    refused = 'error="invalid_token", error_description="Invalid DPoP key binding", '
    token = bound_token(strict)
    assert refusal(call(strict, token, OTHER, method, path)) == refused
    assert refusal(call(strict, tokens_for(strict)["access_token"], KEY, method, path)) == refused


@pytest.mark.parametrize(
    "cnf", ["x", [], {}, {"jkt": None}, {"jkt": [KEY.jkt]}, {"x5t#S256": KEY.jkt}], ids=str
)
def test_a_token_bound_to_something_else_is_refused(strict: Sandbox, cnf: object) -> None:
    """T-DPOP-12"""
    assert call(strict, strict.mint(cnf={"jkt": KEY.jkt})).status_code == 200
    assert "Invalid DPoP key binding" in refusal(call(strict, strict.mint(cnf=cnf)))


@pytest.mark.parametrize(
    "changes",
    [
        {"ath": None},
        {"ath": "x"},
        {"htm": "POST"},
        {"htu": "https://api.acme.test/payments"},
        {"htu": "https://idp.acme.test/orders"},
        {"iat": 1},
        {"header": {"typ": "JWT"}},
        pytest.param({"header": {"jwk": OTHER.jwk}}, id="another key"),
        {"jti": None},
    ],
    ids=str,
)
def test_the_proof_is_checked(strict: Sandbox, changes: dict[str, Any]) -> None:
    """T-DPOP-12: as the authorization server does."""
    assert refusal(call(strict, bound_token(strict), **changes)).startswith('error="invalid_dpop_proof"')


def test_a_proof_is_good_once(strict: Sandbox) -> None:
    """T-DPOP-13: and none is one for the next request."""
    token, url = bound_token(strict), f"{strict.api}/orders"
    proof = KEY.proof(strict, "GET", url, token)
    assert dpop_proofs.call(strict, url, token, proof).status_code == 200
    refused = refusal(dpop_proofs.call(strict, url, token, proof))
    assert refused.startswith('error="invalid_dpop_proof", error_description="The proof was used before')
    assert refusal(call(strict, token, None)).startswith('error="invalid_dpop_proof"')


def test_a_query_is_no_part_of_the_proof(strict: Sandbox) -> None:
    """T-DPOP-9"""
    token, url = bound_token(strict), f"{strict.api}/orders"
    proof = KEY.proof(strict, "GET", url, token)
    assert dpop_proofs.call(strict, f"{url}?page=2", token, proof).status_code == 200


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_a_bearer_token_is_refused(strict: Sandbox, method: str, path: str) -> None:
    """T-DPOP-15: whether it is bound (§7.2), with a proof or without, or not."""
    for token in (bound_token(strict), tokens_for(strict)["access_token"]):
        for key in (None, KEY):
            assert refusal(call(strict, token, key, method, path, "Bearer")) == (
                'error="invalid_token", error_description="The token must come with the scheme DPoP", '
            )


@pytest.mark.parametrize("mode", CAREFUL)
@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_no_other_mode_takes_a_bound_token(sandbox: Sandbox, mode: str, method: str, path: str) -> None:
    """T-DPOP-15: not as a bearer token, which whoever stole it would send; and they do not know DPoP."""
    sandbox.set(api_validation=mode)
    token = bound_token(sandbox)
    for key in (None, KEY):
        reply = call(sandbox, token, key, method, path, "Bearer")
        assert reply.status_code == 401
        assert reply.headers["WWW-Authenticate"] == 'Bearer realm="orders", error="invalid_token"'
    reply = call(sandbox, token, KEY, method, path)
    assert (reply.status_code, reply.headers["WWW-Authenticate"]) == (401, 'Bearer realm="orders"')


def test_the_naive_api_takes_it_from_anybody(sandbox: Sandbox) -> None:
    """T-DPOP-15: it reads no `cnf`, as one that knows bearer tokens alone may (§7.2)."""
    sandbox.set(api_validation="naive")
    assert call(sandbox, bound_token(sandbox), None, scheme="Bearer").status_code == 200


def test_without_a_token_no_error_is_named(strict: Sandbox) -> None:
    """RFC 9449 §7.1"""
    for headers in ({}, {"Authorization": "DPoP"}, {"Authorization": "Basic YTpi"}):
        reply = requests.get(f"{strict.api}/orders", headers=headers, timeout=5)
        assert refusal(reply) == ""
        assert reply.json() == {"error": "no_token"}


def test_the_token_counts_too(strict: Sandbox) -> None:
    """A proof makes no bad token good; that it was revoked is seen where the API asks."""
    token = bound_token(strict)
    ask(strict, "revoke", "svc", token=token)
    assert call(strict, token).status_code == 200
    assert refusal(call(strict, token, KEY, "POST", "/payments")) == 'error="invalid_token", '
    for bad in ("x", strict.mint(cnf={"jkt": KEY.jkt}, aud="api://payments"), strict.mint(exp=1)):
        assert refusal(call(strict, bad)) == 'error="invalid_token", '


def test_the_scope_must_do(strict: Sandbox) -> None:
    reply = call(strict, strict.mint(cnf={"jkt": KEY.jkt}, scp=["orders:read"]), KEY, "POST")
    assert reply.status_code == 403
    assert reply.headers["WWW-Authenticate"] == (
        f'{REALM}, error="insufficient_scope", scope="orders:write", {ALGS}'
    )


def test_a_nonce_of_the_api(strict: Sandbox) -> None:
    """T-DPOP-10: §9; one of the authorization server is none."""
    token = bound_token(strict)
    strict.set(dpop_nonce=True)
    proof = KEY.proof(strict, "POST", url_of(strict, "token"))
    foreign = service_token(strict, proof).headers["DPoP-Nonce"]
    for wrong in (None, "x", foreign):
        reply = call(strict, token, nonce=wrong)
        text = "Resource server requires nonce in DPoP proof"
        assert refusal(reply) == f'error="use_dpop_nonce", error_description="{text}", '
    nonce = reply.headers["DPoP-Nonce"]
    assert nonce != foreign
    reply = call(strict, token, nonce=nonce)
    assert (reply.status_code, reply.headers["DPoP-Nonce"]) == (200, nonce)


@pytest.mark.parametrize("skew", [-3600, 3600])
def test_the_apis_own_clock_counts(strict: Sandbox, skew: int) -> None:
    """T-DPOP-11: within a minute of it, either way; and a proof stays known as long as it would be good."""
    token = strict.mint(cnf={"jkt": KEY.jkt}, iat=1, exp=2**40)
    strict.set(clock_skew_seconds=skew)
    own = strict.clock.now() + skew
    for seconds, status in ((-61, 401), (-60, 200), (60, 200), (61, 401)):
        assert call(strict, token, iat=own + seconds).status_code == status
    assert refusal(call(strict, token)).startswith('error="invalid_dpop_proof"')
    url = f"{strict.api}/orders"
    proof = KEY.proof(strict, "GET", url, token, iat=own + 60)
    assert dpop_proofs.call(strict, url, token, proof).status_code == 200
    strict.clock.advance(seconds=120)
    assert strict.store.take_expired(strict.clock.now()) == []
    assert "was used before" in refusal(dpop_proofs.call(strict, url, token, proof))


def test_a_nonce_is_of_the_apis_own_time(strict: Sandbox) -> None:
    """T-DPOP-10"""
    token = strict.mint(cnf={"jkt": KEY.jkt}, iat=1, exp=2**40)
    strict.set(dpop_nonce=True, clock_skew_seconds=3600)
    now = strict.clock.now() + 3600
    nonce = call(strict, token, iat=now).headers["DPoP-Nonce"]
    assert call(strict, token, iat=now, nonce=nonce).status_code == 200
    strict.set(clock_skew_seconds=0)
    assert call(strict, token).headers["DPoP-Nonce"] != nonce


def test_when_nobody_can_be_asked_nothing_is_served(strict: Sandbox) -> None:
    token = bound_token(strict)
    strict.set(authorization_server_down=True)
    for method, path in ENDPOINTS:
        assert call(strict, token, KEY, method, path).status_code == 503
