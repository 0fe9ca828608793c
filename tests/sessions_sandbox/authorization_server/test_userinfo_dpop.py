"""Userinfo serves who has the key that a token is bound to."""

from typing import Any

import pytest
import requests

from sessions_sandbox import Sandbox
from tests.sessions_sandbox.authorization_server.test_dpop import ALGS, KEY, OTHER, REALM, bound_tokens
from tests.sessions_sandbox.dpop_proofs import ProofKey, call
from tests.sessions_sandbox.flows import ask, tokens_for, url_of


def userinfo(
    sandbox: Sandbox, token: str, key: ProofKey | None = KEY, scheme: str = "DPoP", **changes: Any
) -> requests.Response:
    url = url_of(sandbox, "userinfo")
    proof = None if key is None else key.proof(sandbox, "GET", url, token, **changes)
    return call(sandbox, url, token, proof, scheme=scheme)


def challenge(reply: requests.Response) -> str:
    assert (reply.status_code, reply.headers["Cache-Control"]) == (401, "no-store")
    return reply.headers["WWW-Authenticate"]


@pytest.mark.parametrize("scheme", ["DPoP", "dpop"])
def test_userinfo_is_for_who_has_the_key(sandbox: Sandbox, scheme: str) -> None:
    """T-DPOP-12"""
    token = bound_tokens(sandbox)["access_token"]
    assert userinfo(sandbox, token, scheme=scheme).json() == {"sub": "00u1aliceacmetest00a"}
    refused = REALM + 'error="invalid_token", error_description="Invalid DPoP key binding", ' + ALGS
    assert challenge(userinfo(sandbox, token, OTHER)) == refused
    assert challenge(userinfo(sandbox, tokens_for(sandbox)["access_token"])) == refused


def test_userinfo_wants_a_proof_for_the_token(sandbox: Sandbox) -> None:
    """T-DPOP-12: its hash is in the proof."""
    tokens = [bound_tokens(sandbox)["access_token"] for _ in range(2)]
    text = "The ath claim is not the hash of the access token."
    refused = f'{REALM}error="invalid_dpop_proof", error_description="{text}", {ALGS}'
    for ath in (None, "", "x", 5):
        assert challenge(userinfo(sandbox, tokens[0], ath=ath)) == refused
    url = url_of(sandbox, "userinfo")
    assert challenge(call(sandbox, url, tokens[0], KEY.proof(sandbox, "GET", url, tokens[1]))) == refused
    text = "There must be one DPoP header with one JWT."
    refused = f'{REALM}error="invalid_dpop_proof", error_description="{text}", {ALGS}'
    assert challenge(userinfo(sandbox, tokens[0], None)) == refused


def test_userinfo_checks_the_proof(sandbox: Sandbox) -> None:
    """T-DPOP-12: as the token endpoint does: one for another request, or one of before, is none."""
    url, token = url_of(sandbox, "userinfo"), bound_tokens(sandbox)["access_token"]
    good = KEY.proof(sandbox, "GET", url, token)
    assert call(sandbox, url, token, good).status_code == 200
    posted = KEY.proof(sandbox, "POST", url, token)
    other = KEY.proof(sandbox, "GET", url_of(sandbox, "userinfo", org=True), token)
    for refused in (good, posted, other):
        assert 'error="invalid_dpop_proof"' in challenge(call(sandbox, url, token, refused))
    assert call(sandbox, url, token, posted, "POST").status_code == 200


def test_a_bound_token_is_no_bearer_token(sandbox: Sandbox) -> None:
    """T-DPOP-15: §7.2; not with a proof either."""
    token = bound_tokens(sandbox)["access_token"]
    for key in (None, KEY):
        assert challenge(userinfo(sandbox, token, key, "Bearer")) == (
            'Bearer realm="idp.acme.test", error="invalid_token", '
            'error_description="The access token is bound to a key"'
        )


def test_userinfo_refuses_a_dead_token_and_one_without_openid(sandbox: Sandbox) -> None:
    token = bound_tokens(sandbox)["access_token"]
    ask(sandbox, "revoke", token=token)
    refused = f'{REALM}error="invalid_token", error_description="The access token is invalid", {ALGS}'
    assert challenge(userinfo(sandbox, token)) == refused
    reply = userinfo(sandbox, bound_tokens(sandbox, scope="orders:read")["access_token"])
    assert reply.status_code == 403
    assert reply.headers["WWW-Authenticate"] == f'{REALM}error="insufficient_scope", scope="openid", {ALGS}'


def test_without_a_token_no_error_is_named(sandbox: Sandbox) -> None:
    """RFC 6750 §3.1"""
    reply = requests.get(url_of(sandbox, "userinfo"), headers={"Authorization": "DPoP "}, timeout=5)
    assert challenge(reply) == 'Bearer realm="idp.acme.test"'


def test_userinfo_wants_a_nonce_where_the_token_endpoint_does(sandbox: Sandbox) -> None:
    """T-DPOP-10: §9"""
    bound, bearer = (flow(sandbox)["access_token"] for flow in (bound_tokens, tokens_for))
    assert "DPoP-Nonce" not in userinfo(sandbox, bound).headers
    sandbox.set(dpop_nonce=True)
    reply = userinfo(sandbox, bound)
    text = "Resource server requires nonce in DPoP proof"
    assert challenge(reply) == f'{REALM}error="use_dpop_nonce", error_description="{text}", {ALGS}'
    nonce = reply.headers["DPoP-Nonce"]
    reply = userinfo(sandbox, bound, nonce=nonce)
    assert (reply.status_code, reply.headers["DPoP-Nonce"]) == (200, nonce)
    reply = userinfo(sandbox, bearer, None, "Bearer")
    assert reply.status_code == 200
    assert "DPoP-Nonce" not in reply.headers
