"""Refresh tokens, when another request came between. Threads and processes: see tests of the stores."""

from dataclasses import replace
from typing import Any

import pytest

from sessions_sandbox import Sandbox
from sessions_sandbox.clock import START
from sessions_sandbox.records import Record, RefreshFamily
from tests.sessions_sandbox.flows import error_of, refresh, tokens_for


@pytest.mark.parametrize(
    ("meanwhile", "status", "live"),
    [
        ({"live": 2, "previous_rotated": START}, 200, 2),
        ({"live": 3, "previous_rotated": START}, 400, 3),
        ({"revoked": START}, 400, 1),
    ],
    ids=["rotated", "rotated twice", "revoked"],
)
def test_who_comes_second_looks_again(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, meanwhile: dict[str, Any], status: int, live: int
) -> None:
    """T-RT-9: another request changed the family between the look and the change."""
    token = tokens_for(sandbox, "spa")["refresh_token"]
    replace_row = sandbox.store.replace

    def late(old: Record, new: Record) -> bool:
        if isinstance(old, RefreshFamily) and old.live == 1 and old.revoked is None:
            assert replace_row(old, replace(old, **meanwhile))
        return replace_row(old, new)

    monkeypatch.setattr(sandbox.store, "replace", late)
    assert refresh(sandbox, token, "spa").status_code == status
    assert sandbox.rows("refresh_families")[0]["live"] == live


def test_a_reset_in_between_ends_the_search(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    token = tokens_for(sandbox)["refresh_token"]

    def gone(old: Record, new: Record) -> bool:
        sandbox.store.remove(type(old), old.key)
        return False

    monkeypatch.setattr(sandbox.store, "replace", gone)
    assert error_of(refresh(sandbox, token)) == (400, "invalid_grant")
