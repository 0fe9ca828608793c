"""Ed25519: refused."""

from ...._missing import Missing


class Ed25519PrivateKey(Missing):
    """Refused."""

    what = "Ed25519 keys (EdDSA)"


class Ed25519PublicKey(Missing):
    """Refused."""

    what = Ed25519PrivateKey.what
