"""What several threads do to one store at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TypeVar

from sessions_sandbox.records import Grant, Record
from sessions_sandbox.stores import Store, change
from tests.sessions_sandbox.stores.test_protocol import form, grant

T = TypeVar("T")
THREADS = 8


def at_once(step: Callable[[int], T]) -> list[T]:
    """Let threads do something at the same moment."""
    barrier = threading.Barrier(THREADS)

    def begin(number: int) -> T:
        barrier.wait(timeout=10)
        return step(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(begin, range(THREADS)))


def test_one_thread_adds_a_row(store: Store) -> None:
    assert sum(at_once(lambda number: store.add(grant("1", uid=str(number))))) == 1


def test_one_thread_removes_a_row(store: Store) -> None:
    store.add(grant("1"))
    assert sum(at_once(lambda _: store.remove(Grant, "1"))) == 1


def test_one_thread_wins_a_row(store: Store) -> None:
    store.add(grant("1"))
    won = at_once(lambda number: store.replace(grant("1"), replace(grant("1"), scope=str(number))))
    assert sum(won) == 1
    assert store.all(Grant) == [replace(grant("1"), scope=str(won.index(True)))]


def test_no_change_is_lost(store: Store) -> None:
    store.add(grant("1"))

    def count(_: int) -> bool:
        for _step in range(50):
            change(store, Grant, "1", lambda row: replace(row, auth_time=row.auth_time + 1))
        return True

    at_once(count)
    assert store.all(Grant) == [replace(grant("1"), auth_time=100 + 50 * THREADS)]


def test_threads_read_while_others_write(store: Store) -> None:
    def work(number: int) -> bool:
        for step in range(50):
            store.add(grant(f"{number} {step}"))
            assert all(isinstance(row, Record) for row in store.all(Grant) + store.find(Grant, uid="alice"))
            store.remove(Grant, f"{number} {step}")
        return True

    assert all(at_once(work))
    assert store.all(Grant) == store.find(Grant, uid="alice") == []


def test_one_thread_takes_an_expired_row(store: Store) -> None:
    for number in range(20):
        store.add(form(str(number), 1))
    taken = at_once(lambda _: store.take_expired(1))
    assert sorted(row.key for rows in taken for row in rows) == sorted(map(str, range(20)))


def test_no_number_is_given_twice(store: Store) -> None:
    numbers = at_once(lambda _: [store.count("a") for _ in range(25)])
    assert sorted(number for part in numbers for number in part) == list(range(1, 25 * THREADS + 1))
