"""What only the SQLite store has: a file, which may be another's, damaged, locked or out of reach."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from sessions_sandbox import SandboxError
from sessions_sandbox.records import Grant
from sessions_sandbox.stores import sqlite_file
from sessions_sandbox.stores.sqlite import SqliteStore

GRANT = Grant("1", "default", "web", "alice", "openid", 1)


def written(path: Path, rows: int = 200) -> Path:
    """A store of some rows, closed, so that all of it lies in the one file."""
    with closing(SqliteStore(path)) as store:
        for number in range(rows):
            store.add(replace(GRANT, grant_id=str(number)))
    return path


def text_file(path: Path) -> None:
    path.write_text("This is a letter.\n" * 300)


def short_file(path: Path) -> None:
    path.write_bytes(b"x")


def of_another_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE grants (key TEXT, body TEXT)")
        connection.execute("INSERT INTO grants VALUES ('1', '{}')")
        connection.commit()


def of_another_program_and_empty(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA application_id = 7")


def of_another_version(path: Path) -> None:
    with closing(sqlite3.connect(written(path))) as connection:
        connection.execute("PRAGMA user_version = 7")


def cut_short(path: Path) -> None:
    whole = written(path).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def damaged(path: Path) -> None:
    content = bytearray(written(path).read_bytes())
    for place in range(4096, len(content), 4096):
        content[place : place + 64] = os.urandom(64)
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (text_file, "is no SQLite file"),
        (short_file, "is no SQLite file"),
        (of_another_program, "belongs to another program"),
        (of_another_program_and_empty, "belongs to another program"),
        (of_another_version, "was written by another version of sessions-sandbox"),
        (cut_short, "is damaged"),
        (damaged, "is damaged"),
    ],
)
def test_a_file_that_is_not_ours_is_refused_and_left_alone(
    tmp_path: Path, make: Callable[[Path], None], reason: str
) -> None:
    path = tmp_path / "sandbox.db"
    make(path)
    before = path.read_bytes()
    with pytest.raises(SandboxError) as refused:
        SqliteStore(path)
    assert str(refused.value).startswith(f"{path} {reason}")
    assert "it was left as it is: move it away or delete it, or name another file" in str(refused.value)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["sandbox.db"]


def test_a_path_that_cannot_be_a_file(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing" / "sandbox.db"):
        with pytest.raises(SandboxError, match=f"the store {path} cannot be used .* its folder exists"):
            SqliteStore(path)
    assert os.listdir(tmp_path) == []


def test_a_file_that_is_damaged_later_is_told(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "sandbox.db")) as store:
        store.add(GRANT)
        with closing(sqlite3.connect(tmp_path / "sandbox.db")) as connection:
            connection.execute("UPDATE grants SET body = 'x'")
            connection.commit()
        with pytest.raises(SandboxError, match=r"sandbox\.db is damaged"):
            store.all(Grant)


def test_a_full_file_is_told(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "sandbox.db")) as store:
        with store._connected() as connection:
            connection.execute("PRAGMA max_page_count = 1")
        with pytest.raises(SandboxError, match=r"database or disk is full.* that there is room"):
            store.add(replace(GRANT, scope="x" * 10_000))


def test_an_empty_file_is_taken(tmp_path: Path) -> None:
    (tmp_path / "sandbox.db").touch()
    with closing(SqliteStore(tmp_path / "sandbox.db")) as store:
        assert store.add(GRANT)


def test_a_writer_is_waited_for_but_not_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_file, "BUSY_SECONDS", 0.05)
    path = tmp_path / "sandbox.db"
    with closing(SqliteStore(path)) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for step in (lambda: store.add(GRANT), lambda: store.count("x"), store.clear):
            with pytest.raises(
                SandboxError, match=r"another process has held .*sandbox\.db for 0\.05 seconds"
            ):
                step()
        assert store.get(Grant, "1") is None
        other.execute("COMMIT")
        assert store.add(GRANT)


def test_readers_do_not_wait_for_a_writer(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.db"
    with closing(SqliteStore(path)) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        store.add(GRANT)
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM grants")
        assert store.all(Grant) == [GRANT]
        other.execute("COMMIT")
        assert store.all(Grant) == []


def test_a_step_that_fails_leaves_no_transaction_open(tmp_path: Path) -> None:
    def fail(store: SqliteStore) -> None:
        with store._writing() as connection:
            connection.execute("DELETE FROM grants")
            connection.execute("nonsense")

    with closing(SqliteStore(tmp_path / "sandbox.db")) as store:
        store.add(GRANT)
        with pytest.raises(SandboxError, match="nonsense"):
            fail(store)
        assert store.all(Grant) == [GRANT]
        assert store.count("x") == 1


def test_the_file_is_in_wal_mode(tmp_path: Path) -> None:
    written(tmp_path / "sandbox.db")
    with closing(sqlite3.connect(tmp_path / "sandbox.db")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_row_is_found_by_its_index_and_not_by_search(tmp_path: Path) -> None:
    with closing(sqlite3.connect(written(tmp_path / "sandbox.db"))) as connection:
        for question in ("uid = ?", "forget_at <= ?", "key = ?"):
            plan = connection.execute(f"EXPLAIN QUERY PLAN SELECT body FROM grants WHERE {question}", ("1",))
            assert "USING INDEX" in plan.fetchone()[3]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_process_has_a_connection_of_its_own(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "sandbox.db")) as store:
        store.add(GRANT)
        connection = store._own[2]
        child = os.fork()
        if child == 0:
            own = store.get(Grant, "1") == GRANT and store.add(replace(GRANT, grant_id="2"))
            os._exit(0 if own and store._own[2] is not connection else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert [row.key for row in store.all(Grant)] == ["1", "2"]
