"""Rows in one SQLite file, for several threads and processes of one machine."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from sessions_sandbox.records import TABLES, Record
from sessions_sandbox.stores.protocol import EXPIRED_AT_ONCE, indexed_field
from sessions_sandbox.stores.rows import end_of, from_row, printable, to_row
from sessions_sandbox.stores.sqlite_file import explained, open_file

R = TypeVar("R", bound=Record)


class SqliteStore:
    """A table a record class: the row as JSON, and beside it what is asked for.

    What a method has acknowledged survives the end of the process, kill -9 included. (It survives a power cut
    only once SQLite has brought it to the disk; the file is whole in any case.)
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Raises `SandboxError` when the file cannot be opened, is damaged, or belongs to something else."""
        self._path = os.path.abspath(path)
        self._own = self._opened()

    def add(self, record: Record) -> bool:
        names = ("key", "body", "forget_at", *record.indexed)
        marks = ", ".join("?" * len(names))
        with self._connected() as connection:
            done = connection.execute(
                f"INSERT INTO {record.table} ({', '.join(names)}) VALUES ({marks}) ON CONFLICT DO NOTHING",
                (printable(record.key), to_row(record), end_of(record), *_indexed(record, record.indexed)),
            )
            return done.rowcount == 1

    def get(self, kind: type[R], key: str) -> R | None:
        with self._connected() as connection:
            found = connection.execute(f"SELECT body FROM {kind.table} WHERE key = ?", (printable(key),))
            row = found.fetchone()
            return None if row is None else from_row(kind, row[0])

    def find(self, kind: type[R], **field: str) -> list[R]:
        name, value = indexed_field(kind, field)
        return self._select(kind, f"WHERE {name} = ? ORDER BY number", printable(value))

    def all(self, kind: type[R]) -> list[R]:
        return self._select(kind, "ORDER BY number")

    def replace(self, old: R, new: R) -> bool:
        changed = [name for name in new.indexed if getattr(old, name) != getattr(new, name)]
        sets = ", ".join(f"{name} = ?" for name in ("body", "forget_at", *changed))
        with self._connected() as connection:
            done = connection.execute(
                f"UPDATE {old.table} SET {sets} WHERE key = ? AND body = ?",
                (to_row(new), end_of(new), *_indexed(new, changed), printable(old.key), to_row(old)),
            )
            return done.rowcount == 1

    def remove(self, kind: type[Record], key: str) -> bool:
        with self._connected() as connection:
            done = connection.execute(f"DELETE FROM {kind.table} WHERE key = ?", (printable(key),))
            return done.rowcount == 1

    def take_expired(self, now: int) -> list[Record]:
        taken: list[Record] = []
        with self._writing() as connection:
            for kind in TABLES:
                found = connection.execute(
                    f"SELECT number, body FROM {kind.table} WHERE forget_at <= ? LIMIT ?",
                    (now, EXPIRED_AT_ONCE - len(taken)),
                ).fetchall()
                taken += [from_row(kind, body) for _, body in found]
                numbers = [(number,) for number, _ in found]
                connection.executemany(f"DELETE FROM {kind.table} WHERE number = ?", numbers)
        return taken

    def count(self, name: str) -> int:
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO numbers VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET number = number + 1",
                (name,),
            )
            found = connection.execute("SELECT number FROM numbers WHERE name = ?", (name,))
            return int(found.fetchone()[0])

    def clear(self) -> None:
        with self._writing() as connection:
            for table in ("numbers", *(kind.table for kind in TABLES)):
                connection.execute(f"DELETE FROM {table}")

    def close(self) -> None:
        with self._connected() as connection:
            connection.close()

    def _select(self, kind: type[R], which: str, *values: str) -> list[R]:
        with self._connected() as connection:
            found = connection.execute(f"SELECT body FROM {kind.table} {which}", values)
            return [from_row(kind, body) for (body,) in found.fetchall()]

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """The connection of this process, one thread at a time. A forked process may not use its parent's."""
        if self._own[0] != os.getpid():
            self._own = self._opened()
        _, lock, connection = self._own
        try:
            with lock:
                yield connection
        except (sqlite3.Error, ValueError) as error:
            raise explained(self._path, error) from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction, begun as a writer's: one that began as a reader's could find others in its way."""
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def _opened(self) -> tuple[int, threading.Lock, sqlite3.Connection]:
        return os.getpid(), threading.Lock(), open_file(self._path)


def _indexed(record: Record, names: list[str] | tuple[str, ...]) -> list[str | None]:
    values = [getattr(record, name) for name in names]
    return [None if value is None else printable(value) for value in values]
