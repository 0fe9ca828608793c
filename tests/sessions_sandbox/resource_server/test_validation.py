"""The two ways of validation: what each sees, and for how long an answer counts."""

import base64
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa

from sessions_sandbox import Sandbox
from sessions_sandbox.keys import thumbprint
from sessions_sandbox.resource_server.strategy import InvalidToken
from sessions_sandbox.resource_server.validation import Introspection, LocalValidation
from tests.sessions_sandbox.flows import ask, refresh, tokens_for
from tests.sessions_sandbox.resource_server.test_app import MODES, call


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://idp.acme.test"},
        {"iss": "https://idp.acme.test/oauth2/default/"},
        {"iss": "https://idp.acme.test/oauth2/def"},
        {"iss": None},
        {"aud": "api://payments"},
        {"aud": "https://idp.acme.test"},
        {"aud": None},
        {"exp": None},
        {"exp": 1},
        {"exp": "soon"},
        {"iat": None},
        {"iat": 2**40},
        {"nbf": 2**40},
        {"sub": None},
        {"sub": 5},
        {"jti": None},
        {"cid": None},
        {"scp": None},
        {"scp": "orders:read"},
        {"scp": 5},
        {"scp": [["orders:read"]]},
    ],
    ids=str,
)
def test_local_validation_reads_every_claim(sandbox: Sandbox, claims: dict[str, Any]) -> None:
    assert call(sandbox, sandbox.mint()).status_code == 200
    assert call(sandbox, sandbox.mint(**claims)).status_code == 401


def test_a_token_expires_on_the_second(sandbox: Sandbox) -> None:
    token = tokens_for(sandbox)["access_token"]
    sandbox.clock.advance(seconds=3599)
    assert call(sandbox, token).status_code == 200
    sandbox.clock.advance(seconds=1)
    assert call(sandbox, token).status_code == 401


def test_keys_come_from_the_issuer_alone(sandbox: Sandbox) -> None:
    """Not from the header of a token, and no symmetric algorithm makes a public key a secret."""
    good = sandbox.mint()
    claims = jwt.decode(good, options={"verify_signature": False})
    url = f"{sandbox.issuer}/v1/keys"
    (published, *_) = requests.get(url, timeout=5).json()["keys"]
    own = rsa.generate_private_key(65537, 2048)
    jwk = {
        name: str(jwt.algorithms.RSAAlgorithm.to_jwk(own.public_key(), as_dict=True)[name])
        for name in ("kty", "n", "e")
    }
    kid = published["kid"]
    forged = (
        jwt.encode(claims, own, "RS256", headers={"kid": kid}),
        jwt.encode(claims, own, "RS256", headers={"kid": thumbprint(jwk), "jwk": jwk}),
        jwt.encode(claims, own, "RS256", headers={"kid": kid, "jku": "https://evil.example.net/keys"}),
        jwt.encode(claims, published["n"], "HS256", headers={"kid": kid}),
        jwt.encode(claims, "", "none", headers={"kid": kid}),
        jwt.encode(claims, own, "RS256"),
        good[:-8] + "AAAAAAAA",
    )
    for token in forged:
        assert call(sandbox, token).status_code == 401


def test_local_validation_sees_no_revocation(sandbox: Sandbox) -> None:
    """RFC 7009 §3: that is its price; introspection sees it at once."""
    token = tokens_for(sandbox)["access_token"]
    ask(sandbox, "revoke", token=token)
    assert call(sandbox, token).status_code == 200
    sandbox.set(api_validation="introspection")
    assert call(sandbox, token).status_code == 401


def test_keys_are_fetched_once(sandbox: Sandbox) -> None:
    token = tokens_for(sandbox)["access_token"]
    for _ in range(3):
        assert call(sandbox, token).status_code == 200
    assert len(sandbox.exchanges(path="/keys")) == 1
    sandbox.set(authorization_server_down=True)
    assert call(sandbox, token).status_code == 200


def test_without_a_cache_each_request_asks(sandbox: Sandbox) -> None:
    sandbox.set(api_validation="introspection")
    token = tokens_for(sandbox)["access_token"]
    for _ in range(3):
        assert call(sandbox, token).status_code == 200
    asked = sandbox.exchanges(path="/introspect")
    assert len(asked) == 3
    assert asked[0]["sender"] == "api.acme.test"
    client, secret = sandbox.client("rs").credentials
    basic = base64.b64encode(f"{client}:{secret}".encode()).decode()
    assert ["Authorization", f"Basic {basic}"] in asked[0]["request_headers"]


