"""Many statuses in a few bytes (draft-ietf-oauth-status-list §4). Not a feature of Okta."""

import base64
import zlib
from collections.abc import Collection
from typing import Any

TOKEN_TYPE = "statuslist+jwt"
MEDIA_TYPE = f"application/{TOKEN_TYPE}"
VALID, INVALID = 0, 1
"""The statuses that are told here (§7.1)."""


def status_list(invalid: Collection[int], size: int) -> dict[str, Any]:
    """A list of `size` statuses of one bit, `INVALID` at these indexes (§4.1, §4.2)."""
    data = bytearray((size + 7) // 8)
    for index in invalid:
        data[index // 8] |= INVALID << index % 8
    packed = base64.urlsafe_b64encode(zlib.compress(bytes(data), 9)).rstrip(b"=").decode()
    return {"bits": 1, "lst": packed}


def status_at(listed: dict[str, Any], index: int) -> int:
    """The status at an index, which counts from 0. Raises `LookupError` when the list ends before it."""
    packed: str = listed["lst"]
    data = zlib.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    bits: int = listed["bits"]
    first = index * bits
    return data[first // 8] >> first % 8 & (1 << bits) - 1
