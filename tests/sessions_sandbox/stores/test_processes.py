"""Several processes with one store are one sandbox."""

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from typing import Any

import pytest

from sessions_sandbox import Sandbox
from sessions_sandbox.clock import START
from sessions_sandbox.records import Grant, PendingLogin
from sessions_sandbox.stores import open_store
from tests.sessions_sandbox.flows import VERIFIER, code_for, is_active, tokens_for
from tests.sessions_sandbox.stores import processes
from tests.sessions_sandbox.stores.processes import PROCESSES, TOGETHER

Everywhere = Callable[..., list[Any]]


@pytest.fixture(scope="module")
def everywhere() -> Iterator[Everywhere]:
    """Calls a function in several processes at once, and gives what each returned."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(TOGETHER)
    with ProcessPoolExecutor(PROCESSES, context, processes.begin, (barrier,)) as pool:

        def call(step: Callable[..., Any], *arguments: object) -> list[Any]:
            begun = [pool.submit(step, *(a[n] if isinstance(a, range) else a for a in arguments))
                     for n in range(PROCESSES)]  # fmt: skip
            return [call.result(timeout=150) for call in begun]

        yield call


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Callable[..., Any]]:
    """Calls a function in another process."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        yield lambda step, *arguments: pool.submit(step, *arguments).result(timeout=150)


@pytest.fixture
def sandbox(shared_url: str) -> Iterator[Sandbox]:
    """Ours, with a store that other processes open too."""
    with closing(open_store(shared_url)) as store, Sandbox(store) as sandbox:
        yield sandbox


def refreshing(token: str) -> dict[str, str]:
    return {"grant_type": "refresh_token", "refresh_token": token, "client_id": processes.client_id("spa")}


def test_parallel_refreshes_give_one_family_state(
    sandbox: Sandbox, shared_url: str, everywhere: Everywhere
) -> None:
    """T-RT-9 across processes: within the grace each of them gets the one next token."""
    first = tokens_for(sandbox, "spa")
    form = refreshing(first["refresh_token"])
    answers = [answer for part in everywhere(processes.send, shared_url, form) for answer in part]
    assert [status for status, _ in answers] == [200] * TOGETHER
    assert len({body["refresh_token"] for _, body in answers} - {first["refresh_token"]}) == 1
    assert len({body["access_token"] for _, body in answers}) == TOGETHER
    assert [(row["live"], row["revoked"]) for row in sandbox.rows("refresh_families")] == [(2, None)]
    assert [row["generation"] for row in sandbox.rows("refresh_tokens")] == [1, 2]
    assert len(sandbox.rows("access_tokens")) == TOGETHER + 1


def test_a_rotation_is_atomic(sandbox: Sandbox, shared_url: str, everywhere: Everywhere) -> None:
    """T-RT-9 across processes: without a grace one of them wins, and the others are reuse."""
    sandbox.set(refresh_grace_seconds=0)
    form = refreshing(tokens_for(sandbox, "spa")["refresh_token"])
    answers = [answer for part in everywhere(processes.send, shared_url, form) for answer in part]
    won = [body for status, body in answers if status == 200]
    assert len(won) == 1
    assert {body["error"] for status, body in answers if status == 400} == {"invalid_grant"}
    (family,) = sandbox.rows("refresh_families")
    assert (family["live"], family["revoked"]) == (2, START)
    assert not is_active(sandbox, won[0]["access_token"])
    assert not is_active(sandbox, won[0]["refresh_token"])
    assert "app.oauth2.as.token.detect_reuse" in [event["event"] for event in sandbox.log()]


def test_a_code_is_redeemed_once(sandbox: Sandbox, shared_url: str, everywhere: Everywhere) -> None:
    """T-TOK-3 across processes."""
    form = {
        "grant_type": "authorization_code",
        "code": code_for(sandbox, "spa"),
        "client_id": processes.client_id("spa"),
        "redirect_uri": sandbox.client("spa").redirect_uri,
        "code_verifier": VERIFIER,
    }
    answers = [answer for part in everywhere(processes.send, shared_url, form) for answer in part]
    assert sum(status == 200 for status, _ in answers) <= 1
    assert {body.get("error") for status, body in answers if status != 200} == {"invalid_grant"}
    assert [row["used"] for row in sandbox.rows("authorization_codes")] == [True]
    assert sandbox.rows("grants")[0]["revoked"] == START


def test_a_row_is_added_once_and_no_change_is_lost(shared_url: str, everywhere: Everywhere) -> None:
    with closing(open_store(shared_url)) as store:
        store.add(Grant("count", "default", "web", "alice", "openid", 0))
        added = everywhere(processes.add_and_change, shared_url, range(PROCESSES))
        assert sum(added) == 20
        assert {row.key for row in store.all(Grant)} == {"count", *(f"row {number}" for number in range(20))}
        count = store.get(Grant, "count")
        assert count is not None
        assert count.auth_time == 20 * TOGETHER


def test_no_number_is_given_twice(shared_url: str, everywhere: Everywhere) -> None:
    numbers = everywhere(processes.count, shared_url)
    assert sorted(number for part in numbers for number in part) == list(range(1, 20 * TOGETHER + 1))


def test_an_expired_row_is_taken_once(shared_url: str, everywhere: Everywhere) -> None:
    with closing(open_store(shared_url)) as store:
        for number in range(50):
            store.add(PendingLogin(str(number), "csrf", "/", 1))
        taken = everywhere(processes.take, shared_url, 1)
        assert sorted(key for part in taken for key in part) == sorted(map(str, range(50)))
        assert store.all(PendingLogin) == []


def test_a_new_store_may_be_opened_by_many_at_once(shared_url: str, everywhere: Everywhere) -> None:
    assert everywhere(processes.open_and_add, shared_url, range(PROCESSES)) == [[True] * 4] * PROCESSES
    with closing(open_store(shared_url)) as store:
        assert len(store.all(Grant)) == TOGETHER


def test_the_clock_is_the_same_everywhere(
    sandbox: Sandbox, shared_url: str, elsewhere: Callable[..., Any]
) -> None:
    tokens = tokens_for(sandbox)
    assert is_active(sandbox, tokens["access_token"])
    sandbox.clock.advance(seconds=5)
    assert elsewhere(processes.control, shared_url, 1, {}) == START + 86405
    assert not is_active(sandbox, tokens["access_token"])
    assert sandbox.clock.now() == START + 86405
    assert sandbox.exchanges()[-1]["time"] == START + 86405


def test_switches_and_resets_are_the_same_everywhere(
    sandbox: Sandbox, shared_url: str, elsewhere: Callable[..., Any]
) -> None:
    sandbox.set(refresh_grace_seconds=7)
    tokens = tokens_for(sandbox)
    elsewhere(processes.control, shared_url, 0, {"introspection_sees_revocation": False})
    assert is_active(sandbox, tokens["access_token"])
    assert sandbox.switches.introspection_sees_revocation is False
    assert sandbox.switches.refresh_grace_seconds == 7
    sandbox.clock.advance(days=1)
    elsewhere(processes.reset, shared_url)
    assert not is_active(sandbox, tokens["access_token"])
    assert sandbox.switches.introspection_sees_revocation is True
    assert sandbox.switches.refresh_grace_seconds is None
    assert sandbox.clock.now() == START
    assert len(sandbox.exchanges()) == 1
    assert len(sandbox.rows("users")) == 4
    assert tokens_for(sandbox)["access_token"] == tokens["access_token"]
