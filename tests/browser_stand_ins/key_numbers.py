"""The numbers of an RSA key, as both libraries take them."""

from math import lcm


def numbers_from_primes(p: int, q: int, e: int) -> dict[str, int]:
    """All that belongs to two primes and a public exponent (RFC 8017 §3.2)."""
    d = pow(e, -1, lcm(p - 1, q - 1))
    return {
        "p": p,
        "q": q,
        "d": d,
        "dmp1": d % (p - 1),
        "dmq1": d % (q - 1),
        "iqmp": pow(q, -1, p),
        "e": e,
        "n": p * q,
    }
