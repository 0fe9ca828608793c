"""Userinfo: the authorization server as a resource server, which sees revocation."""

import jwt
import pytest
import requests

from sessions_sandbox import Sandbox
from tests.sessions_sandbox.flows import ALICE, ask, deactivate, tokens_for, url_of


def userinfo(sandbox: Sandbox, token: str, *, method: str = "GET", org: bool = False) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return requests.request(method, url_of(sandbox, "userinfo", org=org), headers=headers, timeout=5)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer"}])
def test_without_a_token_no_error_is_named(sandbox: Sandbox, headers: dict[str, str]) -> None:
    """T-UI: RFC 6750 §3.1."""
    reply = requests.get(url_of(sandbox, "userinfo"), headers=headers, timeout=5)
    assert (reply.status_code, reply.headers["WWW-Authenticate"]) == (401, 'Bearer realm="idp.acme.test"')


def test_a_dead_token_is_invalid(sandbox: Sandbox) -> None:
    """T-UI"""
    expired = tokens_for(sandbox)["access_token"]
    sandbox.clock.advance(hours=1)
    tokens = tokens_for(sandbox)
    assert userinfo(sandbox, tokens["access_token"]).status_code == 200
    ask(sandbox, "revoke", token=tokens["access_token"])
    other = tokens_for(sandbox, org=True)["access_token"]
    dead = (
        expired,
        tokens["access_token"],
        tokens["refresh_token"],
        tokens["id_token"],
        other,
        "x",
        "\u00e4",
    )
    for token in (*dead, sandbox.mint()):
        reply = userinfo(sandbox, token)
        assert reply.status_code == 401
        assert reply.headers["WWW-Authenticate"] == (
            'Bearer realm="idp.acme.test", error="invalid_token", '
            'error_description="The access token is invalid"'
        )


def test_a_user_who_was_switched_off_is_not_described(sandbox: Sandbox) -> None:
    """T-UI"""
    token = tokens_for(sandbox)["access_token"]
    deactivate(sandbox, ALICE[0])
    assert 'error="invalid_token"' in userinfo(sandbox, token).headers["WWW-Authenticate"]


def test_the_scope_openid_is_needed(sandbox: Sandbox) -> None:
    """T-UI"""
    service = ask(sandbox, "token", "svc", grant_type="client_credentials", scope="orders:read").json()
    for token in (tokens_for(sandbox, scope="orders:read")["access_token"], service["access_token"]):
        reply = userinfo(sandbox, token)
        assert reply.status_code == 403
        assert 'error="insufficient_scope", scope="openid"' in reply.headers["WWW-Authenticate"]


@pytest.mark.parametrize("org", [False, True], ids=["custom", "org"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sub_is_that_of_the_id_token_and_not_of_the_access_token(
    sandbox: Sandbox, org: bool, method: str
) -> None:
    """T-UI"""
    tokens = tokens_for(sandbox, org=org)
    reply = userinfo(sandbox, tokens["access_token"], method=method, org=org)
    claims = {
        kind: jwt.decode(tokens[kind], options={"verify_signature": False})
        for kind in ("access_token", "id_token")
    }
    assert reply.json() == {"sub": claims["id_token"]["sub"]}
    assert reply.json()["sub"] == claims["access_token"]["uid"] != claims["access_token"]["sub"]
    assert reply.headers["Cache-Control"] == "no-store"


def test_the_scopes_decide_what_is_told(sandbox: Sandbox) -> None:
    token = tokens_for(sandbox, scope="openid profile email")["access_token"]
    assert userinfo(sandbox, token).json() == {
        "sub": "00u1aliceacmetest00a",
        "name": "Alice",
        "preferred_username": "alice@acme.test",
        "email": "alice@acme.test",
        "email_verified": True,
    }


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        ("profile", {"name": "Alice", "preferred_username": ALICE[0]}),
        ("email", {"email": ALICE[0], "email_verified": True}),
        ("address", {"address": {"formatted": "1 Test Street, Springfield"}}),
        ("phone", {"phone_number": "+1 555 0101"}),
        ("groups", {"groups": ["Everyone"]}),
        ("offline_access", {}),
    ],
)
def test_each_scope_tells_its_claims_and_no_more(
    sandbox: Sandbox, scope: str, told: dict[str, object]
) -> None:
    """At userinfo and in the ID token; and the metadata names scope and claims."""
    tokens = tokens_for(sandbox, scope=f"openid {scope}")
    assert userinfo(sandbox, tokens["access_token"]).json() == {"sub": "00u1aliceacmetest00a", **told}
    claims = jwt.decode(tokens["id_token"], options={"verify_signature": False})
    always = {"ver", "jti", "iss", "aud", "iat", "exp", "sub", "amr", "idp", "auth_time", "at_hash"}
    assert {name: value for name, value in claims.items() if name not in always} == told
    metadata = requests.get(f"{sandbox.issuer}/.well-known/openid-configuration", timeout=5).json()
    assert scope in metadata["scopes_supported"]
    assert set(told) <= set(metadata["claims_supported"])
