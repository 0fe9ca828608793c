"""Several workers of one server: with a store that they share they are one sandbox."""

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from sessions_sandbox.clock import START
from sessions_sandbox.served.process import sandbox_process
from sessions_sandbox.served.remote import RemoteSandbox
from tests.sessions_sandbox.stores.redis_server import redis_server

TOGETHER = 16
ASKED = 24
"""How often each new connection finds the same one of two workers, when it should not: once in 2^23."""


@contextmanager
def store_url(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:{folder / 'sandbox.db'}"
    else:
        with redis_server() as url:
            yield f"{url}?prefix=workers"


@pytest.fixture(scope="module", params=["sqlite", "redis"])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with (
        store_url(request.param, tmp_path_factory.mktemp("store")) as store,
        sandbox_process(f"--store={store}", "--workers=2") as address,
    ):
        yield address


def ask_each(address: str, command: str, **sent: object) -> list[Any]:
    """The answers to a control command, each over a connection of its own."""
    url, header = f"{address}/control/{command}", {"Sandbox-Control": "yes"}

    def ask(_: int) -> Any:
        with requests.Session() as session:
            session.trust_env = False
            return session.post(url, json=sent, headers=header, timeout=10).json()

    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(ask, range(ASKED)))


def refresh_together(sandbox: RemoteSandbox, token: str) -> list[tuple[int, Any]]:
    form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": sandbox.client("spa").id}
    barrier = threading.Barrier(TOGETHER)

    def refresh(_: int) -> tuple[int, Any]:
        barrier.wait(timeout=10)
        reply = requests.post(f"{sandbox.issuer}/v1/token", form, timeout=30)
        return reply.status_code, reply.json()

    with ThreadPoolExecutor(TOGETHER) as pool:
        return list(pool.map(refresh, range(TOGETHER)))


def test_the_time_runs_for_all_from_the_beginning(served: str) -> None:
    before = int(time.time())
    assert all(before <= now <= time.time() for now in ask_each(served, "now"))


def test_parallel_refreshes_give_one_family_state(served: str) -> None:
    """T-RT-9: by two processes, over real sockets."""
    with RemoteSandbox(served) as sandbox:
        first = sandbox.sign_in("alice@acme.test", client="spa")
        answers = refresh_together(sandbox, first["refresh_token"])
        assert [status for status, _ in answers] == [200] * TOGETHER
        assert len({body["refresh_token"] for _, body in answers} - {first["refresh_token"]}) == 1
        (family,) = sandbox.rows("refresh_families")
        assert (family["live"], family["revoked"]) == (2, None)
        assert len(sandbox.rows("access_tokens")) == TOGETHER + 1
        notes = {
            json.dumps(exchanges) for exchanges in ask_each(served, "exchanges", host=None, path="/token")
        }
        assert sum(len(json.loads(note)) for note in notes) == TOGETHER + 1
        assert len(notes) == 2, "both workers took part, and each notes its own exchanges"


def test_a_rotation_is_atomic(served: str) -> None:
    """T-RT-9: without a grace one wins, and the others are reuse."""
    with RemoteSandbox(served) as sandbox:
        sandbox.set(refresh_grace_seconds=0)
        token = sandbox.sign_in("alice@acme.test", client="spa")["refresh_token"]
        answers = refresh_together(sandbox, token)
        assert sorted(status for status, _ in answers) == [200] + [400] * (TOGETHER - 1)
        (family,) = sandbox.rows("refresh_families")
        assert (family["live"], family["revoked"]) == (2, START)


def test_clock_and_switches_are_those_of_all(served: str) -> None:
    with RemoteSandbox(served) as sandbox:
        assert set(ask_each(served, "now")) == {START}
        sandbox.clock.advance(days=1)
        assert set(ask_each(served, "now")) == {START + 86400}
        sandbox.set(authorization_server_down=True)
        for _ in range(ASKED):
            assert requests.get(f"{sandbox.issuer}/v1/keys", timeout=10).status_code == 503
