"""Identifiers and secrets, the same in every run. TEST ONLY: whoever knows the seed knows them all."""

import base64
import hashlib
from collections.abc import Callable

from sessions_sandbox.stores import MemoryStore


class SeededIds:
    """Values of 256 bits, derived from a seed, the kind of thing named, and a count.

    Each kind counts for itself, so that one more session does not change the next token.
    """

    def __init__(self, seed: str = "test only", count: Callable[[str], int] | None = None) -> None:
        """`count`: gives the next number of a kind; `Store.count` does so for all who share a store."""
        self._seed = seed
        self._count = MemoryStore().count if count is None else count

    def make(self, kind: str) -> str:
        """The next value of a kind: 43 characters of base64url, 32 bytes."""
        return self.derive(kind, str(self._count(kind)))

    def derive(self, *parts: str) -> str:
        """The value that belongs to these parts: the same parts, the same 43 characters."""
        text = "\x1f".join((self._seed, *parts))
        return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def fingerprint(secret: str) -> str:
    """What a store keeps of a secret: the SHA-256 of it, 64 hexadecimal characters.

    A copy of the store then opens no session: the value that a client sends cannot be had from it.
    """
    return hashlib.sha256(secret.encode()).hexdigest()
