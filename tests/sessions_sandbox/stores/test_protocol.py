"""What every store must do: in memory, in a file, in Redis."""

from dataclasses import replace

import pytest

from sessions_sandbox.records import (
    LOG_SECONDS,
    TABLES,
    AccessToken,
    Grant,
    LogEvent,
    PendingLogin,
    RefreshFamily,
    User,
)
from sessions_sandbox.stores import MemoryStore, Store, change
from sessions_sandbox.stores.protocol import EXPIRED_AT_ONCE

HOSTILE = [
    "",
    " ",
    "a b",
    '"',
    "\\",
    "\\u0000",
    "\x00",
    "a\x00b",
    "\n",
    "%",
    "*",
    "\u00e4",
    "\U0001f642",
    "\ud800",
    "'; --",
]


def grant(key: str, uid: str = "alice", client: str = "web") -> Grant:
    return Grant(key, "default", client, uid, "openid", 100)


def form(key: str, expires: int) -> PendingLogin:
    return PendingLogin(key, "csrf", "/", expires)


def test_a_row_comes_back_as_it_was(store: Store) -> None:
    row = AccessToken("AT.1", "default", "web", None, "svc", "a b", "api://default", 1, 2, None)
    assert store.add(row) is True
    assert store.get(AccessToken, "AT.1") == row
    assert store.get(AccessToken, "AT.2") is None
    assert store.get(Grant, "AT.1") is None


def test_a_key_is_taken_once(store: Store) -> None:
    assert store.add(grant("1"))
    assert store.add(grant("1", uid="bob")) is False
    assert store.get(Grant, "1") == grant("1")
    assert store.find(Grant, uid="bob") == []


def test_every_table_starts_empty(store: Store) -> None:
    assert all(store.all(kind) == [] for kind in TABLES)


def test_rows_come_oldest_first(store: Store) -> None:
    for key in ("3", "1", "2"):
        store.add(grant(key))
    store.replace(grant("3"), replace(grant("3"), scope="email"))
    assert [row.key for row in store.all(Grant)] == ["3", "1", "2"]
    assert [row.key for row in store.find(Grant, uid="alice")] == ["3", "1", "2"]


def test_rows_are_found_by_an_indexed_field(store: Store) -> None:
    rows = [grant("1"), grant("2", uid="bob"), grant("3", client="spa")]
    for row in rows:
        store.add(row)
    assert store.find(Grant, uid="alice") == [rows[0], rows[2]]
    assert store.find(Grant, client_id="spa") == [rows[2]]
    assert store.find(Grant, uid="nobody") == []
    store.remove(Grant, "1")
    assert store.find(Grant, uid="alice") == [rows[2]]


def test_a_changed_field_is_found_by_its_new_value(store: Store) -> None:
    store.add(grant("1"))
    store.replace(grant("1"), grant("1", uid="bob"))
    assert store.find(Grant, uid="alice") == []
    assert store.find(Grant, uid="bob") == [grant("1", uid="bob")]
    store.remove(Grant, "1")
    assert store.find(Grant, uid="bob") == []


def test_other_fields_cannot_be_asked_for(store: Store) -> None:
    with pytest.raises(LookupError, match="grants has no index on scope; it has uid, client_id"):
        store.find(Grant, scope="openid")
    with pytest.raises(LookupError, match="it has none"):
        store.find(LogEvent, event="x")


def test_compare_and_set(store: Store) -> None:
    old, new = grant("1"), replace(grant("1"), revoked=5)
    assert store.replace(old, new) is False
    store.add(old)
    assert store.replace(old, new) is True
    assert store.replace(old, grant("1", uid="bob")) is False
    assert store.get(Grant, "1") == new


def test_a_row_is_removed_once(store: Store) -> None:
    store.add(grant("1"))
    assert store.remove(Grant, "1") is True
    assert store.remove(Grant, "1") is False
    assert store.get(Grant, "1") is None
    assert store.add(grant("1"))


def test_clear_forgets_all(store: Store) -> None:
    store.add(grant("1"))
    store.add(User("1", "alice", "Alice", "x"))
    store.clear()
    assert store.all(Grant) == store.find(Grant, uid="alice") == []
    assert store.add(grant("1"))


def test_change_gives_the_row_as_it_stands(store: Store) -> None:
    assert change(store, Grant, "1", lambda row: row) is None
    store.add(grant("1"))
    assert change(store, Grant, "1", lambda row: row) == grant("1")
    assert change(store, Grant, "1", lambda row: replace(row, revoked=5)) == replace(grant("1"), revoked=5)


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_is_kept_as_it_is(store: Store, text: str) -> None:
    """Who sends a token chooses the key that is looked up."""
    assert store.get(Grant, text) is None
    assert store.remove(Grant, text) is False
    row = Grant(text, text, text, text, text, 1)
    assert store.add(row)
    assert store.add(grant("other", uid=text + "0"))
    assert store.get(Grant, text) == row
    assert store.find(Grant, uid=text) == [row]
    assert store.replace(row, replace(row, revoked=2))
    assert store.remove(Grant, text)
    assert store.find(Grant, uid=text) == []


