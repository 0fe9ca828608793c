"""Deleting the cookie: the very same value goes on opening the session until the server ends it."""

from collections.abc import Callable
from itertools import pairwise

from sessions_sandbox.network.trace import Exchange
from sessions_sandbox.seed import APP_SESSION_ABSOLUTE_SECONDS, APP_SESSION_IDLE_SECONDS
from tests.snippets.conftest import RunLesson

LESSON = "cookies/deleting_the_cookie"


def cookie(exchange: Exchange) -> str | None:
    return dict(exchange["request_headers"]).get("Cookie")


def uses(run: RunLesson, sid: str) -> list[Exchange]:
    """The requests by which somebody other than the browser asked who the cookie is."""
    return [
        exchange
        for exchange in run.sandbox.exchanges("app.acme.test", "/me")
        if cookie(exchange) == f"__Host-sid={sid}" and exchange["sender"] != "ModelBrowser"
    ]


def test_the_same_copy_is_alice_until_the_logout_and_nobody_after(lesson: Callable[[str], RunLesson]) -> None:
    run = lesson(LESSON)
    before, after_deletion, after_logout = uses(run, run.namespace["stolen"])
    assert [before["status"], after_deletion["status"], after_logout["status"]] == [200, 200, 401]
    assert "alice@acme.test" in after_deletion["response_body"]
    (logout,) = run.sandbox.exchanges(path="/logout")
    assert after_deletion["number"] < logout["number"] < after_logout["number"]
    assert (cookie(logout), logout["status"]) == (cookie(after_deletion), 303)


def test_the_browser_without_its_cookie_is_nobody_while_the_copy_is_alice(
    lesson: Callable[[str], RunLesson],
) -> None:
    run = lesson(LESSON)
    (deleted,) = [exchange for exchange in run.sandbox.exchanges(path="/me") if cookie(exchange) is None]
    assert (deleted["sender"], deleted["status"]) == ("ModelBrowser", 401)
    before, after, _ = uses(run, run.namespace["stolen"])
    assert before["number"] < deleted["number"] < after["number"]


def test_the_deletion_reaches_no_server(lesson: Callable[[str], RunLesson]) -> None:
    run = lesson(LESSON)
    before, after, _ = uses(run, run.namespace["stolen"])
    between = [e["url"] for e in run.exchanges if before["number"] < e["number"] < after["number"]]
    assert between == [f"{run.sandbox.app}/me"]


def test_three_sessions_began_and_each_was_ended_by_the_server(lesson: Callable[[str], RunLesson]) -> None:
    sandbox = lesson(LESSON).sandbox
    assert [event["event"] for event in sandbox.log()] == ["user.session.start", "user.session.end"] * 3
    assert sandbox.rows("app_sessions") == []


def test_an_unused_session_ends_at_the_idle_time(lesson: Callable[[str], RunLesson]) -> None:
    run = lesson(LESSON)
    (late,) = uses(run, run.namespace["unused"])
    started = run.sandbox.exchanges(path="/login")[3]
    assert late["time"] - started["time"] == APP_SESSION_IDLE_SECONDS
    assert late["status"] == 401


def test_a_busy_session_never_idles_and_still_ends_at_the_absolute_time(
    lesson: Callable[[str], RunLesson],
) -> None:
    run = lesson(LESSON)
    used = uses(run, run.namespace["busy"])
    assert max(later["time"] - use["time"] for use, later in pairwise(used)) < APP_SESSION_IDLE_SECONDS
    assert [use["status"] for use in used] == [200] * (len(used) - 1) + [401]
    assert used[-1]["time"] - used[0]["time"] == APP_SESSION_ABSOLUTE_SECONDS
