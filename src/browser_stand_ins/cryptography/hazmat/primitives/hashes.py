"""SHA-256, SHA-384 and SHA-512, by Python's hashlib."""

import hashlib
from typing import ClassVar

from ...exceptions import AlreadyFinalized
from ._octets import Octets


class HashAlgorithm:
    """The base of the hash algorithms. `digest_size` and `block_size` are in bytes."""

    name: ClassVar[str]
    digest_size: ClassVar[int]
    block_size: ClassVar[int]


class SHA256(HashAlgorithm):
    """SHA-256 (FIPS 180-4)."""

    name = "sha256"
    digest_size = 32
    block_size = 64


class SHA384(HashAlgorithm):
    """SHA-384 (FIPS 180-4)."""

    name = "sha384"
    digest_size = 48
    block_size = 128


class SHA512(HashAlgorithm):
    """SHA-512 (FIPS 180-4)."""

    name = "sha512"
    digest_size = 64
    block_size = 128


class Hash:
    """A hash over bytes that come in pieces."""

    def __init__(self, algorithm: HashAlgorithm, backend: object = None) -> None:
        """Raises TypeError for anything but an instance of HashAlgorithm."""
        if not isinstance(algorithm, HashAlgorithm):
            raise TypeError("Expected instance of hashes.HashAlgorithm.")
        self.algorithm = algorithm
        self._hash = hashlib.new(algorithm.name)
        self._finalized = False

    def update(self, data: Octets) -> None:
        """Take in more bytes. Raises AlreadyFinalized after `finalize`."""
        self._refuse_if_finalized()
        self._hash.update(data)

    def finalize(self) -> bytes:
        """The digest. Raises AlreadyFinalized the second time."""
        self._refuse_if_finalized()
        self._finalized = True
        return self._hash.digest()

    def _refuse_if_finalized(self) -> None:
        if self._finalized:
            raise AlreadyFinalized("Context was already finalized.")
