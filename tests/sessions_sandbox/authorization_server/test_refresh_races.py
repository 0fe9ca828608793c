"""Refresh tokens, when several requests come at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import requests

from sessions_sandbox import Sandbox
from sessions_sandbox.clock import START
from sessions_sandbox.records import Record, RefreshFamily
from tests.sessions_sandbox.flows import (
    error_of,
    is_active,
    refresh,
    tokens_for,
)


def _race(sandbox: Sandbox, token: str, client: str) -> list[requests.Response]:
    barrier = threading.Barrier(8)

    def use(_: int) -> requests.Response:
        barrier.wait(timeout=10)
        return refresh(sandbox, token, client)

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(use, range(8)))


@pytest.mark.parametrize("client", ["spa", "web"], ids=["rotating", "persistent"])
def test_eight_threads_leave_one_family(sandbox: Sandbox, client: str) -> None:
    """T-RT-9: within the grace all get the same answer."""
    token = tokens_for(sandbox, client)["refresh_token"]
    replies = _race(sandbox, token, client)
    assert {reply.status_code for reply in replies} == {200}
    (answer,) = {reply.json()["refresh_token"] for reply in replies}
    assert (answer == token) == (client == "web")
    (family,) = sandbox.rows("refresh_families")
    assert (family["live"], family["revoked"]) == (2 if client == "spa" else 1, None)
    assert refresh(sandbox, answer, client).status_code == 200


def test_eight_threads_without_grace_have_one_winner(sandbox: Sandbox) -> None:
    """T-RT-9: and the winner's tokens end too, for the others looked like thieves."""
    sandbox.set(refresh_grace_seconds=0)
    token = tokens_for(sandbox, "spa")["refresh_token"]
    replies = _race(sandbox, token, "spa")
    winners = [reply.json() for reply in replies if reply.status_code == 200]
    assert len(winners) == 1
    (family,) = sandbox.rows("refresh_families")
    assert (family["live"], family["revoked"]) == (2, sandbox.clock.now())
    assert not is_active(sandbox, winners[0]["access_token"])
    assert refresh(sandbox, winners[0]["refresh_token"], "spa").status_code == 400


@pytest.mark.parametrize(
    ("meanwhile", "status", "live"),
    [
        ({"live": 2, "previous_rotated": START}, 200, 2),
        ({"live": 3, "previous_rotated": START}, 400, 3),
        ({"revoked": START}, 400, 1),
    ],
    ids=["rotated", "rotated twice", "revoked"],
)
def test_who_comes_second_looks_again(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, meanwhile: dict[str, Any], status: int, live: int
) -> None:
    """T-RT-9: another request changed the family between the look and the change."""
    token = tokens_for(sandbox, "spa")["refresh_token"]
    replace_row = sandbox.store.replace

    def late(old: Record, new: Record) -> bool:
        if isinstance(old, RefreshFamily) and old.live == 1 and old.revoked is None:
            assert replace_row(old, replace(old, **meanwhile))
        return replace_row(old, new)

    monkeypatch.setattr(sandbox.store, "replace", late)
    assert refresh(sandbox, token, "spa").status_code == status
    assert sandbox.rows("refresh_families")[0]["live"] == live


def test_a_reset_in_between_ends_the_search(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    token = tokens_for(sandbox)["refresh_token"]

    def gone(old: Record, new: Record) -> bool:
        sandbox.store.remove(type(old), old.key)
        return False

    monkeypatch.setattr(sandbox.store, "replace", gone)
    assert error_of(refresh(sandbox, token)) == (400, "invalid_grant")
