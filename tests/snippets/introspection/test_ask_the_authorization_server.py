"""Ask the authorization server: who may ask, what it answers, what it costs, how stale a cache gets."""

import json
from collections.abc import Callable
from urllib.parse import parse_qsl

import requests

from sessions_sandbox.network.trace import Exchange
from tests.snippets.conftest import RunLesson

RunsLesson = Callable[[str], RunLesson]
LESSON = "introspection/ask_the_authorization_server"
API = "api.acme.test"
CACHE_SECONDS = 30


def introspections(run: RunLesson, *, by_api: bool) -> list[Exchange]:
    return [e for e in run.sandbox.exchanges(path="/v1/introspect") if (e["sender"] == API) is by_api]


def token(exchange: Exchange) -> str:
    return str(dict(parse_qsl(exchange["request_body"]))["token"])


def answer(exchange: Exchange) -> dict[str, object]:
    answered: dict[str, object] = json.loads(exchange["response_body"])
    return answered


def revocation(run: RunLesson) -> Exchange:
    (revoked,) = run.sandbox.exchanges(path="/v1/revoke")
    return revoked


def test_only_a_client_that_authenticates_gets_an_answer(lesson: RunsLesson) -> None:
    run = lesson(LESSON)
    nobody, *known = introspections(run, by_api=False)
    assert "Authorization" not in dict(nobody["request_headers"])
    assert (nobody["status"], answer(nobody)["error"]) == (401, "invalid_client")
    assert token(nobody) == token(known[0])
    for exchange in [*known, *introspections(run, by_api=True)]:
        assert dict(exchange["request_headers"])["Authorization"].startswith("Basic ")


def test_the_token_is_posted_and_never_stands_in_a_url(lesson: RunsLesson) -> None:
    run = lesson(LESSON)
    asked = run.sandbox.exchanges(path="/v1/introspect")
    assert {exchange["method"] for exchange in asked} == {"POST"}
    assert not [exchange["url"] for exchange in run.exchanges if run.namespace["token"] in exchange["url"]]


def test_of_an_inactive_token_the_answer_says_nothing_but_that(lesson: RunsLesson) -> None:
    run = lesson(LESSON)
    _, good, *garbage = introspections(run, by_api=False)
    assert (answer(good)["active"], answer(good)["aud"]) == (True, "api://default")
    revoked = introspections(run, by_api=True)[-1]
    assert token(revoked) == run.namespace["token"]
    assert len({exchange["response_body"] for exchange in [*garbage, revoked]}) == 1
    assert {exchange["status"] for exchange in [*garbage, revoked]} == {200}
    assert answer(revoked) == {"active": False}
    assert run.namespace["ask"]("garbage").ok


def test_every_request_is_a_call_unless_the_api_verifies_or_remembers(lesson: RunsLesson) -> None:
    run = lesson(LESSON)
    orders = [exchange["number"] for exchange in run.sandbox.exchanges(path="/orders")]
    calls = [exchange["number"] for exchange in introspections(run, by_api=True)]
    asking, remembering, revoked = orders[21], orders[42], revocation(run)["number"]  # 21 each
    assert not [call for call in calls if call < asking]
    assert len([call for call in calls if asking < call < remembering]) == 21
    assert [call for call in calls if remembering < call < revoked] == [remembering + 1]
    assert len(run.sandbox.exchanges(path="/v1/keys")) == 1


def test_without_the_server_only_the_api_that_must_ask_refuses(lesson: RunsLesson) -> None:
    run = lesson(LESSON)
    (down,) = [exchange for exchange in introspections(run, by_api=True) if exchange["status"] == 503]
    statuses = [exchange["status"] for exchange in run.sandbox.exchanges(path="/orders")]
    assert (statuses.index(503), statuses.count(503)) == (41, 1)
    assert run.exchanges[down["number"] - 2]["status"] == 503  # the order beneath which the API asked


def test_a_revoked_token_is_served_for_the_cache_time_and_not_a_second_longer(lesson: RunsLesson) -> None:
    run = lesson(LESSON)
    began = revocation(run)
    after = [e for e in run.sandbox.exchanges(path="/orders") if e["number"] > began["number"]]
    assert [e["status"] for e in after] == [200] * CACHE_SECONDS + [401]
    assert [e["time"] - began["time"] for e in after] == list(range(CACHE_SECONDS + 1))
    asked = [e for e in introspections(run, by_api=True) if e["number"] > began["number"]]
    assert [e["time"] - began["time"] for e in asked] == [CACHE_SECONDS]


def test_an_answer_is_not_kept_beyond_the_end_of_the_token(lesson: RunsLesson) -> None:
    run = lesson(LESSON)
    bearer = {"Authorization": f"Bearer {run.sandbox.sign_in('alice@acme.test')['access_token']}"}
    run.sandbox.set(introspection_cache_seconds=7200)
    statuses = []
    for seconds in (0, 3599, 1):
        run.sandbox.clock.advance(seconds=seconds)
        statuses.append(requests.get(f"{run.sandbox.api}/orders", headers=bearer, timeout=5).status_code)
    assert statuses == [200, 200, 401]
    kept, asked_again = introspections(run, by_api=True)[-2:]
    assert asked_again["time"] - kept["time"] == 3600
