"""Ed448: refused."""

from ...._missing import Missing


class Ed448PrivateKey(Missing):
    """Refused."""

    what = "Ed448 keys (EdDSA)"


class Ed448PublicKey(Missing):
    """Refused."""

    what = Ed448PrivateKey.what
