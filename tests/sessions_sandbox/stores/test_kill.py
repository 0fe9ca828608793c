"""A process that is killed loses nothing that it has acknowledged."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from sessions_sandbox.records import Grant
from sessions_sandbox.stores.sqlite import SqliteStore

WRITER = """
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from sessions_sandbox.records import Grant
from sessions_sandbox.stores import open_store, change
from dataclasses import replace

store = open_store("sqlite:" + sys.argv[1])

def write(thread):
    for number in count():
        grant = Grant(f"{sys.argv[2]} {thread} {number}", "default", "web", "alice", "openid", 1)
        assert store.add(grant)
        assert store.replace(grant, replace(grant, revoked=store.count("x")))
        sys.stdout.write(f"{grant.grant_id}\\n")
        sys.stdout.flush()

with ThreadPoolExecutor(3) as pool:
    list(pool.map(write, range(3)))
"""


def killed_while_writing(path: Path, name: str, acknowledged: int) -> list[str]:
    """Let a process write, kill it after some acknowledgements, and give all that it had sent."""
    command = [sys.executable, "-c", WRITER, str(path), name]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(acknowledged)]
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.readlines()
    assert process.returncode == -signal.SIGKILL
    return [line.removesuffix("\n") for line in lines if line.endswith("\n")]


def test_acknowledged_writes_survive_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.db"
    kept: set[str] = set()
    highest = 0
    for name, acknowledged in (("one", 50), ("two", 311), ("three", 2000)):
        told = killed_while_writing(path, name, acknowledged)
        assert len(told) >= acknowledged
        kept |= set(told)
        with closing(SqliteStore(path)) as store:
            rows = {row.key: row for row in store.all(Grant)}
            assert kept <= rows.keys()
            numbers = [row.revoked for row in rows.values() if row.revoked is not None]
            assert all(rows[key].revoked is not None for key in kept)
            assert len(set(numbers)) == len(numbers)
            assert store.count("x") > max(numbers) > highest
            highest = max(numbers)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_another_process_goes_on_while_one_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.db"
    with closing(SqliteStore(path)) as store:
        told = killed_while_writing(path, "other", 100)
        assert all(store.get(Grant, key) is not None for key in told)
        assert store.add(Grant("mine", "default", "web", "alice", "openid", 1))