def test_an_answer_may_be_kept_for_longer_than_there_was_time(sandbox: Sandbox) -> None:
    """Then, too, there must have been one."""
    sandbox.set(api_validation="introspection", introspection_cache_seconds=2 * sandbox.clock.now())
    token = tokens_for(sandbox)["access_token"]
    for _ in range(2):
        assert call(sandbox, token).status_code == 200
    assert len(sandbox.exchanges(path="/introspect")) == 1


def test_a_cached_answer_is_as_old_as_allowed_and_no_older(sandbox: Sandbox) -> None:
    """RFC 7662 §4"""
    sandbox.set(api_validation="introspection", introspection_cache_seconds=30)
    token, other = (tokens_for(sandbox)["access_token"] for _ in range(2))
    assert call(sandbox, token).status_code == 200
    ask(sandbox, "revoke", token=token)
    sandbox.clock.advance(seconds=29)
    assert call(sandbox, token).status_code == 200
    assert call(sandbox, other).status_code == 200
    assert len(sandbox.exchanges(path="/introspect")) == 2
    sandbox.clock.advance(seconds=1)
    assert call(sandbox, token).status_code == 401
    sandbox.set(introspection_cache_seconds=0)
    ask(sandbox, "revoke", token=other)
    assert call(sandbox, other).status_code == 401


def test_a_cached_answer_does_not_outlive_the_token(sandbox: Sandbox) -> None:
    sandbox.set(api_validation="introspection", introspection_cache_seconds=86400)
    token = tokens_for(sandbox)["access_token"]
    assert call(sandbox, token).status_code == 200
    sandbox.clock.advance(seconds=3599)
    assert call(sandbox, token).status_code == 200
    sandbox.clock.advance(seconds=1)
    assert call(sandbox, token).status_code == 401


@pytest.mark.parametrize(
    "said",
    [
        {"active": False},
        {"active": "true"},
        {"active": 1},
        {"aud": ["api://default", "api://payments"]},
        {"aud": "api://payments"},
        {"iss": "https://idp.acme.test"},
    ],
    ids=str,
)
def test_the_whole_answer_must_be_right(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, said: dict[str, Any]
) -> None:
    """`active` is `true` and nothing like it, and the token is for this API, from this issuer."""
    introspection = Introspection(sandbox.clock)
    good = {"active": True, "aud": "api://default", "iss": sandbox.issuer, "scope": "a b", "exp": 2**40}
    monkeypatch.setattr(introspection, "_ask", lambda token: good)
    assert introspection.scopes("token") == {"a", "b"}
    monkeypatch.setattr(introspection, "_ask", lambda token: {**good, **said})
    with pytest.raises(InvalidToken):
        introspection.scopes("token")


def test_refusals_are_not_kept(sandbox: Sandbox) -> None:
    sandbox.set(api_validation="introspection", introspection_cache_seconds=60)
    for _ in range(2):
        assert call(sandbox, "garbage").status_code == 401
    assert len(sandbox.exchanges(path="/introspect")) == 2


@pytest.mark.parametrize("mode", MODES)
def test_a_fresh_access_token_goes_on_where_the_old_one_ended(sandbox: Sandbox, mode: str) -> None:
    sandbox.set(api_validation=mode)
    tokens = tokens_for(sandbox)
    sandbox.clock.advance(hours=1)
    assert call(sandbox, tokens["access_token"]).status_code == 401
    fresh = refresh(sandbox, tokens["refresh_token"]).json()["access_token"]
    assert call(sandbox, fresh).status_code == 200


def test_the_api_asks_under_its_own_name_and_not_for_ever(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited = []
    post = requests.Session.post

    def noting(self: requests.Session, *arguments: Any, **named: Any) -> requests.Response:
        waited.append(named.get("timeout"))
        return post(self, *arguments, **named)

    token = tokens_for(sandbox)["access_token"]
    monkeypatch.setattr(requests.Session, "post", noting)
    asked = Introspection(sandbox.clock, sandbox.issuer)
    assert asked.scopes(token) == {"openid", "offline_access", "orders:read", "orders:write"}
    assert waited == [5]
    assert sandbox.exchanges(path="/introspect")[-1]["sender"] == "api.acme.test"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_to_read_asks_nobody(sandbox: Sandbox, method: str) -> None:
    sandbox.set(api_validation="hybrid")
    token = tokens_for(sandbox)["access_token"]
    assert call(sandbox, token, method=method).status_code == 200
    assert not sandbox.exchanges(path="/introspect")


@pytest.mark.parametrize("name", ["exp", "iss", "aud", "sub"])
def test_a_token_without_a_claim_is_invalid(sandbox: Sandbox, name: str) -> None:
    with pytest.raises(InvalidToken):
        LocalValidation(sandbox.issuer, sandbox.clock).scopes(sandbox.mint(**{name: None}))
