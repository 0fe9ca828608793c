"""Metadata: five URLs, two issuers, nothing promised that is not kept."""

from time import monotonic

import jwt
import pytest
import requests

from sessions_sandbox import Sandbox
from sessions_sandbox.seed import IDENTITY_SCOPES
from tests.sessions_sandbox.flows import ask, tokens_for

CUSTOM_URLS = (
    "/oauth2/default/.well-known/openid-configuration",
    "/oauth2/default/.well-known/oauth-authorization-server",
    "/.well-known/oauth-authorization-server/oauth2/default",
)
ORG_URLS = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")


@pytest.mark.parametrize("org", [False, True], ids=["custom", "org"])
def test_the_issuer_is_the_iss_of_tokens(sandbox: Sandbox, org: bool) -> None:
    """T-DISC-1"""
    issuer = sandbox.org_issuer if org else sandbox.issuer
    metadata = requests.get(f"{issuer}/.well-known/openid-configuration", timeout=5).json()
    tokens = tokens_for(sandbox, org=org)
    for name in ("access_token", "id_token"):
        assert (
            jwt.decode(tokens[name], options={"verify_signature": False})["iss"]
            == metadata["issuer"]
            == issuer
        )


@pytest.mark.parametrize("path", CUSTOM_URLS + ORG_URLS)
def test_five_urls_tell_of_an_issuer(sandbox: Sandbox, path: str) -> None:
    """T-DISC-2"""
    reply = requests.get(sandbox.org_issuer + path, timeout=5)
    assert reply.status_code == 200
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert reply.json()["issuer"] == (sandbox.issuer if path in CUSTOM_URLS else sandbox.org_issuer)
    for name in ("userinfo_endpoint", "end_session_endpoint"):
        assert (name in reply.json()) == path.endswith("openid-configuration")


@pytest.mark.parametrize("path", CUSTOM_URLS + ORG_URLS)
def test_only_what_is_served_is_promised(sandbox: Sandbox, path: str) -> None:
    """T-DISC-3: S256 is the only challenge method, the code flow the only one with a user.

    Without a word, clients take it that a `request_uri` may be sent (OpenID Connect Discovery 1.0 §3).
    """
    metadata = requests.get(sandbox.org_issuer + path, timeout=5).json()
    assert metadata["code_challenge_methods_supported"] == ["S256"]
    assert metadata["response_types_supported"] == ["code"]
    assert metadata["grant_types_supported"] == ["authorization_code", "refresh_token", "client_credentials"]
    assert "authorization_response_iss_parameter_supported" not in metadata
    for name in ("request_parameter_supported", "request_uri_parameter_supported"):
        assert metadata[name] is False


@pytest.mark.parametrize("org", [False, True], ids=["custom", "org"])
def test_the_whole_of_it(sandbox: Sandbox, org: bool) -> None:
    """T-DISC-3: a member that is not listed here is not promised."""
    issuer, base = (
        (sandbox.org_issuer, f"{sandbox.org_issuer}/oauth2/v1")
        if org
        else (sandbox.issuer, f"{sandbox.issuer}/v1")
    )
    own_scopes = [] if org else ["orders:read", "orders:write"]
    authentication = ["client_secret_basic", "client_secret_post", "none"]
    common = {
        "issuer": issuer,
        "authorization_endpoint": f"{base}/authorize",
        "token_endpoint": f"{base}/token",
        "jwks_uri": f"{base}/keys",
        "introspection_endpoint": f"{base}/introspect",
        "revocation_endpoint": f"{base}/revoke",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "scopes_supported": [*IDENTITY_SCOPES, *own_scopes],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": authentication,
        "introspection_endpoint_auth_methods_supported": authentication,
        "revocation_endpoint_auth_methods_supported": authentication,
        "dpop_signing_alg_values_supported": ["ES256", "PS256", "RS256"],
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }
    oauth = requests.get(f"{issuer}/.well-known/oauth-authorization-server", timeout=5)
    assert oauth.headers["Cache-Control"] == "max-age=86400"
    assert oauth.json() == {
        **common,
        "claims_supported": ["ver", "jti", "iss", "aud", "iat", "exp", "cid", "uid", "scp", "sub"],
    }
    openid = requests.get(f"{issuer}/.well-known/openid-configuration", timeout=5).json()
    assert openid == {
        **common,
        "userinfo_endpoint": f"{base}/userinfo",
        "end_session_endpoint": f"{base}/logout",
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": [
            *("iss", "ver", "sub", "aud", "iat", "exp", "jti", "auth_time", "amr", "nonce", "at_hash"),
            *("name", "preferred_username", "email", "email_verified"),
            *("address", "phone_number", "groups"),
        ],
    }


@pytest.mark.parametrize("path", CUSTOM_URLS[:1] + ORG_URLS[:1])
def test_every_endpoint_that_is_named_answers(sandbox: Sandbox, path: str) -> None:
    metadata = requests.get(sandbox.org_issuer + path, timeout=5).json()
    endpoints = [url for name, url in metadata.items() if name.endswith("_endpoint") or name == "jwks_uri"]
    assert len(endpoints) == 7
    for url in endpoints:
        assert requests.get(url, timeout=5).status_code != 404, url


def test_the_claims_of_access_tokens_are_told(sandbox: Sandbox) -> None:
    metadata = requests.get(sandbox.org_issuer + CUSTOM_URLS[1], timeout=5).json()
    assert metadata["claims_supported"] == [
        "ver", "jti", "iss", "aud", "iat", "exp", "cid", "uid", "scp", "sub",
    ]  # fmt: skip


def test_unknown_servers_and_endpoints_get_the_error_of_okta(sandbox: Sandbox) -> None:
    for path in ("/oauth2/nope/v1/token", "/oauth2/default/v1/nope", "/oauth2//v1/keys", "/oauth2/v1/keys/"):
        reply = requests.get(sandbox.org_issuer + path, timeout=5)
        assert reply.status_code == 404, path
        assert set(reply.json()) == {"errorCode", "errorSummary", "errorLink", "errorId", "errorCauses"}
        assert reply.json()["errorCode"] == "E0000007"


def test_error_ids_are_the_same_in_every_run(sandbox: Sandbox) -> None:
    def error_id() -> str:
        return str(requests.get(f"{sandbox.org_issuer}/nothing", timeout=5).json()["errorId"])

    first = error_id()
    assert error_id() != first
    sandbox.reset()
    assert error_id() == first


def test_a_server_that_is_down_says_when_to_come_back(sandbox: Sandbox) -> None:
    sandbox.set(authorization_server_down=True)
    for reply in (ask(sandbox, "token"), requests.get(sandbox.org_issuer + ORG_URLS[0], timeout=5)):
        assert (reply.status_code, reply.headers["Retry-After"]) == (503, "5")


def test_latency_is_real_time(sandbox: Sandbox) -> None:
    sandbox.set(latency_ms=60)
    assert requests.get(sandbox.org_issuer + ORG_URLS[0], timeout=5).status_code == 200
    before = monotonic()
    requests.get(sandbox.org_issuer + ORG_URLS[0], timeout=5)
    assert monotonic() - before >= 0.06
