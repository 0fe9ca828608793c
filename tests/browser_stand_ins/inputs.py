"""How many random and mangled inputs of each kind go to both libraries; the seeds are fixed."""

INPUTS = {
    "signatures": 2000,
    "key files": 2000,
    "private keys": 1000,
    "tokens": 1000,
    "public keys": 3000,
    "JWKs": 1500,
    "values of any type": 1000,
}


def counted(kind: str) -> range:
    """As many turns as this kind is to have."""
    return range(INPUTS[kind])
