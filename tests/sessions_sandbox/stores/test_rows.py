"""Records as text."""

from dataclasses import fields, replace
from types import NoneType, UnionType
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_sandbox.records import TABLES, Grant, Record, User
from sessions_sandbox.stores.rows import from_row, layout, printable, to_row

SURROGATES_TOO = st.text(st.characters())


def sample(kind: type[Record]) -> Record:
    """A record with a value of its kind in each field."""
    values: dict[Any, Any] = {str: "x", int: 7, bool: True}
    hints = get_type_hints(kind)
    return kind(**{field.name: values[_plain(hints[field.name])] for field in fields(kind)})


def _plain(hint: Any) -> Any:
    return (
        next(kind for kind in get_args(hint) if kind is not NoneType) if isinstance(hint, UnionType) else hint
    )


@pytest.mark.parametrize("kind", TABLES)
def test_a_record_comes_back_as_it_was(kind: type[Record]) -> None:
    """A field of another kind (a tuple, say) would come back as something else: see `sample`."""
    record = sample(kind)
    assert from_row(kind, to_row(record)) == record
    assert to_row(record) == to_row(from_row(kind, to_row(record)))
    assert {type(value) for value in vars(record).values()} <= {str, int, bool}


def test_nothing_is_kept_as_nothing() -> None:
    grant = Grant("1", "default", "web", "alice", "openid", 1, revoked=None)
    assert from_row(Grant, to_row(grant)) == grant


@pytest.mark.parametrize("row", ["", "x", "[]", "1", "{}", '{"uid": "1", "more": 1}', "null"])
def test_another_row_is_refused(row: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        from_row(User, row)


@given(SURROGATES_TOO, SURROGATES_TOO)
def test_printable_texts_differ_where_the_texts_do(one: str, other: str) -> None:
    assert printable(one).isascii()
    assert printable(one).isprintable() or "\x7f" in one
    assert (printable(one) == printable(other)) == (one == other)
    assert '"' not in printable(one).replace('\\"', "")


def test_plain_text_stays_as_it_is() -> None:
    assert printable("0oa1webacmetest0000w") == "0oa1webacmetest0000w"


def test_the_layout_follows_the_records(monkeypatch: pytest.MonkeyPatch) -> None:
    before = layout()
    assert 0 <= before < 2**31
    monkeypatch.setattr("sessions_sandbox.stores.rows.TABLES", TABLES[1:])
    assert layout() != before


def test_the_same_record_gives_the_same_text() -> None:
    grant = Grant("1", "default", "web", "alice", "openid", 1)
    assert to_row(replace(replace(grant, revoked=5), revoked=None)) == to_row(grant)
