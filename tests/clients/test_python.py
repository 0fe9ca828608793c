"""Clients from PyPI, as their own documentation uses them, over real sockets."""

import importlib
from typing import Any

import pytest
import requests

from tests.clients.conftest import Served
from tests.clients.login_form import Browser

WEB = ("0oa1webacmetest0000w", "web-test-only")
SPA = "0oa2spaacmetest0000s"
SVC = ("0oa4svcacmetest0000v", "svc-test-only")
SCOPE = "openid profile offline_access orders:read"


@pytest.fixture(autouse=True)
def _http_on_loopback(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Authlib's and oauthlib's documentation sets for servers without TLS."""
    for name in ("AUTHLIB_INSECURE_TRANSPORT", "OAUTHLIB_INSECURE_TRANSPORT"):
        if request.getfixturevalue("served").ca is None:
            monkeypatch.setenv(name, "1")
        else:
            monkeypatch.delenv(name, raising=False)


def metadata_of(issuer: str) -> dict[str, Any]:
    reply = requests.get(f"{issuer}/.well-known/openid-configuration", timeout=10)
    metadata: dict[str, Any] = reply.json()
    assert metadata["issuer"] == issuer
    return metadata


def logout_app(issuer: str) -> Any:
    """What Authlib's integrations for Flask and others have of OpenID Connect, without a web framework."""
    parts = importlib.import_module("authlib.integrations.base_client")
    openid = importlib.import_module("authlib.integrations.base_client.sync_openid").OpenIDMixin
    session = importlib.import_module("authlib.integrations.requests_client").OAuth2Session
    kind = type("App", (parts.OAuth2Mixin, openid, parts.BaseApp), {"client_cls": session})
    return kind(None, server_metadata_url=f"{issuer}/.well-known/openid-configuration")


@pytest.mark.parametrize("client", ["web", "spa"])
def test_authlib(served: Served, client: str) -> None:
    session_class = importlib.import_module("authlib.integrations.requests_client").OAuth2Session
    metadata = metadata_of(served.issuer)
    if client == "web":
        known: dict[str, Any] = {"client_id": WEB[0], "client_secret": WEB[1]}
    else:
        known = {"client_id": SPA, "token_endpoint_auth_method": "none"}
    callback = "callback" if client == "web" else "spa"
    session = session_class(
        **known,
        scope=SCOPE,
        redirect_uri=f"{served.address}/{callback}",
        code_challenge_method="S256",
    )
    verifier = "a-verifier-of-at-least-forty-three-characters-as-RFC-7636-wants"
    url, state = session.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=verifier, nonce="n-1"
    )
    browser = Browser()
    back = browser.sign_in(url)
    token = session.fetch_token(
        metadata["token_endpoint"], authorization_response=back, state=state, code_verifier=verifier
    )
    assert token["expires_at"] > token["expires_in"] == 3600

    decode = importlib.import_module("joserfc.jwt").decode
    keys = importlib.import_module("joserfc.jwk").KeySet.import_key_set(
        requests.get(metadata["jwks_uri"], timeout=10).json()
    )
    claims = decode(token["id_token"], keys, algorithms=["RS256"]).claims
    assert (claims["iss"], claims["nonce"]) == (served.issuer, "n-1")

    assert session.get(metadata["userinfo_endpoint"]).json()["name"] == "Alice"
    refreshed = session.refresh_token(metadata["token_endpoint"], refresh_token=token["refresh_token"])
    assert refreshed["access_token"] != token["access_token"]

    def active(value: str) -> bool:
        answer = session.introspect_token(metadata["introspection_endpoint"], token=value)
        return answer.json()["active"] is True

    assert active(refreshed["access_token"])
    revoked = session.revoke_token(metadata["revocation_endpoint"], token=refreshed["refresh_token"])
    assert revoked.status_code == 200
    assert not active(refreshed["access_token"])
    assert session.get(metadata["userinfo_endpoint"]).status_code == 401

    app = logout_app(served.issuer)
    ends = {"web": f"{served.address}/", "spa": f"{served.address}/spa"}[client]
    leave = app.create_logout_url(ends, id_token_hint=token["id_token"])
    assert "code=" in browser.visit(f"{url}&prompt=none")
    assert browser.visit(leave["url"]) == f"{ends}?state={leave['state']}"
    assert "error=login_required" in browser.visit(f"{url}&prompt=none")


