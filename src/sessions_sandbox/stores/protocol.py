"""What a store must do. Shaped so that SQLite and Redis can do it too: keys, a few indexes, compare-and-set."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from sessions_sandbox.records import Record

R = TypeVar("R", bound=Record)


class Store(Protocol):
    """Rows by table and key. Every method is atomic, also between threads and processes."""

    def add(self, record: Record) -> bool:
        """Keep a new row. False, and nothing changes, when its table already holds the key."""

    def get(self, kind: type[R], key: str) -> R | None:
        """The row of a key."""

    def find(self, kind: type[R], **field: str) -> list[R]:
        """The rows whose one named field (one of `kind.indexed`) has the value, oldest first."""

    def all(self, kind: type[R]) -> list[R]:
        """The rows of a table, oldest first."""

    def replace(self, old: R, new: R) -> bool:
        """Compare and set: put `new` in the place of `old`. False when the store no longer holds `old` as given."""

    def remove(self, kind: type[Record], key: str) -> bool:
        """Forget a row. False when there was none."""

    def clear(self) -> None:
        """Forget everything."""


def change(store: Store, kind: type[R], key: str, step: Callable[[R], R]) -> R | None:
    """Apply `step` to a row, again and again until no one else changed it meanwhile.

    Returns the row as it stands afterwards, or `None` when there is no such row.
    """
    while (old := store.get(kind, key)) is not None:
        new = step(old)
        if new == old or store.replace(old, new):
            return new
    return None
