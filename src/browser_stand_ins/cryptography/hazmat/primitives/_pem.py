"""Reads PEM as the real library does, with its peculiarities: what one refuses, the other refuses."""

import base64
import re
from collections.abc import Iterator
from typing import NamedTuple

FRAMING = "Unable to load PEM file: no complete BEGIN and END lines, or their labels differ."
_WHITE_SPACE = re.compile(r"[^\S\x1c-\x1f]+")
"""White space as Unicode defines it. Python counts four control characters more."""


class PemBlock(NamedTuple):
    """What stands between BEGIN and END. `label` is for instance `PUBLIC KEY`."""

    label: str
    headers: dict[str, str]
    content: bytes


def read_pem(data: bytes) -> Iterator[PemBlock]:
    """The blocks of a PEM file, at least one. Raises ValueError where a block is malformed."""
    found = _next_block(data)
    if found is None:
        raise ValueError(FRAMING)
    while found is not None:
        block, rest = found
        yield block
        found = _next_block(rest)


def _next_block(data: bytes) -> tuple[PemBlock, bytes] | None:
    begin = _split(data, b"-----BEGIN ")
    label = begin and _split(begin[1], b"-----")
    body = label and _split(label[1].lstrip(b" \t\n\r"), b"-----END ")
    end = body and _split(body[1], b"-----")
    if not label or not body or not end:
        return None
    if label[0] != end[0] or not label[0]:
        raise ValueError(FRAMING)
    headers, content = _split(body[0], b"\n\n") or _split(body[0], b"\r\n\r\n") or (b"", body[0])
    return PemBlock(label[0].decode(), _headers(headers.decode()), _base64(content.decode())), end[1]


def _split(data: bytes, marker: bytes) -> tuple[bytes, bytes] | None:
    """What is before and after the marker. It does not look back, as there: `------BEGIN ` has no marker."""
    found = 0
    for index, octet in enumerate(data, start=1):
        found = found + 1 if octet == marker[found] else 0
        if found == len(marker):
            return data[: index - found], data[index:]
    return None


def _headers(text: str) -> dict[str, str]:
    headers = {}
    for line in text.removesuffix("\n").split("\n") if text else []:
        name, colon, value = line.partition(":")
        if not colon:
            raise ValueError("Unable to load PEM file: a header without a colon, or a blank line.")
        headers[name.strip()] = value.strip()
    return headers


def _base64(text: str) -> bytes:
    text = _WHITE_SPACE.sub("", text)
    content = base64.b64decode(text)
    if base64.b64encode(content).decode() != text:
        raise ValueError("Unable to load PEM file: its base64 has wrong padding or stray bits at its end.")
    return content
