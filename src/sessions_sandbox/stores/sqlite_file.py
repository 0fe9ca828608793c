"""The file of a SQLite store: made, opened, and refused if it is not ours. Nothing foreign is written to."""

import os
import sqlite3
import time
from collections.abc import Callable
from typing import TypeVar

from sessions_sandbox.errors import SandboxError
from sessions_sandbox.records import TABLES
from sessions_sandbox.stores.rows import layout

T = TypeVar("T")

APPLICATION_ID = 0x53455353
"""What stands in the header of every file of ours: "SESS"."""
SMALLEST = 512
"""Bytes of the smallest page, and so of the smallest file that is not empty."""
BUSY_SECONDS = 5.0
"""How long to wait while another process writes."""
BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def open_file(path: str) -> sqlite3.Connection:
    """A connection in autocommit mode, which any thread may use while no other does.

    Raises `SandboxError` when the file cannot be opened, is damaged, or belongs to something else.
    """
    # SQLite takes a file of a few bytes for an empty one. (To open it here would be wrong: closing it again
    # ends the locks that this process has on it.)
    if os.path.isfile(path) and 0 < os.path.getsize(path) < SMALLEST:
        raise _refusal(path, "is no SQLite file")
    try:
        connection = sqlite3.connect(path, BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    except sqlite3.Error as error:
        raise explained(path, error) from error
    try:
        _claim(path, connection)
    except sqlite3.Error as error:
        connection.close()
        raise explained(path, error) from error
    except BaseException:
        connection.close()
        raise
    return connection


def explained(path: str, error: Exception) -> SandboxError:
    """What to do about an error of SQLite's, or about a row that cannot be read (`ValueError`)."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in BUSY:
        return SandboxError(f"another process has held {path} for {BUSY_SECONDS:g} seconds: end it, or wait")
    if code == sqlite3.SQLITE_NOTADB:
        return _refusal(path, "is no SQLite file")
    if code == sqlite3.SQLITE_CORRUPT or isinstance(error, ValueError):
        return _refusal(path, f"is damaged ({error})")
    return SandboxError(
        f"the store {path} cannot be used ({error}): see that its folder exists, that there is room, and "
        "that you may write there"
    )


def _claim(path: str, connection: sqlite3.Connection) -> None:
    """See that the file is ours and whole; make the tables in one that is empty."""
    if _is_empty(connection):
        mode = _patiently(lambda: _pragma(connection, "journal_mode = WAL"))
        if mode != "wal":
            raise SandboxError(f"{path} cannot be shared there (no WAL): put the store on a local disk")
        connection.execute("BEGIN IMMEDIATE")
        if _is_empty(connection):
            _make_tables(connection)
        connection.execute("COMMIT")
    if _pragma(connection, "application_id") != APPLICATION_ID:
        raise _refusal(path, "belongs to another program")
    if _pragma(connection, "user_version") != layout():
        raise _refusal(path, "was written by another version of sessions-sandbox")
    damage = _pragma(connection, "quick_check(1)")
    if damage != "ok":
        raise _refusal(path, f"is damaged ({damage})")
    # What is committed is then in the operating system's hands, which outlive ours.
    connection.execute("PRAGMA synchronous = NORMAL")


def _is_empty(connection: sqlite3.Connection) -> bool:
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    return tables == 0 and _pragma(connection, "application_id") == 0


def _make_tables(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE numbers (name TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID")
    for kind in TABLES:
        columns = ", ".join(
            (
                "number INTEGER PRIMARY KEY",
                "key TEXT NOT NULL UNIQUE",
                "body TEXT NOT NULL",
                "forget_at INTEGER",
                *(f"{name} TEXT" for name in kind.indexed),
            )
        )
        connection.execute(f"CREATE TABLE {kind.table} ({columns})")
        for name in ("forget_at", *kind.indexed):
            connection.execute(
                f"CREATE INDEX {kind.table}_{name} ON {kind.table} ({name}) WHERE {name} IS NOT NULL"
            )
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {layout()}")


def _pragma(connection: sqlite3.Connection, text: str) -> object:
    return connection.execute(f"PRAGMA {text}").fetchone()[0]


def _patiently(step: Callable[[], T]) -> T:
    """Do a step for which SQLite itself does not wait: the change to WAL while another process looks in."""
    end = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            return step()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in BUSY or time.monotonic() > end:
                raise
            time.sleep(0.01)


def _refusal(path: str, reason: str) -> SandboxError:
    return SandboxError(
        f"{path} {reason}; it was left as it is: move it away or delete it, or name another file"
    )
