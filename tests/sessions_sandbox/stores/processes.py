"""What the tests let other processes do to a store. Each function is called in a process of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from multiprocessing.synchronize import Barrier
from typing import Any, TypeVar

from werkzeug.test import Client

from sessions_sandbox import Sandbox
from sessions_sandbox.records import Grant
from sessions_sandbox.seed import CLIENTS, IDP
from sessions_sandbox.stores import change, open_store

T = TypeVar("T")
PROCESSES = 4
THREADS = 4
"""Of each process."""
TOGETHER = PROCESSES * THREADS
_barriers: list[Barrier] = []


def begin(barrier: Barrier) -> None:
    """Called once in each process: `barrier` is for all threads of all processes."""
    _barriers.append(barrier)


def at_once(step: Callable[[int], T]) -> list[T]:
    """Let the threads of this process do something, when those of all processes are ready."""

    def wait_and_do(number: int) -> T:
        _barriers[0].wait(timeout=120)
        return step(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(wait_and_do, range(THREADS)))


def send(url: str, form: dict[str, str]) -> list[tuple[int, Any]]:
    """POST to the token endpoint from each thread; status and body of each answer."""
    with closing(open_store(url)) as store, Sandbox(store) as sandbox:

        def post(_: int) -> tuple[int, Any]:
            reply = Client(sandbox).post("/oauth2/default/v1/token", base_url=IDP, data=form)
            return reply.status_code, reply.json

        return at_once(post)


def add_and_change(url: str, process: int) -> int:
    """Add rows that every other thread adds too, and count up in one; gives how many were added here."""
    with closing(open_store(url)) as store:

        def work(_: int) -> int:
            added = 0
            for number in range(20):
                added += store.add(Grant(f"row {number}", "default", "web", "alice", "openid", process))
                change(store, Grant, "count", lambda row: replace(row, auth_time=row.auth_time + 1))
            return added

        return sum(at_once(work))


def count(url: str) -> list[int]:
    """Numbers of one name."""
    with closing(open_store(url)) as store:
        numbers = at_once(lambda _: [store.count("x") for _ in range(20)])
    return [number for part in numbers for number in part]


def take(url: str, now: int) -> list[str]:
    """The keys of the expired rows that this process got."""
    with closing(open_store(url)) as store:
        taken = at_once(lambda _: store.take_expired(now))
    return [row.key for part in taken for row in part]


def open_and_add(url: str, process: int) -> list[bool]:
    """Open a store for the first time, at the same moment as all others."""

    def first(thread: int) -> bool:
        with closing(open_store(url)) as store:
            return store.add(Grant(f"{process} {thread}", "default", "web", "alice", "openid", 1))

    return at_once(first)


def control(url: str, days: int, switches: dict[str, Any]) -> int:
    """Move the clock of the sandbox and turn switches, as another worker may; gives the time there."""
    with closing(open_store(url)) as store, Sandbox(store) as sandbox:
        sandbox.set(**switches)
        return sandbox.clock.advance(days=days)


def reset(url: str) -> None:
    """Put the sandbox back to its start."""
    with closing(open_store(url)) as store, Sandbox(store) as sandbox:
        sandbox.reset()


def client_id(name: str) -> str:
    return next(client.id for client in CLIENTS if client.name == name)
