"""What a store must do: keys, a few indexes, compare-and-set, numbers, and the end of what has expired."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from sessions_sandbox.records import Record

R = TypeVar("R", bound=Record)

EXPIRED_AT_ONCE = 500
"""How many rows `take_expired` takes at most, so that it neither holds up others nor fills the memory."""


class Store(Protocol):
    """Rows by table and key. Every method is atomic, also between threads and processes.

    Every method raises `SandboxError` when the place where the rows lie cannot be read or written.
    """

    def add(self, record: Record) -> bool:
        """Keep a new row. False, and nothing changes, when its table already holds the key."""

    def get(self, kind: type[R], key: str) -> R | None:
        """The row of a key."""

    def find(self, kind: type[R], **field: str) -> list[R]:
        """The rows whose one named field has the value, oldest first.

        Raises `LookupError` when the field is not one of `kind.indexed`.
        """

    def all(self, kind: type[R]) -> list[R]:
        """The rows of a table, oldest first."""

    def replace(self, old: R, new: R) -> bool:
        """Compare and set: put `new`, which has the same key, in the place of `old`.

        False, and nothing changes, when the store no longer holds `old` as given.
        """

    def remove(self, kind: type[Record], key: str) -> bool:
        """Forget a row. False when there was none."""

    def take_expired(self, now: int) -> list[Record]:
        """Forget rows whose `forget_at` has come, `EXPIRED_AT_ONCE` at most, and give them to one caller.

        `now`: Unix seconds. An empty list: no more have expired.
        """

    def count(self, name: str) -> int:
        """The next number of this name: 1 at first, and no number twice."""

    def clear(self) -> None:
        """Forget everything, the numbers too."""

    def close(self) -> None:
        """Give back what the store holds of this process. It is not used again."""


def change(store: Store, kind: type[R], key: str, step: Callable[[R], R]) -> R | None:
    """Apply `step` to a row, again and again until no one else changed it meanwhile.

    Returns the row as it stands afterwards, or `None` when there is no such row.
    """
    while (old := store.get(kind, key)) is not None:
        new = step(old)
        if new == old or store.replace(old, new):
            return new
    return None


def indexed_field(kind: type[Record], field: dict[str, str]) -> tuple[str, str]:
    """The one field that `Store.find` is asked for, and its value. Raises `LookupError` as `find` does."""
    ((name, value),) = field.items()
    if name not in kind.indexed:
        raise LookupError(f"{kind.table} has no index on {name}; it has {', '.join(kind.indexed) or 'none'}")
    return name, value
