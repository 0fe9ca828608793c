"""The padding of RS256: PKCS #1 v1.5 (RFC 8017 §9.2). RSA-PSS is refused."""

from ...._missing import Missing


class PKCS1v15:
    """EMSA-PKCS1-v1_5."""

    name = "EMSA-PKCS1-v1_5"


class MGF1(Missing):
    """Refused."""

    what = "RSA-PSS (PS256, PS384, PS512)"


class PSS(Missing):
    """Refused."""

    what = MGF1.what
