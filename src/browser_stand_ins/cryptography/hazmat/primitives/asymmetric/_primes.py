"""Prime numbers: for checking keys, for making them, and for taking them apart."""

import secrets
from math import gcd

_SMALL_PRIMES = [number for number in range(2, 100) if all(number % factor for factor in range(2, number))]
_RECOVERY_ATTEMPTS = 100


def is_probably_prime(number: int, rounds: int) -> bool:
    """Miller and Rabin's test. A composite number passes with a chance of at most 1 in 4 ** `rounds`."""
    if number < 2:
        return False
    for small in _SMALL_PRIMES:
        if number % small == 0:
            return number == small
    odd, twos = _odd_part(number - 1)
    return all(_passes(number, secrets.randbelow(number - 3) + 2, odd, twos) for _ in range(rounds))


def random_prime(bits: int) -> int:
    """A prime of so many bits, its two highest set, so that the product of two has all of its bits."""
    while True:
        candidate = secrets.randbits(bits) | (3 << (bits - 2)) | 1
        if is_probably_prime(candidate, rounds=5):
            return candidate


def prime_factors(n: int, e: int, d: int) -> tuple[int, int]:
    """The primes of an RSA key, the larger first (NIST SP 800-56B, appendix C). Raises ValueError."""
    if pow(17, e * d, n) != 17:
        raise ValueError("n, d, e don't match")
    odd, twos = _odd_part(e * d - 1)
    for _ in range(_RECOVERY_ATTEMPTS):
        root = pow(secrets.randbelow(n - 2) + 2, odd, n)
        for _ in range(twos):
            square = root * root % n
            if square == 1 and root not in (1, n - 1):
                p = gcd(root + 1, n)
                return max(p, n // p), min(p, n // p)
            root = square
    raise ValueError("Unable to compute factors p and q from exponent d.")


def _passes(number: int, base: int, odd: int, twos: int) -> bool:
    power = pow(base, odd, number)
    if power in (1, number - 1):
        return True
    for _ in range(twos - 1):
        power = power * power % number
        if power == number - 1:
            return True
    return False


def _odd_part(number: int) -> tuple[int, int]:
    twos = (number & -number).bit_length() - 1
    return number >> twos, twos
