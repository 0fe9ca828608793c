"""The DER of elliptic curve signatures: refused."""

from typing import NoReturn

from ...._missing import refuse_algorithm


def decode_dss_signature(signature: bytes) -> NoReturn:
    """Raises UnsupportedAlgorithm."""
    refuse_algorithm("ECDSA signatures")


def encode_dss_signature(r: int, s: int) -> NoReturn:
    """Raises UnsupportedAlgorithm."""
    refuse_algorithm("ECDSA signatures")
