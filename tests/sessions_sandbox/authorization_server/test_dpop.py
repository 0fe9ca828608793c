"""Tokens bound to a key: what the authorization server gives out, wants to see again, and says of them."""

from typing import Any

import jwt
import pytest
import requests

from sessions_sandbox import Sandbox
from tests.sessions_sandbox.dpop_proofs import (
    ProofKey,
    ask_for_tokens,
    ec_key,
    rsa_key,
    service_token,
)
from tests.sessions_sandbox.flows import (
    VERIFIER,
    ask,
    authorization_url,
    code_for,
    error_of,
    is_active,
    tokens_for,
    url_of,
)

CLIENTS = ("web", "spa", "native")
KEY, OTHER = rsa_key(), ec_key()
REALM = 'DPoP realm="idp.acme.test", '
ALGS = 'algs="ES256 PS256 RS256"'


def proof(sandbox: Sandbox, key: ProofKey | None = KEY, *, org: bool = False, **changes: Any) -> str | None:
    return None if key is None else key.proof(sandbox, "POST", url_of(sandbox, "token", org=org), **changes)


def redeem(
    sandbox: Sandbox,
    code: str,
    key: ProofKey | None,
    client: str = "web",
    *,
    org: bool = False,
    nonce: str | None = None,
) -> requests.Response:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": sandbox.client(client).redirect_uri,
        "code_verifier": VERIFIER,
    }
    sent = proof(sandbox, key, org=org, nonce=nonce)
    return ask_for_tokens(sandbox, sent, client, org=org, **form)


def bound_tokens(sandbox: Sandbox, client: str = "web", *, org: bool = False, **changes: Any) -> Any:
    code = code_for(sandbox, client, org=org, **changes)
    return redeem(sandbox, code, KEY, client, org=org).json()


def refresh(
    sandbox: Sandbox, token: str, key: ProofKey | None, client: str, *, org: bool = False
) -> requests.Response:
    sent = proof(sandbox, key, org=org)
    return ask_for_tokens(sandbox, sent, client, org=org, grant_type="refresh_token", refresh_token=token)


def claims_of(token: str) -> Any:
    return jwt.decode(token, options={"verify_signature": False})


@pytest.mark.parametrize("org", [False, True], ids=["custom", "org"])
@pytest.mark.parametrize("client", CLIENTS)
def test_a_proof_binds_the_access_token(sandbox: Sandbox, client: str, org: bool) -> None:
    """In the token and in what introspection says of it (§6.1, §6.2); its type is DPoP (§5)."""
    tokens = bound_tokens(sandbox, client, org=org)
    refreshed = refresh(sandbox, tokens["refresh_token"], KEY, client, org=org).json()
    for answer in (tokens, refreshed):
        assert answer["token_type"] == "DPoP"
        assert claims_of(answer["access_token"])["cnf"] == {"jkt": KEY.jkt}
        said = ask(sandbox, "introspect", org=org, token=answer["access_token"]).json()
        assert (said["token_type"], said["cnf"]) == ("DPoP", {"jkt": KEY.jkt})
        assert "cnf" not in claims_of(answer["id_token"])


@pytest.mark.parametrize("client", CLIENTS)
def test_without_a_proof_tokens_are_bearer_tokens(sandbox: Sandbox, client: str) -> None:
    tokens = tokens_for(sandbox, client)
    refreshed = refresh(sandbox, tokens["refresh_token"], None, client).json()
    for answer in (tokens, refreshed):
        assert answer["token_type"] == "Bearer"
        assert "cnf" not in claims_of(answer["access_token"])
        said = ask(sandbox, "introspect", token=answer["access_token"]).json()
        assert said["token_type"] == "Bearer"
        assert "cnf" not in said


def test_a_service_may_bind_its_tokens(sandbox: Sandbox) -> None:
    answer = service_token(sandbox, proof(sandbox)).json()
    assert (answer["token_type"], claims_of(answer["access_token"])["cnf"]) == ("DPoP", {"jkt": KEY.jkt})


def test_a_proof_may_be_demanded(sandbox: Sandbox) -> None:
    code, old = code_for(sandbox), tokens_for(sandbox)["refresh_token"]
    sandbox.set(require_dpop=True)
    for reply in (
        redeem(sandbox, code, None),
        refresh(sandbox, old, None, "web"),
        service_token(sandbox, None),
    ):
        assert error_of(reply) == (400, "invalid_dpop_proof")
        assert reply.json()["error_description"] == "The DPoP proof JWT header is missing."
    for reply in (redeem(sandbox, code, KEY), refresh(sandbox, old, KEY, "web")):
        assert reply.json()["token_type"] == "DPoP"


def test_a_refused_proof_leaves_the_code_as_it_is(sandbox: Sandbox) -> None:
    """So that the client can send it again with the nonce."""
    code = code_for(sandbox)
    sandbox.set(dpop_nonce=True)
    refused = redeem(sandbox, code, KEY)
    assert error_of(refused) == (400, "use_dpop_nonce")
    assert error_of(ask_for_tokens(sandbox, "x", grant_type="authorization_code", code=code)) == (
        400,
        "invalid_dpop_proof",
    )
    assert redeem(sandbox, code, KEY, nonce=refused.headers["DPoP-Nonce"]).status_code == 200


def test_a_stranger_uses_no_proof_up(sandbox: Sandbox) -> None:
    """The client is authenticated first."""
    headers = {"DPoP": str(proof(sandbox))}
    form = {"grant_type": "client_credentials", "scope": "orders:read"}
    svc = sandbox.client("svc")
    reply = requests.post(url_of(sandbox, "token"), form, auth=(svc.id, "x"), headers=headers, timeout=5)
    assert error_of(reply) == (401, "invalid_client")
    assert sandbox.rows("dpop_proofs") == []