def test_texts_are_not_mixed_up(store: Store) -> None:
    for text in HOSTILE:
        assert store.add(grant(text, uid=text))
    assert [row.key for row in store.all(Grant)] == HOSTILE
    assert all(store.find(Grant, uid=text) == [grant(text, uid=text)] for text in HOSTILE)


def test_a_row_that_changes_its_owner_keeps_its_age(store: Store) -> None:
    for key, uid in (("1", "bob"), ("2", "alice"), ("3", "bob"), ("4", "alice")):
        store.add(grant(key, uid=uid))
    store.replace(grant("3", uid="bob"), grant("3"))
    assert [row.key for row in store.find(Grant, uid="alice")] == ["2", "3", "4"]


def test_a_row_that_was_removed_comes_back_as_the_youngest(store: Store) -> None:
    for key in ("1", "2"):
        store.add(grant(key))
    store.remove(Grant, "1")
    store.add(grant("1"))
    assert [row.key for row in store.all(Grant)] == ["2", "1"]
    assert [row.key for row in store.find(Grant, uid="alice")] == ["2", "1"]


def test_many_rows_come_whole(store: Store) -> None:
    for number in range(2000):
        store.add(form(str(number), 5))
    assert [row.key for row in store.all(PendingLogin)] == [str(number) for number in range(2000)]


def test_a_field_that_is_not_set_is_no_text(store: Store) -> None:
    token = AccessToken("AT.1", "default", "web", None, "svc", "a", "api://default", 1, 2, None)
    store.add(token)
    assert store.find(AccessToken, grant_id="") == store.find(AccessToken, grant_id="None") == []
    changed = replace(token, grant_id="1")
    assert store.replace(token, changed)
    assert store.find(AccessToken, grant_id="1") == [changed]
    assert store.replace(changed, token)
    assert store.find(AccessToken, grant_id="1") == []
    assert store.remove(AccessToken, "AT.1")


def test_what_has_expired_is_taken(store: Store) -> None:
    rows = [form("1", 10), form("2", 20), form("3", 30)]
    event = LogEvent("4", 20 - LOG_SECONDS, "x", None, None, "")
    for row in (*rows, event, grant("5")):
        store.add(row)
    assert store.take_expired(9) == []
    assert sorted(store.take_expired(20), key=lambda row: row.key) == [*rows[:2], event]
    assert store.take_expired(20) == []
    assert store.all(PendingLogin) == [rows[2]]
    assert store.all(LogEvent) == []
    assert store.all(Grant) == [grant("5")]
    assert store.add(rows[0])
    assert store.take_expired(30) == [rows[0], rows[2]]


def test_an_end_that_has_moved_counts(store: Store) -> None:
    family = RefreshFamily("1", "default", "spa", "g", True, 1, 100, 50, None)
    store.add(family)
    used = replace(family, last_used=120)
    store.replace(family, used)
    assert store.take_expired(150) == []
    endless = replace(used, idle_seconds=None)
    store.replace(used, endless)
    assert store.take_expired(10**12) == []
    store.replace(endless, replace(endless, expires=200))
    assert store.take_expired(199) == []
    assert [row.key for row in store.take_expired(200)] == ["1"]
    assert store.find(RefreshFamily, grant_id="g") == []


def test_what_was_removed_does_not_expire(store: Store) -> None:
    store.add(form("1", 10))
    store.remove(PendingLogin, "1")
    assert store.take_expired(10) == []
    store.add(form("1", 10))
    store.clear()
    assert store.take_expired(10) == []


def test_an_end_beyond_all_time_is_none(store: Store) -> None:
    row = form("1", 10**30)
    assert store.add(row)
    assert store.get(PendingLogin, "1") == row
    assert store.replace(row, replace(row, csrf_token="x"))
    assert store.take_expired(2**53) == []


def test_the_expired_are_taken_in_parts(store: Store) -> None:
    for number in range(EXPIRED_AT_ONCE + 1):
        store.add(form(str(number), 1))
    assert len(store.take_expired(1)) == EXPIRED_AT_ONCE
    assert len(store.take_expired(1)) == 1


def test_each_name_counts_for_itself(store: Store) -> None:
    assert [store.count("a"), store.count("a"), store.count("b"), store.count("a")] == [1, 2, 1, 3]
    store.clear()
    assert store.count("a") == 1


def test_what_does_not_change_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore()
    store.add(grant("a"))
    monkeypatch.setattr(store, "replace", None)
    assert change(store, Grant, "a", lambda row: row) == grant("a")


def test_an_end_that_was_known_is_noted_once() -> None:
    """A row that is changed again and again takes no more of the memory."""
    store = MemoryStore()
    code = PendingLogin("a", "csrf", "/", 100)
    store.add(code)
    for number in range(5):
        new = replace(code, csrf_token=str(number))
        assert store.replace(code, new)
        code = new
    assert len(store._ends) == 1
