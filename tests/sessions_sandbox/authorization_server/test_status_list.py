"""The status list: who is in it, what it says, and that there is none without its switch."""

from typing import Any

import jwt
import pytest
import requests

from sessions_sandbox import Sandbox
from sessions_sandbox.status_lists import status_at
from tests.sessions_sandbox.flows import ask, tokens_for


@pytest.fixture(autouse=True)
def mode(sandbox: Sandbox) -> None:
    sandbox.set(api_validation="status_list")


def fetch(sandbox: Sandbox, issuer: str | None = None) -> requests.Response:
    return requests.get(f"{issuer or sandbox.issuer}/v1/status_list", timeout=5)


def claims_of(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def statuses(sandbox: Sandbox, count: int) -> list[int]:
    listed = claims_of(fetch(sandbox).text)["status_list"]
    return [status_at(listed, index) for index in range(count)]


def test_the_list_is_a_signed_jwt_that_all_may_read(sandbox: Sandbox) -> None:
    """draft-ietf-oauth-status-list §5.1, §8.1, §8.2"""
    sandbox.set(status_list_seconds=30)
    reply = fetch(sandbox)
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, "application/statuslist+jwt")
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert reply.headers["Cache-Control"] == "max-age=30"
    keys = jwt.PyJWKClient(f"{sandbox.issuer}/v1/keys")
    key = keys.get_signing_key_from_jwt(reply.text)
    read = jwt.decode_complete(reply.text, key, algorithms=["RS256"])
    now = sandbox.clock.now()
    assert (read["header"]["typ"], read["header"]["alg"]) == ("statuslist+jwt", "RS256")
    listed = read["payload"].pop("status_list")
    assert set(listed) == {"bits", "lst"}
    assert listed["bits"] == 1
    assert read["payload"] == {
        "iss": sandbox.issuer,
        "sub": f"{sandbox.issuer}/v1/status_list",
        "iat": now,
        "exp": now + 330,
        "ttl": 30,
    }


def test_a_time_to_live_is_more_than_nothing(sandbox: Sandbox) -> None:
    """§5.1: it MUST be a positive number."""
    sandbox.set(status_list_seconds=0)
    assert "ttl" not in claims_of(fetch(sandbox).text)


def test_each_token_names_its_place(sandbox: Sandbox) -> None:
    """§6.2. Places are not given twice, and no other claim changes."""
    tokens = [claims_of(tokens_for(sandbox)["access_token"]) for _ in range(3)]
    uri = f"{sandbox.issuer}/v1/status_list"
    places = [token.pop("status") for token in tokens]
    assert places == [{"status_list": {"idx": index, "uri": uri}} for index in range(3)]
    sandbox.set(api_validation="local")
    assert set(claims_of(tokens_for(sandbox)["access_token"])) == set(tokens[0])


def test_inactive_is_invalid(sandbox: Sandbox) -> None:
    tokens = [tokens_for(sandbox) for _ in range(9)]
    bob = sandbox.sign_in("bob@acme.test")
    assert statuses(sandbox, 10) == [0] * 10
    ask(sandbox, "revoke", token=tokens[1]["access_token"])
    ask(sandbox, "revoke", token=tokens[8]["refresh_token"])
    assert statuses(sandbox, 10) == [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    sandbox.admin.deactivate("alice@acme.test")
    assert statuses(sandbox, 10) == [1] * 9 + [0]
    ask(sandbox, "revoke", token=bob["access_token"])
    assert statuses(sandbox, 10) == [1] * 10


def test_each_server_has_its_own_list(sandbox: Sandbox) -> None:
    ask(sandbox, "revoke", token=tokens_for(sandbox)["access_token"])
    tokens = sandbox.sign_in("alice@acme.test", issuer=sandbox.payments_issuer)
    place = claims_of(tokens["access_token"])["status"]["status_list"]
    assert place == {"idx": 0, "uri": f"{sandbox.payments_issuer}/v1/status_list"}
    assert status_at(claims_of(fetch(sandbox, sandbox.payments_issuer).text)["status_list"], 0) == 0
    assert statuses(sandbox, 1) == [1]


def test_tokens_without_a_place_are_left_out(sandbox: Sandbox) -> None:
    sandbox.set(api_validation="local")
    ask(sandbox, "revoke", token=tokens_for(sandbox)["access_token"])
    sandbox.set(api_validation="status_list")
    assert statuses(sandbox, 1) == [0]


@pytest.mark.parametrize("other", ["naive", "local", "introspection", "denylist", "not_before", "hybrid"])
def test_there_is_none_without_its_switch(sandbox: Sandbox, other: str) -> None:
    sandbox.set(api_validation=other)
    reply = fetch(sandbox)
    assert (reply.status_code, reply.json()["errorCode"]) == (404, "E0000007")
    assert "status" not in claims_of(tokens_for(sandbox)["access_token"])


def test_tokens_of_another_server_stand_in_its_own_list(sandbox: Sandbox) -> None:
    """Each list counts from 0."""
    here, there = (
        sandbox.sign_in("alice@acme.test", issuer=issuer)["access_token"]
        for issuer in (sandbox.issuer, sandbox.payments_issuer)
    )
    assert [claims_of(token)["status"]["status_list"]["idx"] for token in (here, there)] == [0, 0]
    revoked = requests.post(
        f"{sandbox.payments_issuer}/v1/revoke",
        {"token": there},
        auth=sandbox.client("web").credentials,
        timeout=5,
    )
    assert revoked.status_code == 200
    lists = [claims_of(fetch(sandbox, issuer).text) for issuer in (sandbox.issuer, sandbox.payments_issuer)]
    assert [status_at(claims["status_list"], 0) for claims in lists] == [0, 1]


def test_the_tokens_of_another_server_are_in_its_own_list(sandbox: Sandbox) -> None:
    """Each server counts its places from 0."""
    tokens_for(sandbox)
    sandbox.sign_in("alice@acme.test", issuer=sandbox.payments_issuer)
    assert statuses(sandbox, 1) == [0]
