"""Three issuers at one origin: what one gives is nothing to the others."""

from typing import Any

import jwt
import pytest
import requests

from sessions_sandbox import Sandbox
from sessions_sandbox.seed import SERVERS, ServerSettings
from tests.sessions_sandbox.flows import VERIFIER, answer_in, authorization_url, is_active

ALICE = "alice@acme.test"


def endpoint(server: ServerSettings, name: str) -> str:
    return f"https://idp.acme.test{server.endpoints}/v1/{name}"


def post(sandbox: Sandbox, server: ServerSettings, name: str, **form: str) -> requests.Response:
    """As the client `web`."""
    return requests.post(endpoint(server, name), form, auth=sandbox.client("web").credentials, timeout=5)


@pytest.fixture
def tokens(sandbox: Sandbox) -> dict[str, Any]:
    """Of each server, by its name."""
    return {server.name: sandbox.sign_in(ALICE, issuer=server.issuer) for server in SERVERS}


def test_the_second_server_has_its_own_issuer_audience_and_scopes(
    sandbox: Sandbox, tokens: dict[str, Any]
) -> None:
    issuer = "https://idp.acme.test/oauth2/payments"
    assert sandbox.payments_issuer == issuer
    keys = jwt.PyJWKClient(f"{issuer}/v1/keys")
    token = tokens["payments"]["access_token"]
    key = keys.get_signing_key_from_jwt(token)
    claims = jwt.decode(token, key, algorithms=["RS256"], audience="api://payments", issuer=issuer)
    assert claims["scp"] == ["openid", "offline_access", "payments:read"]
    for url in (
        f"{issuer}/.well-known/openid-configuration",
        f"{issuer}/.well-known/oauth-authorization-server",
        "https://idp.acme.test/.well-known/oauth-authorization-server/oauth2/payments",
    ):
        metadata = requests.get(url, timeout=5).json()
        assert (metadata["issuer"], metadata["jwks_uri"]) == (issuer, f"{issuer}/v1/keys")
        assert metadata["scopes_supported"][-2:] == ["payments:read", "payments:write"]


def test_no_two_servers_share_a_key(sandbox: Sandbox) -> None:
    sandbox.set(org_key_published=True)
    published = [requests.get(endpoint(server, "keys"), timeout=5).json()["keys"] for server in SERVERS]
    assert [len(keys) for keys in published] == [2, 2, 2]
    assert len({key["kid"] for keys in published for key in keys}) == 6


def test_a_server_knows_only_its_own_tokens(sandbox: Sandbox, tokens: dict[str, Any]) -> None:
    for kind in ("access_token", "refresh_token", "id_token"):
        for server in SERVERS:
            seen = {
                name: post(sandbox, server, "introspect", token=given[kind]).json()["active"]
                for name, given in tokens.items()
            }
            assert seen == {name: name == server.name for name in tokens}, kind


def test_userinfo_wants_a_token_of_its_own_server(tokens: dict[str, Any]) -> None:
    for server in SERVERS:
        for name, given in tokens.items():
            bearer = {"Authorization": f"Bearer {given['access_token']}"}
            reply = requests.get(endpoint(server, "userinfo"), headers=bearer, timeout=5)
            assert reply.status_code == (200 if name == server.name else 401)


def test_a_refresh_token_is_redeemed_only_where_it_came_from(
    sandbox: Sandbox, tokens: dict[str, Any]
) -> None:
    for server in SERVERS:
        for name, given in tokens.items():
            form = {"grant_type": "refresh_token", "refresh_token": given["refresh_token"]}
            assert post(sandbox, server, "token", **form).status_code == (200 if name == server.name else 400)


def test_a_code_is_redeemed_only_where_it_came_from(sandbox: Sandbox) -> None:
    """And the wrong server does not use it up."""
    back = sandbox.browser().sign_in(authorization_url(sandbox), ALICE, "alice-test-only")
    form = {
        "grant_type": "authorization_code",
        "code": answer_in(back)["code"],
        "redirect_uri": f"{sandbox.app}/callback",
        "code_verifier": VERIFIER,
    }
    for server in sorted(SERVERS, key=lambda server: server.name == "default"):
        reply = post(sandbox, server, "token", **form)
        assert reply.status_code == (200 if server.name == "default" else 400)


def test_no_server_revokes_a_token_of_another(sandbox: Sandbox, tokens: dict[str, Any]) -> None:
    for server in SERVERS[1:]:
        for kind in ("access_token", "refresh_token"):
            assert post(sandbox, server, "revoke", token=tokens["default"][kind]).status_code == 200
    assert is_active(sandbox, tokens["default"]["access_token"])
    assert is_active(sandbox, tokens["default"]["refresh_token"])


@pytest.mark.parametrize("validation", ["local", "introspection"])
def test_the_api_takes_tokens_of_one_server(
    sandbox: Sandbox, tokens: dict[str, Any], validation: str
) -> None:
    sandbox.set(api_validation=validation)
    for name, given in tokens.items():
        bearer = {"Authorization": f"Bearer {given['access_token']}"}
        reply = requests.get(f"{sandbox.api}/orders", headers=bearer, timeout=5)
        assert reply.status_code == (200 if name == "default" else 401)


def test_scopes_belong_to_one_server(sandbox: Sandbox) -> None:
    for server in SERVERS:
        form = {"grant_type": "client_credentials", "scope": "payments:write"}
        reply = requests.post(
            endpoint(server, "token"), form, auth=sandbox.client("svc").credentials, timeout=5
        )
        assert reply.status_code == (200 if server.name == "payments" else 400)
    assert len({server.audience for server in SERVERS}) == len(SERVERS)


def test_one_session_is_enough_for_all_servers(sandbox: Sandbox) -> None:
    browser = sandbox.browser()
    for server in SERVERS:
        sandbox.sign_in(ALICE, issuer=server.issuer, browser=browser)
    assert len(sandbox.exchanges(path="/login")) == 1
