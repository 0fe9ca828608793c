"""The whole sandbox on each kind of store."""

from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
import requests

from sessions_sandbox import Sandbox, SandboxError
from sessions_sandbox.clock import START
from sessions_sandbox.stores import MemoryStore, Store, open_store
from tests.sessions_sandbox.flows import ask, is_active, refresh, tokens_for


def program(store: Store) -> list[Any]:
    """What a program sees of a sandbox: every exchange, and the rows."""
    with Sandbox(store) as sandbox:
        tokens = sandbox.sign_in("alice@acme.test", client="spa")
        refresh(sandbox, tokens["refresh_token"], "spa")
        sandbox.clock.advance(minutes=10)
        sandbox.set(refresh_grace_seconds=0)
        refresh(sandbox, tokens["refresh_token"], "spa")
        is_active(sandbox, tokens["access_token"])
        ask(sandbox, "revoke", "spa", token=tokens["refresh_token"])
        tables = ("grants", "access_tokens", "refresh_families", "refresh_tokens", "authorization_codes")
        return [sandbox.exchanges(), [sandbox.rows(table) for table in tables], sandbox.log()]


def test_a_program_sees_the_same_on_every_store(store: Store) -> None:
    assert program(store) == program(MemoryStore())


def test_a_reset_makes_a_used_store_as_new(store: Store) -> None:
    with Sandbox(store) as sandbox:
        first = sandbox.sign_in("alice@acme.test"), sandbox.exchanges()
        sandbox.clock.advance(days=3)
        sandbox.reset()
        assert (sandbox.sign_in("alice@acme.test"), sandbox.exchanges()) == first


def test_a_sandbox_goes_on_where_another_stopped(shared_url: str) -> None:
    """Time, switches and rows; and no id is given again."""
    with closing(open_store(shared_url)) as store, Sandbox(store) as sandbox:
        before = tokens_for(sandbox)
        sandbox.clock.advance(minutes=30)
        sandbox.set(latency_ms=1)
    with closing(open_store(shared_url)) as store, Sandbox(store) as sandbox:
        assert sandbox.clock.now() == START + 1800
        assert sandbox.switches.latency_ms == 1
        assert is_active(sandbox, before["access_token"])
        after = tokens_for(sandbox)
        assert len(sandbox.rows("access_tokens")) == 2
        assert before["refresh_token"] != after["refresh_token"]


def test_two_sandboxes_of_one_store_in_one_process(store: Store) -> None:
    one, other = Sandbox(store), Sandbox(store)
    one.clock.advance(days=1)
    assert other.clock.now() == one.clock.now() == START + 86400
    other.set(latency_ms=3)
    other.reset()
    assert one.clock.now() == START
    assert one.switches.latency_ms == 0


@pytest.mark.parametrize("broken", ["get", "add"])
def test_a_store_that_fails_makes_503_and_tells_the_log_why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], broken: str
) -> None:
    def fail(*arguments: object) -> Callable[..., object]:
        raise SandboxError("the disk of /secret/path is full")

    with Sandbox() as sandbox:
        monkeypatch.setattr(sandbox.store, broken, fail)
        reply = requests.get(f"{sandbox.app}/login", timeout=5)
        assert (reply.status_code, reply.json()) == (503, {"error": "store_unavailable"})
        assert reply.headers["Retry-After"] == "5"
        assert "the disk of /secret/path is full" in capsys.readouterr().err
        monkeypatch.undo()
        assert requests.get(f"{sandbox.app}/login", timeout=5).status_code == 200