def test_authlib_with_client_credentials(served: Served) -> None:
    session_class = importlib.import_module("authlib.integrations.requests_client").OAuth2Session
    session = session_class(*SVC, scope="orders:read")
    token = session.fetch_token(f"{served.issuer}/v1/token", grant_type="client_credentials")
    assert token["scope"] == "orders:read"
    assert session.get(f"{served.address}/orders").status_code == 200


def test_authlib_refuses_another_state(served: Served) -> None:
    """The client's own check must see what the sandbox sends back."""
    session_class = importlib.import_module("authlib.integrations.requests_client").OAuth2Session
    session = session_class(*WEB, scope="openid", redirect_uri=f"{served.address}/callback")
    url, _ = session.create_authorization_url(f"{served.issuer}/v1/authorize")
    mismatch = importlib.import_module("authlib.oauth2.rfc6749.errors").MismatchingStateException
    with pytest.raises(mismatch):
        session.fetch_token(
            f"{served.issuer}/v1/token", authorization_response=Browser().sign_in(url), state="another"
        )


def test_requests_oauthlib(served: Served) -> None:
    session_class = importlib.import_module("requests_oauthlib").OAuth2Session
    metadata = metadata_of(served.issuer)
    session = session_class(
        WEB[0], scope=SCOPE.split(), redirect_uri=f"{served.address}/callback", pkce="S256"
    )
    url, _ = session.authorization_url(metadata["authorization_endpoint"])
    token = session.fetch_token(
        metadata["token_endpoint"], authorization_response=Browser().sign_in(url), client_secret=WEB[1]
    )
    assert token["id_token"]
    assert session.get(metadata["userinfo_endpoint"]).json()["name"] == "Alice"
    refreshed = session.refresh_token(metadata["token_endpoint"], auth=WEB)
    assert refreshed["access_token"] != token["access_token"]
    assert session.get(f"{served.address}/orders").status_code == 200


def test_requests_oauthlib_as_a_public_client(served: Served) -> None:
    session_class = importlib.import_module("requests_oauthlib").OAuth2Session
    metadata = metadata_of(served.issuer)
    session = session_class(SPA, scope=SCOPE.split(), redirect_uri=f"{served.address}/spa", pkce="S256")
    url, _ = session.authorization_url(metadata["authorization_endpoint"])
    token = session.fetch_token(
        metadata["token_endpoint"], authorization_response=Browser().sign_in(url), include_client_id=True
    )
    refreshed = session.refresh_token(metadata["token_endpoint"], client_id=SPA)
    assert refreshed["refresh_token"] != token["refresh_token"]


def test_joserfc_checks_every_claim(served: Served) -> None:
    jwk, jwt = importlib.import_module("joserfc.jwk"), importlib.import_module("joserfc.jwt")
    form = {"grant_type": "client_credentials", "scope": "orders:read"}
    reply = requests.post(f"{served.issuer}/v1/token", form, auth=SVC, timeout=10)
    keys = jwk.KeySet.import_key_set(requests.get(f"{served.issuer}/v1/keys", timeout=10).json())
    token = jwt.decode(reply.json()["access_token"], keys, algorithms=["RS256"])
    wanted = {"iss": served.issuer, "aud": "api://default", "cid": SVC[0]}
    registry = jwt.JWTClaimsRegistry(
        exp={"essential": True},
        iat={"essential": True},
        **{name: {"essential": True, "value": value} for name, value in wanted.items()},
    )
    registry.validate(token.claims)
    with pytest.raises(importlib.import_module("joserfc.errors").JoseError):
        jwt.JWTClaimsRegistry(iss={"essential": True, "value": "http://other"}).validate(token.claims)
