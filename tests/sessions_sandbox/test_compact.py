"""How a JWT must be written."""

import pytest

from sessions_sandbox.compact import is_well_written
from tests.sessions_sandbox.jwt_forgery import base64url

HEADER, CLAIMS = base64url(b'{"alg":"RS256"}'), base64url(b'{"sub":"a"}')


def test_three_parts_in_base64url() -> None:
    assert is_well_written(f"{HEADER}.{CLAIMS}.AAAA")


@pytest.mark.parametrize(
    "token",
    [
        *("", ".", "..", HEADER, f"{HEADER}.{CLAIMS}", f"{HEADER}.{CLAIMS}.", f".{CLAIMS}.AAAA"),
        *(f"{HEADER}.{CLAIMS}.AAAA.AAAA", f"{HEADER}.{CLAIMS}.AA==", f"{HEADER}.{CLAIMS}.AA A"),
        *(f"{HEADER}.{CLAIMS}.AAAA\n", f"\n{HEADER}.{CLAIMS}.AAAA", f"{HEADER}.{CLAIMS}.+/AA", "\u00e4.b.c"),
        *(f"A.{CLAIMS}.AAAA", f"{HEADER}.A.AAAA"),
    ],
)
def test_other_spellings(token: str) -> None:
    assert not is_well_written(token)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_other_encodings(encoding: str) -> None:
    """RFC 8725 §3.7"""
    other = base64url('{"a":"b"}'.encode(encoding))
    assert not is_well_written(f"{HEADER}.{other}.AAAA")
    assert not is_well_written(f"{other}.{CLAIMS}.AAAA")
