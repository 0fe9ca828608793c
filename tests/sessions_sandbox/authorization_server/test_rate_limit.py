"""Rate limits, and keys that cannot be had."""

import pytest
import requests

from sessions_sandbox import Sandbox
from tests.sessions_sandbox.flows import ask, tokens_for, url_of

PREFIX = "X-Rate-Limit-"


def limits(reply: requests.Response) -> list[int]:
    """Limit, remaining, and the seconds from the sandbox's start to the reset."""
    names = ("Limit", "Remaining", "Reset")
    return [int(reply.headers[PREFIX + name]) for name in names]


def test_there_is_no_limit_at_the_start(sandbox: Sandbox) -> None:
    assert not [name for name in ask(sandbox, "token").headers if name.startswith(PREFIX)]


def test_who_asks_too_often_is_told_when_to_come_back(sandbox: Sandbox) -> None:
    sandbox.clock.advance(15)
    sandbox.set(rate_limit=2)
    reset = sandbox.clock.now() + 45
    first, second, third = (ask(sandbox, "introspect", "rs", token="x") for _ in range(3))
    assert (first.status_code, limits(first)) == (200, [2, 1, reset])
    assert (second.status_code, limits(second)) == (200, [2, 0, reset])
    assert "Retry-After" not in second.headers
    assert (third.status_code, limits(third), third.headers["Retry-After"]) == (429, [2, 0, reset], "45")
    assert third.headers["Content-Type"] == "application/json"
    assert third.json() == {
        "errorCode": "E0000047",
        "errorSummary": "API call exceeded rate limit due to too many requests.",
        "errorLink": "E0000047",
        "errorId": third.json()["errorId"],
        "errorCauses": [],
    }
    sandbox.clock.advance(44)
    assert ask(sandbox, "introspect", "rs", token="x").status_code == 429
    sandbox.clock.advance(1)
    assert ask(sandbox, "introspect", "rs", token="x").status_code == 200


def test_each_endpoint_counts_for_itself(sandbox: Sandbox) -> None:
    sandbox.set(rate_limit=1)
    for org in (False, True):
        for name in ("introspect", "revoke", "token", "keys", "userinfo", "authorize", "logout"):
            url = url_of(sandbox, name, org=org)
            get = name in ("keys", "userinfo", "authorize", "logout")
            replies = [
                requests.get(url, timeout=5) if get else ask(sandbox, name, "web", org=org) for _ in range(2)
            ]
            assert [reply.status_code == 429 for reply in replies] == [False, True], url
            assert limits(replies[0])[:2] == [1, 0]


def test_preflights_and_what_is_not_there_do_not_count(sandbox: Sandbox) -> None:
    sandbox.set(rate_limit=0)
    headers = {"Origin": sandbox.app, "Access-Control-Request-Method": "POST"}
    assert requests.options(url_of(sandbox, "token"), headers=headers, timeout=5).status_code == 204
    assert requests.get(url_of(sandbox, "nothing"), timeout=5).status_code == 404
    assert requests.get(url_of(sandbox, "token"), timeout=5).status_code == 405
    assert ask(sandbox, "token").status_code == 429
    sandbox.set(rate_limit=None)
    assert ask(sandbox, "token").status_code == 400


def test_a_page_of_a_client_may_read_the_refusal(sandbox: Sandbox) -> None:
    sandbox.set(rate_limit=0)
    reply = requests.post(url_of(sandbox, "token"), headers={"Origin": sandbox.app}, timeout=5)
    assert (reply.status_code, reply.headers["Access-Control-Allow-Origin"]) == (429, sandbox.app)


@pytest.mark.parametrize("switches", [{"rate_limit": 0}, {"jwks_down": True}])
def test_an_api_that_cannot_ask_serves_nobody(sandbox: Sandbox, switches: dict[str, int]) -> None:
    """It fails closed, whichever way it checks tokens; and an answer that it has, it goes on using."""
    bearer = {"Authorization": f"Bearer {tokens_for(sandbox)['access_token']}"}

    def status() -> int:
        return requests.get(f"{sandbox.api}/orders", headers=bearer, timeout=5).status_code

    sandbox.set(**switches)
    assert status() == 503
    sandbox.set(rate_limit=None, jwks_down=False)
    assert status() == 200
    sandbox.set(**switches)
    assert status() == 200, "it has the keys"
    sandbox.set(api_validation="introspection")
    assert status() == (503 if "rate_limit" in switches else 200)


def test_only_the_keys_are_down(sandbox: Sandbox) -> None:
    sandbox.set(jwks_down=True)
    for org in (False, True):
        reply = requests.get(url_of(sandbox, "keys", org=org), timeout=5)
        assert (reply.status_code, reply.headers["Retry-After"]) == (503, "5")
    assert tokens_for(sandbox)["token_type"] == "Bearer"
