"""Elliptic curves: their names only. Keys and signatures are refused."""

from typing import ClassVar, NoReturn

from ...._missing import Missing, refuse_algorithm


class EllipticCurve:
    """The base of the curves. `key_size` is in bits."""

    name: ClassVar[str]
    key_size: ClassVar[int]


class SECP256R1(EllipticCurve):
    """P-256."""

    name = "secp256r1"
    key_size = 256


class SECP256K1(EllipticCurve):
    """The curve of ES256K."""

    name = "secp256k1"
    key_size = 256


class SECP384R1(EllipticCurve):
    """P-384."""

    name = "secp384r1"
    key_size = 384


class SECP521R1(EllipticCurve):
    """P-521."""

    name = "secp521r1"
    key_size = 521


class _MissingCurves(Missing):
    what = "elliptic curve keys (ES256, ES256K, ES384, ES512)"


class ECDSA(_MissingCurves):
    """Refused."""


class EllipticCurvePrivateKey(_MissingCurves):
    """Refused."""


class EllipticCurvePublicKey(_MissingCurves):
    """Refused."""


class EllipticCurvePrivateNumbers(_MissingCurves):
    """Refused."""


class EllipticCurvePublicNumbers(_MissingCurves):
    """Refused."""


def generate_private_key(curve: EllipticCurve, backend: object = None) -> NoReturn:
    """Raises UnsupportedAlgorithm."""
    refuse_algorithm(_MissingCurves.what)
