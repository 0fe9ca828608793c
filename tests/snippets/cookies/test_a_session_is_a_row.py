"""A session is a row: what the login adds, what the cookie holds of it, and what opens nothing."""

import hashlib
from collections.abc import Callable

from tests.snippets.conftest import RunLesson

LESSON = "cookies/a_session_is_a_row"


def test_the_login_adds_the_only_row_and_its_key_is_the_hash_of_the_cookie(
    lesson: Callable[[str], RunLesson],
) -> None:
    run = lesson(LESSON)
    (row,) = run.sandbox.rows("app_sessions")
    sid = run.namespace["sid"]
    assert (row["login"], row["id_hash"]) == ("alice@acme.test", hashlib.sha256(sid.encode()).hexdigest())
    assert sid not in map(str, row.values())
    assert row["created"] == run.sandbox.exchanges(path="/login")[-1]["time"]


def test_the_answer_to_the_login_sets_the_key_and_says_nothing_of_alice(
    lesson: Callable[[str], RunLesson],
) -> None:
    run = lesson(LESSON)
    answer = run.sandbox.exchanges(path="/login")[-1]
    sent = str(answer["response_headers"]) + answer["response_body"]
    assert f"__Host-sid={run.namespace['sid']}; Secure; HttpOnly; Path=/; SameSite=Lax" in sent
    assert "alice" not in sent.lower()


def test_the_next_request_carries_the_key_and_only_that(lesson: Callable[[str], RunLesson]) -> None:
    run = lesson(LESSON)
    by_browser, by_guess = run.sandbox.exchanges(path="/me")
    assert ["Cookie", f"__Host-sid={run.namespace['sid']}"] in by_browser["request_headers"]
    assert by_browser["status"] == 200
    assert by_guess["status"] == 401


def test_an_id_that_the_server_did_not_make_opens_nothing_and_makes_no_row(
    lesson: Callable[[str], RunLesson],
) -> None:
    run = lesson(LESSON)
    (made_up,) = [value for name, value in run.exchanges[-1]["request_headers"] if name == "Cookie"]
    sent = made_up.partition("=")[2]
    assert len(sent) == len(run.namespace["sid"])
    hashes = {row["id_hash"] for row in run.sandbox.rows("app_sessions")}
    assert hashes.isdisjoint({hashlib.sha256(sent.encode()).hexdigest()})
    assert len(hashes) == 1


def test_with_the_user_id_in_the_cookie_anybody_is_bob(lesson: Callable[[str], RunLesson]) -> None:
    user_of = lesson(LESSON).namespace["user_of"]
    assert (user_of("uid=1"), user_of("uid=2")) == ("alice", "bob")
