"""Validation with a status list: which lists count, for how long, and what each token's place in it says."""

from typing import Any

import pytest
import requests

from sessions_sandbox import Sandbox, outgoing
from sessions_sandbox.keys import SigningKey
from sessions_sandbox.resource_server import status_list as validation
from sessions_sandbox.status_lists import TOKEN_TYPE, status_list
from tests.sessions_sandbox.flows import ask, tokens_for
from tests.sessions_sandbox.resource_server.test_app import call


@pytest.fixture(autouse=True)
def mode(sandbox: Sandbox) -> None:
    sandbox.set(api_validation="status_list")


def uri(sandbox: Sandbox) -> str:
    return f"{sandbox.issuer}/v1/status_list"


def test_a_list_is_trusted_as_long_as_the_switch_says(sandbox: Sandbox) -> None:
    sandbox.set(status_list_seconds=30)
    token = tokens_for(sandbox)["access_token"]
    assert call(sandbox, token).status_code == 200
    ask(sandbox, "revoke", token=token)
    sandbox.clock.advance(seconds=29)
    assert call(sandbox, token).status_code == 200
    sandbox.clock.advance(seconds=1)
    assert call(sandbox, token).status_code == 401
    assert len(sandbox.exchanges(path="/status_list")) == 2


def test_one_list_serves_all_tokens(sandbox: Sandbox) -> None:
    tokens = [tokens_for(sandbox)["access_token"] for _ in range(3)]
    ask(sandbox, "revoke", token=tokens[1])
    assert [call(sandbox, token).status_code for token in tokens] == [200, 401, 200]
    (fetched,) = sandbox.exchanges(path="/status_list")
    assert ["Accept", "application/statuslist+jwt"] in fetched["request_headers"]
    assert fetched["sender"] == "api.acme.test"


def test_without_trust_each_request_fetches_it(sandbox: Sandbox) -> None:
    sandbox.set(status_list_seconds=0)
    token = tokens_for(sandbox)["access_token"]
    for _ in range(2):
        assert call(sandbox, token).status_code == 200
    ask(sandbox, "revoke", token=token)
    assert call(sandbox, token).status_code == 401
    assert len(sandbox.exchanges(path="/status_list")) == 3


def test_a_token_younger_than_the_list_waits_for_the_next(sandbox: Sandbox) -> None:
    """An index beyond the end of a list says nothing, so that the token is refused (§8.3)."""
    first = tokens_for(sandbox)["access_token"]
    assert call(sandbox, first).status_code == 200
    young = [tokens_for(sandbox)["access_token"] for _ in range(8)][-1]
    assert call(sandbox, young).status_code == 401
    sandbox.clock.advance(seconds=60)
    assert call(sandbox, young).status_code == 200


@pytest.mark.parametrize(
    "status",
    [
        None,
        5,
        {},
        {"status_list": "here"},
        {"status_list": {"idx": 0}},
        {"status_list": {"idx": 0, "uri": "https://evil.example.net/list"}},
        {"status_list": {"idx": 0, "uri": "https://idp.acme.test/oauth2/payments/v1/status_list"}},
        {"status_list": {"uri": "HERE"}},
        {"status_list": {"idx": "0", "uri": "HERE"}},
        {"status_list": {"idx": True, "uri": "HERE"}},
        {"status_list": {"idx": -8, "uri": "HERE"}},
        {"status_list": {"idx": 8, "uri": "HERE"}},
    ],
    ids=str,
)
def test_a_token_must_name_its_place_in_the_list(sandbox: Sandbox, status: Any) -> None:
    tokens_for(sandbox)
    good = {"status_list": {"idx": 0, "uri": uri(sandbox)}}
    assert call(sandbox, sandbox.mint(status=good)).status_code == 200
    if isinstance(status, dict) and isinstance(status.get("status_list"), dict):
        named = status["status_list"]
        status = {"status_list": {**named, "uri": str(named.get("uri", "")).replace("HERE", uri(sandbox))}}
    assert call(sandbox, sandbox.mint(status=status)).status_code == 401
    assert {entry["url"] for entry in sandbox.exchanges(path="/status_list")} == {uri(sandbox)}


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://idp.acme.test/oauth2/payments"},
        {"sub": "https://idp.acme.test/oauth2/payments/v1/status_list"},
        {"sub": None},
        {"aud": "api://default"},
        {"iat": None},
        {"exp": None},
        {"exp": 1},
        {"status_list": None},
        {"typ": "JWT"},
        {"typ": None},
    ],
    ids=str,
)
def test_a_list_that_is_not_right_says_nothing(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any]
) -> None:
    """The API cannot tell then, and serves nobody."""
    sandbox.set(status_list_seconds=0)
    token = tokens_for(sandbox)["access_token"]
    assert call(sandbox, token).status_code == 200
    serve_changed_lists(monkeypatch, changed)
    assert call(sandbox, token).status_code == 503


def test_a_list_counts_no_longer_than_until_it_expires(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = tokens_for(sandbox)["access_token"]
    serve_changed_lists(monkeypatch, {"exp": sandbox.clock.now() + 10})
    assert call(sandbox, token).status_code == 200
    sandbox.clock.advance(seconds=9)
    assert call(sandbox, token).status_code == 200
    sandbox.clock.advance(seconds=1)
    assert call(sandbox, token).status_code == 503


@pytest.mark.parametrize("status", [1, 2, 3])
def test_any_status_but_valid_is_refused(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    """Suspended, too, and what an issuer means by one of its own (§7.1)."""
    token = tokens_for(sandbox)["access_token"]
    bits = [index for index in range(2) if status >> index & 1]
    serve_changed_lists(monkeypatch, {"status_list": {**status_list(bits, 8), "bits": 2}})
    assert call(sandbox, token).status_code == 401


def test_when_no_list_can_be_had_nobody_is_served(sandbox: Sandbox) -> None:
    token = tokens_for(sandbox)["access_token"]
    assert call(sandbox, token).status_code == 200
    sandbox.set(authorization_server_down=True)
    sandbox.clock.advance(seconds=59)
    assert call(sandbox, token).status_code == 200
    sandbox.clock.advance(seconds=1)
    assert call(sandbox, token).status_code == 503


@pytest.mark.parametrize("status", [404, 500])
def test_a_list_that_comes_with_an_error_says_nothing(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    """An answer counts that is a success, however good the list in it looks."""

    def failing(*arguments: Any, **named: Any) -> requests.Response:
        reply = outgoing.send(*arguments, **named)
        assert reply.status_code == 200
        reply.status_code = status
        return reply

    token = tokens_for(sandbox)["access_token"]
    with monkeypatch.context() as broken:
        broken.setattr(validation, "send", failing)
        assert call(sandbox, token).status_code == 503
    assert call(sandbox, token).status_code == 200


def serve_changed_lists(monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any]) -> None:
    """Have the authorization server sign lists with other claims, or of another `typ`."""
    sign = SigningKey.sign

    def signed(key: SigningKey, claims: dict[str, Any], *, typ: str | None = None) -> str:
        if typ != TOKEN_TYPE:
            return sign(key, claims, typ=typ)
        other = {**claims, "typ": typ, **changed}
        typ = other.pop("typ")
        return sign(key, {name: value for name, value in other.items() if value is not None}, typ=typ)

    monkeypatch.setattr(SigningKey, "sign", signed)
