"""Theft detected: whoever sends the old token second ends the family, and the server sees no difference."""

import json
from collections.abc import Callable
from urllib.parse import parse_qsl

import requests

from sessions_sandbox.network.trace import Exchange
from sessions_sandbox.seed import CLIENTS
from tests.snippets.conftest import RunLesson

RunsLesson = Callable[[str], RunLesson]
LESSON = "refresh/theft_detected"
GRACE = next(client.grace_seconds for client in CLIENTS if client.name == "spa")


def stories(run: RunLesson) -> tuple[list[Exchange], list[Exchange], list[Exchange]]:
    """The refreshes of the three stories: thief second, thief first, no thief."""
    sent = [e for e in run.sandbox.exchanges(path="/v1/token") if form(e)["grant_type"] == "refresh_token"]
    assert len(sent) == 9
    return sent[:3], sent[3:6], sent[6:]


def form(exchange: Exchange) -> dict[str, str]:
    return dict(parse_qsl(exchange["request_body"]))


def sent_tokens(story: list[Exchange]) -> list[str]:
    return [form(exchange)["refresh_token"] for exchange in story]


def answer(exchange: Exchange) -> dict[str, str]:
    answered: dict[str, str] = json.loads(exchange["response_body"])
    return answered


def test_the_copy_is_refused_after_the_grace_and_then_the_newest_too(lesson: RunsLesson) -> None:
    for story in stories(lesson(LESSON))[:2]:
        first, second, newest = sent_tokens(story)
        assert second == first
        assert newest == answer(story[0])["refresh_token"] != first
        assert [e["status"] for e in story] == [200, 400, 400]
        assert {answer(e)["error"] for e in story[1:]} == {"invalid_grant"}
        assert story[1]["time"] - story[0]["time"] == GRACE + 1


def test_the_server_sees_the_same_whoever_comes_first(lesson: RunsLesson) -> None:
    thief_second, thief_first, _ = stories(lesson(LESSON))
    for one, other in zip(thief_second, thief_first, strict=True):
        seen = ("method", "url", "request_headers", "status", "sender")
        assert [one[name] for name in seen] == [other[name] for name in seen]
        assert {**form(one), "refresh_token": ""} == {**form(other), "refresh_token": ""}


def test_the_reuse_ends_the_grant_its_family_and_its_access_tokens(lesson: RunsLesson) -> None:
    run = lesson(LESSON)
    reused = [story[-1 if number == 2 else 1]["time"] for number, story in enumerate(stories(run))]
    for table in ("grants", "refresh_families"):
        assert [row["revoked"] for row in run.sandbox.rows(table)] == reused, table
    for grant in run.sandbox.rows("grants"):
        tokens = [row for row in run.sandbox.rows("access_tokens") if row["grant_id"] == grant["grant_id"]]
        assert len(tokens) >= 2
        assert {row["revoked"] for row in tokens} == {grant["revoked"]}


def test_each_reuse_stands_in_the_log_with_its_family(lesson: RunsLesson) -> None:
    run = lesson(LESSON)
    events = [event for event in run.sandbox.log() if event["event"].endswith("detect_reuse")]
    assert [event["detail"] for event in events] == [
        row["family_id"] for row in run.sandbox.rows("refresh_families")
    ]
    assert {event["event"] for event in events} == {"app.oauth2.as.token.detect_reuse"}


def test_no_access_token_of_a_dead_family_is_active(lesson: RunsLesson) -> None:
    run = lesson(LESSON)
    tokens = run.sandbox.sign_in("alice@acme.test", client="spa")
    refresh = run.namespace["refresh"]
    refresh("alice", tokens["refresh_token"])
    rs = run.sandbox.client("rs")

    def is_active() -> bool:
        reply = requests.post(
            f"{run.sandbox.issuer}/v1/introspect",
            data={"token": tokens["access_token"]},
            auth=(rs.id, rs.secret or ""),
            timeout=5,
        )
        return reply.json()["active"] is True

    assert is_active()
    run.sandbox.clock.advance(seconds=GRACE + 1)
    refresh("thief", tokens["refresh_token"])
    assert not is_active()


def test_the_grace_hides_that_the_client_keeps_the_first_token(lesson: RunsLesson) -> None:
    *_, mistake = stories(lesson(LESSON))
    assert len(set(sent_tokens(mistake))) == 1
    assert [e["status"] for e in mistake] == [200, 200, 400]
    assert answer(mistake[0])["refresh_token"] == answer(mistake[1])["refresh_token"]
    assert mistake[1]["time"] - mistake[0]["time"] <= GRACE < mistake[2]["time"] - mistake[0]["time"]
