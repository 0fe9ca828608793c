"""What an RSA signature signs: EMSA-PKCS1-v1_5 (RFC 8017 §9.2)."""

import hashlib

from ...._missing import refuse_algorithm
from .._octets import Octets, octets
from ..hashes import HashAlgorithm
from .padding import PKCS1v15

_DIGEST_INFO = {
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha384": bytes.fromhex("3041300d060960864801650304020205000430"),
    "sha512": bytes.fromhex("3051300d060960864801650304020305000440"),
}


def encoded(data: Octets, padding: PKCS1v15, algorithm: HashAlgorithm, size: int) -> bytes | None:
    """`data`, hashed and padded to `size` bytes; None where these are too few.

    Raises TypeError for what is no padding or hash, UnsupportedAlgorithm for a hash that is not SHA-2.
    """
    if not isinstance(padding, PKCS1v15):
        raise TypeError("Padding must be an instance of PKCS1v15.")
    if not isinstance(algorithm, HashAlgorithm):
        raise TypeError("Expected instance of hashes.HashAlgorithm.")
    if algorithm.name not in _DIGEST_INFO:
        refuse_algorithm(f"RSA signatures with {algorithm.name}")
    info = _DIGEST_INFO[algorithm.name] + hashlib.new(algorithm.name, octets(data)).digest()
    filling = size - len(info) - 3
    return None if filling < 8 else b"\x00\x01" + b"\xff" * filling + b"\x00" + info
