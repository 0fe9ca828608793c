"""Status lists: the examples of the draft, and lists of our own read back."""

import base64
import zlib

import pytest

from sessions_sandbox.status_lists import INVALID, VALID, status_at, status_list

ONE_BIT = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]
TWO_BITS = [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]


def test_the_examples_of_the_draft() -> None:
    """draft-ietf-oauth-status-list §4.1, §4.2"""
    one, two = {"bits": 1, "lst": "eNrbuRgAAhcBXQ"}, {"bits": 2, "lst": "eNo76fITAAPfAgc"}
    assert [status_at(one, index) for index in range(16)] == ONE_BIT
    assert [status_at(two, index) for index in range(12)] == TWO_BITS
    for listed, size in ((one, 16), (two, 12)):
        with pytest.raises(LookupError):
            status_at(listed, size)


def test_a_list_of_ours_is_the_one_of_the_draft() -> None:
    listed = status_list([index for index, status in enumerate(ONE_BIT) if status], 16)
    assert listed["bits"] == 1
    assert zlib.decompress(base64.urlsafe_b64decode(listed["lst"] + "==")) == b"\xb9\xa3"
    assert "=" not in listed["lst"]


@pytest.mark.parametrize("size", [1, 7, 8, 9, 100, 100_000])
def test_what_was_put_in_comes_out(size: int) -> None:
    invalid = {0, size // 2, size - 1}
    listed = status_list(invalid, size)
    for index in (*range(min(size, 20)), size // 2, size - 1):
        assert status_at(listed, index) == (INVALID if index in invalid else VALID)
    with pytest.raises(LookupError):
        status_at(listed, (size + 7) // 8 * 8)


def test_many_valid_tokens_need_few_bytes() -> None:
    assert len(status_list([], 1_000_000)["lst"]) < 300