@pytest.mark.parametrize("client", ["spa", "native"])
@pytest.mark.parametrize("key", [OTHER, None], ids=["another key", "no key"])
def test_a_public_clients_refresh_token_is_bound(sandbox: Sandbox, client: str, key: ProofKey | None) -> None:
    """T-DPOP-16: §5"""
    tokens = bound_tokens(sandbox, client)
    before = sandbox.rows("refresh_families")
    reply = refresh(sandbox, tokens["refresh_token"], key, client)
    assert error_of(reply) == (400, "invalid_grant")
    assert reply.json()["error_description"] == "The refresh token is bound to another DPoP key."
    assert sandbox.rows("refresh_families") == before
    assert is_active(sandbox, tokens["access_token"])
    token = tokens["refresh_token"]
    for _ in range(3):
        reply = refresh(sandbox, token, KEY, client)
        assert reply.status_code == 200
        token = reply.json()["refresh_token"]
    assert error_of(refresh(sandbox, token, key, client)) == (400, "invalid_grant")


def test_a_rotated_token_within_its_grace_is_bound_too(sandbox: Sandbox) -> None:
    """T-DPOP-16"""
    first = bound_tokens(sandbox, "spa")["refresh_token"]
    second = refresh(sandbox, first, KEY, "spa").json()["refresh_token"]
    assert error_of(refresh(sandbox, first, OTHER, "spa")) == (400, "invalid_grant")
    assert refresh(sandbox, first, KEY, "spa").json()["refresh_token"] == second


def test_a_confidential_client_may_change_its_key(sandbox: Sandbox) -> None:
    """T-DPOP-16: its refresh tokens are bound to its secret already (§5)."""
    token = bound_tokens(sandbox)["refresh_token"]
    answer = refresh(sandbox, token, OTHER, "web").json()
    assert claims_of(answer["access_token"])["cnf"] == {"jkt": OTHER.jkt}
    assert refresh(sandbox, token, None, "web").json()["token_type"] == "Bearer"
    assert sandbox.rows("refresh_families")[0]["jkt"] is None


@pytest.mark.parametrize("client", ["spa", "native"])
def test_a_refresh_token_is_bound_when_its_client_first_proves_a_key(sandbox: Sandbox, client: str) -> None:
    """T-DPOP-16: the one that is issued in exchange is."""
    token = tokens_for(sandbox, client)["refresh_token"]
    token = refresh(sandbox, token, KEY, client).json()["refresh_token"]
    for key in (None, OTHER):
        assert error_of(refresh(sandbox, token, key, client)) == (400, "invalid_grant")
    assert refresh(sandbox, token, KEY, client).status_code == 200


def test_the_owner_of_a_stolen_token_still_ends_what_the_thief_has_bound(sandbox: Sandbox) -> None:
    """T-DPOP-16: a token from before the binding is reused without the key, and that is noticed."""
    token = tokens_for(sandbox, "spa")["refresh_token"]
    stolen = refresh(sandbox, token, KEY, "spa").json()
    sandbox.clock.advance(seconds=31)
    assert error_of(refresh(sandbox, token, None, "spa")) == (400, "invalid_grant")
    assert not is_active(sandbox, stolen["access_token"])
    assert error_of(refresh(sandbox, stolen["refresh_token"], KEY, "spa")) == (400, "invalid_grant")


@pytest.mark.parametrize("client", CLIENTS)
def test_a_code_can_be_bound(sandbox: Sandbox, client: str) -> None:
    """T-DPOP-17: §10; an attempt with another key, or without, does not use it up."""
    code = code_for(sandbox, client, dpop_jkt=KEY.jkt)
    for key in (OTHER, None):
        reply = redeem(sandbox, code, key, client)
        assert error_of(reply) == (400, "invalid_grant")
        assert reply.json()["error_description"] == "The authorization code is bound to another DPoP key."
    tokens = redeem(sandbox, code, KEY, client)
    assert tokens.status_code == 200
    assert error_of(redeem(sandbox, code, OTHER, client)) == (400, "invalid_grant")
    assert is_active(sandbox, tokens.json()["access_token"])
    assert error_of(redeem(sandbox, code, KEY, client)) == (400, "invalid_grant")
    assert not is_active(sandbox, tokens.json()["access_token"])


def test_a_code_of_single_sign_on_is_bound_too(sandbox: Sandbox) -> None:
    """T-DPOP-17"""
    browser = sandbox.browser()
    code_for(sandbox, browser=browser)
    code = code_for(sandbox, "otherapp", browser=browser, dpop_jkt=KEY.jkt)
    assert error_of(redeem(sandbox, code, OTHER, "otherapp")) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "jkt", ["x", KEY.jkt + "A", KEY.jkt[:-1], KEY.jkt[:-1] + "=", KEY.jkt[:-1] + "\u00e4"]
)
def test_a_key_to_bind_to_is_a_thumbprint(sandbox: Sandbox, jkt: str) -> None:
    """T-DPOP-17"""
    url = authorization_url(sandbox, dpop_jkt=jkt)
    location = requests.get(url, allow_redirects=False, timeout=5).headers["Location"]
    assert "error=invalid_request&error_description=The+dpop_jkt" in location


@pytest.mark.parametrize("document", ["openid-configuration", "oauth-authorization-server"])
def test_the_metadata_names_the_algorithms(sandbox: Sandbox, document: str) -> None:
    """RFC 9449 §5.1"""
    metadata = requests.get(f"{sandbox.issuer}/.well-known/{document}", timeout=5).json()
    assert metadata["dpop_signing_alg_values_supported"] == ["ES256", "PS256", "RS256"]
