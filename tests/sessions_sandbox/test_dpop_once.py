"""A proof is good once, and for a while: nonces, and the memory of what was used."""

import requests

from sessions_sandbox import Sandbox
from sessions_sandbox.stores import sweep
from tests.sessions_sandbox.dpop_proofs import TOKEN_URL, refusal, rsa_key, send, service_token
from tests.sessions_sandbox.flows import error_of

USED = "The proof was used before: its jti is known."


def test_a_nonce(sandbox: Sandbox) -> None:
    """T-DPOP-10: where one is demanded, it comes with every answer to a proof (RFC 9449 §8, §8.2)."""
    assert "DPoP-Nonce" not in send(sandbox).headers
    sandbox.set(dpop_nonce=True)
    asked = send(sandbox)
    assert error_of(asked) == (400, "use_dpop_nonce")
    assert asked.json()["error_description"] == "Authorization server requires nonce in DPoP proof."
    nonce = asked.headers["DPoP-Nonce"]
    answer = send(sandbox, nonce=nonce)
    assert (answer.status_code, answer.headers["DPoP-Nonce"]) == (200, nonce)
    for wrong in ("x", "", 5, [nonce], nonce.lower()):
        assert error_of(send(sandbox, nonce=wrong)) == (400, "use_dpop_nonce")
    assert send(sandbox, htm="GET").headers["DPoP-Nonce"] == nonce
    assert "DPoP-Nonce" not in service_token(sandbox, None).headers


def test_a_nonce_gives_way_to_the_next(sandbox: Sandbox) -> None:
    """T-DPOP-10: it is given out for five minutes, and taken for five more."""
    sandbox.set(dpop_nonce=True)
    nonce = send(sandbox).headers["DPoP-Nonce"]
    sandbox.clock.advance(seconds=299)
    assert send(sandbox, nonce=nonce).headers["DPoP-Nonce"] == nonce
    sandbox.clock.advance(seconds=300)
    answer = send(sandbox, nonce=nonce)
    assert answer.status_code == 200
    assert answer.headers["DPoP-Nonce"] != nonce
    sandbox.clock.advance(seconds=1)
    assert error_of(send(sandbox, nonce=nonce)) == (400, "use_dpop_nonce")
    assert send(sandbox, nonce=answer.headers["DPoP-Nonce"]).status_code == 200


def test_a_nonce_is_good_at_its_own_server(sandbox: Sandbox) -> None:
    """T-DPOP-10: and for every process of it (RFC 9449 §9)."""
    sandbox.set(dpop_nonce=True)
    nonce = send(sandbox).headers["DPoP-Nonce"]
    payments = f"{sandbox.payments_issuer}/v1/token"
    form = {"grant_type": "client_credentials", "scope": "payments:read"}
    headers = {"DPoP": rsa_key().proof(sandbox, "POST", payments, nonce=nonce)}
    svc = sandbox.client("svc").credentials
    reply = requests.post(payments, form, auth=svc, headers=headers, timeout=5)
    assert error_of(reply) == (400, "use_dpop_nonce")
    store = sandbox.store
    sandbox.stop()
    with Sandbox(store) as other:
        assert send(other, nonce=nonce).status_code == 200


def test_a_proof_is_good_once(sandbox: Sandbox) -> None:
    """T-DPOP-13: its `jti` may come from another key, and in a proof for another URL (RFC 9449 §11.1)."""
    proof = rsa_key().proof(sandbox, "POST", TOKEN_URL)
    assert service_token(sandbox, proof).status_code == 200
    assert refusal(service_token(sandbox, proof)) == USED
    assert send(sandbox, jti="a").status_code == 200
    refusal(send(sandbox, jti="a", iat=sandbox.clock.now() + 1))
    assert send(sandbox, rsa_key(1), jti="a").status_code == 200
    assert send(sandbox, jti="a", htu=f"{TOKEN_URL}?other").status_code == 200


def test_a_proof_is_good_once_in_all_processes(sandbox: Sandbox) -> None:
    """T-DPOP-13"""
    proof = rsa_key().proof(sandbox, "POST", TOKEN_URL)
    assert service_token(sandbox, proof).status_code == 200
    store = sandbox.store
    sandbox.stop()
    with Sandbox(store) as other:
        refusal(service_token(other, proof))


def test_a_proof_is_known_for_as_long_as_it_is_good_and_no_longer(sandbox: Sandbox) -> None:
    """T-DPOP-13: what is kept of it is a hash, which tells nothing."""
    proof = rsa_key().proof(sandbox, "POST", TOKEN_URL, iat=sandbox.clock.now() + 60, jti="secret")
    assert service_token(sandbox, proof).status_code == 200
    [row] = sandbox.rows("dpop_proofs")
    assert len(row["proof_hash"]) == 64
    assert "secret" not in str(row)
    sandbox.clock.advance(seconds=120)
    assert sandbox.store.take_expired(sandbox.clock.now()) == []
    assert refusal(service_token(sandbox, proof)) == USED
    sandbox.clock.advance(seconds=1)
    assert refusal(service_token(sandbox, proof)) == "The iat claim is not the time of the request."
    sandbox.clock.advance(seconds=60)
    sweep(sandbox.store, sandbox.clock.now())
    assert sandbox.rows("dpop_proofs") == []


def test_a_refused_proof_is_not_used_up(sandbox: Sandbox) -> None:
    """T-DPOP-13: so that nobody's next proof fails because of it."""
    send(sandbox, htm="GET")
    sandbox.set(dpop_nonce=True)
    send(sandbox)
    assert sandbox.rows("dpop_proofs") == []
