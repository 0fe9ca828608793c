"""The store that a URL names."""

import sys
from pathlib import Path

import pytest

from sessions_sandbox import SandboxError
from sessions_sandbox.records import Grant
from sessions_sandbox.stores import MemoryStore, open_store

GRANT = Grant("1", "default", "web", "alice", "openid", 1)


def test_memory() -> None:
    assert isinstance(open_store("memory:"), MemoryStore)


@pytest.mark.parametrize("name", ["sandbox.db", "a b.db", "ä.db", "a:b", "a?b#c%20"])
def test_a_file_is_what_follows_the_colon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    store = open_store(f"sqlite:{name}")
    assert (tmp_path / name).is_file()
    store.add(GRANT)
    store.close()
    again = open_store(f"sqlite:{tmp_path / name}")
    assert again.all(Grant) == [GRANT]
    again.close()


def test_a_file_of_a_relative_path_stays_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    store = open_store("sqlite:x.db")
    monkeypatch.chdir("/")
    assert store.add(GRANT)
    store.close()


@pytest.mark.parametrize(
    "url",
    ["", "memory", "memory:x", "sqlite", "sqlite:", "sqlite:///x.db", "sqlite://x.db", "redis:6379", "x.db",
     "postgres://localhost", "http://127.0.0.1:6379"],
)  # fmt: skip
def test_another_url_is_refused(url: str) -> None:
    with pytest.raises(SandboxError, match=r"write memory:, sqlite:PATH .* or redis://"):
        open_store(url)


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    monkeypatch.delitem(sys.modules, "sessions_sandbox.stores.redis", raising=False)
    with pytest.raises(SandboxError, match=r"pip install 'sessions-sandbox\[redis\]'"):
        open_store("redis://127.0.0.1")
