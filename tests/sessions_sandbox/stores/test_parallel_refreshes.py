"""One refresh token, sent by sixteen threads at the same moment, on each kind of store."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from sessions_sandbox import Sandbox
from sessions_sandbox.stores import Store
from tests.sessions_sandbox.flows import error_of, is_active, refresh, tokens_for

THREADS = 16


@pytest.fixture
def sandbox(store: Store) -> Iterator[Sandbox]:
    """One for each kind of store."""
    with Sandbox(store) as sandbox:
        yield sandbox


def at_once(sandbox: Sandbox, token: str, client: str) -> list[requests.Response]:
    """What each thread is answered."""
    barrier = threading.Barrier(THREADS)

    def use(_: int) -> requests.Response:
        barrier.wait(timeout=60)
        return refresh(sandbox, token, client)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(use, range(THREADS)))


@pytest.mark.parametrize("client", ["spa", "web"], ids=["rotating", "persistent"])
def test_all_get_the_same_token(sandbox: Sandbox, client: str) -> None:
    """T-RT-9: within the grace, or where none is rotated."""
    token = tokens_for(sandbox, client)["refresh_token"]
    replies = at_once(sandbox, token, client)
    assert [reply.status_code for reply in replies] == [200] * THREADS
    (answer,) = {reply.json()["refresh_token"] for reply in replies}
    assert (answer == token) == (client == "web")
    assert len({reply.json()["access_token"] for reply in replies}) == THREADS
    (family,) = sandbox.rows("refresh_families")
    generations = [1, 2] if client == "spa" else [1]
    assert (family["live"], family["revoked"]) == (generations[-1], None)
    assert [row["generation"] for row in sandbox.rows("refresh_tokens")] == generations
    assert refresh(sandbox, answer, client).status_code == 200


def test_without_a_grace_one_wins(sandbox: Sandbox) -> None:
    """T-RT-9: and the winner's tokens end too, for the others looked like thieves."""
    sandbox.set(refresh_grace_seconds=0)
    token = tokens_for(sandbox, "spa")["refresh_token"]
    replies = at_once(sandbox, token, "spa")
    (won,) = [reply.json() for reply in replies if reply.status_code == 200]
    refused = [error_of(reply) for reply in replies if reply.status_code != 200]
    assert refused == [(400, "invalid_grant")] * (THREADS - 1)
    (family,) = sandbox.rows("refresh_families")
    assert (family["live"], family["revoked"]) == (2, sandbox.clock.now())
    assert not is_active(sandbox, won["access_token"])
    assert not is_active(sandbox, won["refresh_token"])
    assert error_of(refresh(sandbox, won["refresh_token"], "spa")) == (400, "invalid_grant")
