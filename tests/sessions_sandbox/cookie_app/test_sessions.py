"""The sessions of the cookie app: how long they last, and the list that their user sees."""

import pytest

from sessions_sandbox import Sandbox
from sessions_sandbox.records import User
from sessions_sandbox.stores import sweep
from tests.sessions_sandbox.cookie_app.visits import (
    COOKIE,
    assert_deletes,
    csrf_token,
    get,
    log_in,
    post,
    sid_of,
    who,
)
from tests.sessions_sandbox.flows import ALICE, BOB, deactivate


def test_a_session_ends_when_it_lies_idle(sandbox: Sandbox) -> None:
    """T-CK-5: each request keeps it alive."""
    sid = log_in(sandbox).session.cookies[COOKIE]
    for _ in range(3):
        sandbox.clock.advance(minutes=29, seconds=59)
        assert who(sandbox, sid).status_code == 200
    sandbox.clock.advance(minutes=30)
    reply = who(sandbox, sid)
    assert reply.status_code == 401
    assert_deletes(reply)
    assert sandbox.rows("app_sessions") == []
    assert sandbox.log()[-1]["event"] == "user.session.end"


def test_a_session_ends_however_busy_it_is(sandbox: Sandbox) -> None:
    """T-CK-6"""
    sid = log_in(sandbox).session.cookies[COOKIE]
    for _ in range(8 * 3 - 1):
        sandbox.clock.advance(minutes=20)
        assert who(sandbox, sid).status_code == 200
    sandbox.clock.advance(minutes=20, seconds=-1)
    assert who(sandbox, sid).status_code == 200
    sandbox.clock.advance(seconds=1)
    assert who(sandbox, sid).status_code == 401
    assert sandbox.rows("app_sessions") == []


def test_the_idle_limit_can_be_set(sandbox: Sandbox) -> None:
    """T-CK-5"""
    sandbox.set(app_session_idle_seconds=60)
    sid = sid_of(log_in(sandbox))
    for seconds, status in ((59, 200), (59, 200), (60, 401)):
        sandbox.clock.advance(seconds=seconds)
        assert who(sandbox, sid).status_code == status


def test_no_session_lies_idle_for_more_than_a_day(sandbox: Sandbox) -> None:
    """T-CK-5: its row would be swept."""
    sandbox.set(app_session_idle_seconds=10 * 86400, app_session_absolute_seconds=10 * 86400)
    sid = sid_of(log_in(sandbox))
    sandbox.clock.advance(days=1, seconds=-1)
    sweep(sandbox.store, sandbox.clock.now())
    assert who(sandbox, sid).status_code == 200
    sandbox.clock.advance(days=1)
    assert who(sandbox, sid).status_code == 401


def test_the_absolute_limit_can_be_set(sandbox: Sandbox) -> None:
    """T-CK-6: shorter and longer than it is."""
    sandbox.set(app_session_absolute_seconds=60)
    sid = sid_of(log_in(sandbox))
    sandbox.clock.advance(seconds=59)
    assert who(sandbox, sid).status_code == 200
    sandbox.clock.advance(seconds=1)
    assert who(sandbox, sid).status_code == 401
    sandbox.set(app_session_absolute_seconds=10 * 3600)
    sid = sid_of(log_in(sandbox))
    for _ in range(9 * 3):
        sandbox.clock.advance(minutes=20)
        assert who(sandbox, sid).status_code == 200


def test_an_account_that_is_gone_has_no_session(sandbox: Sandbox) -> None:
    sid = sid_of(log_in(sandbox))
    assert sandbox.store.remove(User, sandbox.rows("users")[0]["uid"])
    assert who(sandbox, sid).status_code == 401


def test_a_user_sees_their_own_sessions_and_no_secrets(sandbox: Sandbox) -> None:
    start = sandbox.clock.now()
    first = sid_of(log_in(sandbox))
    sandbox.clock.advance(minutes=10)
    log_in(sandbox, BOB)
    second = sid_of(log_in(sandbox))
    sandbox.clock.advance(minutes=5)
    reply = get(sandbox, "/sessions", second)
    assert (reply.status_code, reply.headers["Cache-Control"]) == (200, "no-store")
    assert reply.json() == {
        "sessions": [
            {"current": False, "created": start, "last_seen": start},
            {"current": True, "created": start + 600, "last_seen": start + 900},
        ]
    }
    assert [one["current"] for one in get(sandbox, "/sessions", first).json()["sessions"]] == [True, False]


def test_a_dead_session_is_not_in_the_list(sandbox: Sandbox) -> None:
    log_in(sandbox)
    sandbox.clock.advance(minutes=30)
    sid = sid_of(log_in(sandbox))
    assert len(sandbox.rows("app_sessions")) == 2
    assert len(get(sandbox, "/sessions", sid).json()["sessions"]) == 1


def test_a_user_ends_their_other_sessions(sandbox: Sandbox) -> None:
    one, two, three = (sid_of(log_in(sandbox)) for _ in range(3))
    of_bob = sid_of(log_in(sandbox, BOB))
    form = {"csrf_token": csrf_token(sandbox, two), "password": ALICE[1]}
    reply = post(sandbox, "/sessions/revoke-others", two, form)
    assert (reply.status_code, reply.json()) == (200, {"ended": 2})
    assert reply.headers["Cache-Control"] == "no-store"
    assert [who(sandbox, sid).status_code for sid in (one, two, three, of_bob)] == [401, 200, 401, 200]
    assert [event["event"] for event in sandbox.log()][4:] == ["user.session.end"] * 2


@pytest.mark.parametrize("password", [None, "", "wrong", BOB[1]])
def test_ending_the_others_takes_the_password(sandbox: Sandbox, password: str | None) -> None:
    one, two = (sid_of(log_in(sandbox)) for _ in range(2))
    form = {"csrf_token": csrf_token(sandbox, two)} | ({} if password is None else {"password": password})
    reply = post(sandbox, "/sessions/revoke-others", two, form)
    assert (reply.status_code, reply.json()) == (403, {"error": "password_wrong"})
    assert who(sandbox, one).status_code == 200


def test_a_session_without_a_user_is_not_in_the_list(sandbox: Sandbox) -> None:
    sid = sid_of(log_in(sandbox))
    deactivate(sandbox, ALICE[0])
    assert get(sandbox, "/sessions", sid).status_code == 401
