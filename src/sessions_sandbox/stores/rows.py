"""Records as text, for the stores that keep them outside this process."""

import json
from dataclasses import fields
from json.encoder import encode_basestring_ascii
from typing import TypeVar
from zlib import crc32

from sessions_sandbox.records import TABLES, Record

R = TypeVar("R", bound=Record)

LAST_SECOND = 2**53
"""Where an end lies later than this, nobody waits for it; SQLite and Redis can still compare it exactly."""
_encode = json.JSONEncoder(separators=(",", ":")).encode


def to_row(record: Record) -> str:
    """The fields of a record as a JSON object in ASCII. The same record gives the same text."""
    return _encode(vars(record))


def from_row(kind: type[R], row: str) -> R:
    """The record of a row. Raises `ValueError` when the row is not one of this table."""
    try:
        return kind(**json.loads(row))
    except TypeError as error:
        raise ValueError(f"a row of {kind.table} has other fields: {error}") from error


def printable(text: str) -> str:
    """A key or a value of a field as ASCII, with JSON's escapes: no two texts give the same.

    Who sends a token chooses what is looked up, and may choose what is no Unicode text (a lone surrogate).
    """
    return encode_basestring_ascii(text)[1:-1]


def end_of(record: Record) -> int | None:
    """When the row may be forgotten, in Unix seconds, where that can be."""
    end = record.forget_at
    return None if end is None or end > LAST_SECOND else end


def layout() -> int:
    """A number of 31 bits that changes when the records do: rows of another layout are not ours to read."""
    tables = [(kind.table, kind.indexed, [field.name for field in fields(kind)]) for kind in TABLES]
    return crc32(repr(tables).encode()) & 0x7FFFFFFF
