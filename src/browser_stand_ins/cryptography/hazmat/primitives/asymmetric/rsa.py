"""RSA keys and their signatures (RFC 8017), by `pow`. Not in constant time."""

import hmac
from dataclasses import dataclass
from math import gcd, lcm

from ...._missing import missing_function
from ....exceptions import InvalidSignature
from .._octets import Octets, octets
from ..hashes import HashAlgorithm
from ._encoding import encoded
from ._primes import is_probably_prime, prime_factors, random_prime
from .padding import PKCS1v15


@dataclass(frozen=True)
class RSAPublicNumbers:
    """The public exponent and the modulus. Raises TypeError for what is no integer."""

    e: int
    n: int

    def __post_init__(self) -> None:
        _check_integers(self.e, self.n)

    def public_key(self, backend: object = None) -> "RSAPublicKey":
        """The key, however small. Raises ValueError for numbers that cannot be a key's."""
        if not 3 <= self.e < self.n:
            raise ValueError("e must be >= 3 and < n.")
        if self.e % 2 == 0:
            raise ValueError("e must be odd.")
        return RSAPublicKey(self)


@dataclass(frozen=True, repr=False)
class RSAPrivateNumbers:
    """All the numbers of a private key (RFC 8017 §3.2). Raises TypeError for what is no integer."""

    p: int
    q: int
    d: int
    dmp1: int
    dmq1: int
    iqmp: int
    public_numbers: RSAPublicNumbers

    def __post_init__(self) -> None:
        _check_integers(self.p, self.q, self.d, self.dmp1, self.dmq1, self.iqmp)

    def private_key(
        self, backend: object = None, *, unsafe_skip_rsa_key_validation: bool = False
    ) -> "RSAPrivateKey":
        """The key, however small. Raises ValueError for numbers that do not belong together.

        Skipping the validation leaves the checks that cost nothing: ranges, oddness, and p * q = n.
        """
        self._check_ranges()
        return RSAPrivateKey(self) if unsafe_skip_rsa_key_validation else validated_key(self)

    def _check_ranges(self) -> None:
        self.public_numbers.public_key()
        for name in ("p", "q", "d", "dmp1", "dmq1", "iqmp"):
            if not 0 <= getattr(self, name) < self.public_numbers.n:
                raise ValueError(f"{name} must be < modulus, and not negative.")
        if self.dmp1 % 2 == 0 or self.dmq1 % 2 == 0:
            raise ValueError("dmp1 and dmq1 must be odd.")
        if self.p * self.q != self.public_numbers.n:
            raise ValueError("p*q must equal modulus.")


class RSAPublicKey:
    """A public key. RSAPublicNumbers and the loaders make them."""

    def __init__(self, numbers: RSAPublicNumbers) -> None:
        self._numbers = numbers

    @property
    def key_size(self) -> int:
        """The bits of the modulus."""
        return self._numbers.n.bit_length()

    def public_numbers(self) -> RSAPublicNumbers:
        """The numbers of the key."""
        return self._numbers

    def verify(self, signature: Octets, data: Octets, padding: PKCS1v15, algorithm: HashAlgorithm) -> None:
        """Check a signature over `data` (RFC 8017 §8.2.2). Raises InvalidSignature where it is not one."""
        n, e, size = self._numbers.n, self._numbers.e, _bytes_for(self.key_size)
        given = octets(signature)
        expected = encoded(data, padding, algorithm, size)
        number = int.from_bytes(given, "big")
        if expected is None or len(given) != size or number >= n or not _openssl_calculates_with(n, e):
            raise InvalidSignature
        if not hmac.compare_digest(pow(number, e, n).to_bytes(size, "big"), expected):
            raise InvalidSignature

    public_bytes = missing_function("writing keys as PEM or DER")
    encrypt = missing_function("RSA encryption")
    recover_data_from_signature = missing_function("recovering data from signatures")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RSAPublicKey) and self._numbers == other._numbers


class RSAPrivateKey:
    """A private key. RSAPrivateNumbers, `generate_private_key` and the loaders make them."""

    def __init__(self, numbers: RSAPrivateNumbers) -> None:
        self._numbers = numbers

    @property
    def key_size(self) -> int:
        """The bits of the modulus."""
        return self._numbers.public_numbers.n.bit_length()

    def private_numbers(self) -> RSAPrivateNumbers:
        """The numbers of the key."""
        return self._numbers

    def public_key(self) -> RSAPublicKey:
        """The key that verifies what this one signs."""
        return RSAPublicKey(self._numbers.public_numbers)

    def sign(self, data: Octets, padding: PKCS1v15, algorithm: HashAlgorithm) -> bytes:
        """The signature over `data` (RFC 8017 §8.2.1). Raises ValueError for a key too small for it."""
        size = _bytes_for(self.key_size)
        message = encoded(data, padding, algorithm, size)
        if message is None:
            raise ValueError("Digest too long for key size. Use a larger key.")
        return self._power(int.from_bytes(message, "big")).to_bytes(size, "big")

    def _power(self, number: int) -> int:
        """`number ** d % n` by the Chinese remainder theorem, or without it where its numbers prove wrong."""
        key, public = self._numbers, self._numbers.public_numbers
        at_q = pow(number, key.dmq1, key.q)
        difference = pow(number, key.dmp1, key.p) - at_q
        power = at_q + key.q * (key.iqmp * difference % key.p)
        return power if pow(power, public.e, public.n) == number else pow(number, key.d, public.n)

    private_bytes = missing_function("writing keys as PEM or DER")
    decrypt = missing_function("RSA encryption")


def validated_key(numbers: RSAPrivateNumbers) -> RSAPrivateKey:
    """The key, however small. Raises ValueError unless its numbers belong together (RFC 8017 §3.2)."""
    p, q, d, public = numbers.p, numbers.q, numbers.d, numbers.public_numbers
    belong_together = (
        min(p, q, public.e) > 1
        and p * q == public.n
        and public.e * d % lcm(p - 1, q - 1) == 1
        and numbers.dmp1 == d % (p - 1)
        and numbers.dmq1 == d % (q - 1)
        and numbers.iqmp < p
        and numbers.iqmp * q % p == 1
        and is_probably_prime(p, rounds=8)
        and is_probably_prime(q, rounds=8)
    )
    if not belong_together:
        raise ValueError("Invalid private key")
    return RSAPrivateKey(numbers)


def generate_private_key(public_exponent: int, key_size: int, backend: object = None) -> RSAPrivateKey:
    """A new key of `key_size` bits. Raises ValueError for exponents but 3 and 65537, and below 1024 bits."""
    if public_exponent not in (3, 65537):
        raise ValueError("public_exponent must be either 3 (for legacy compatibility) or 65537.")
    if key_size < 1024:
        raise ValueError("key_size must be at least 1024-bits.")
    while True:
        p, q = random_prime((key_size + 1) // 2), random_prime(key_size // 2)
        order = lcm(p - 1, q - 1)
        if gcd(public_exponent, order) == 1:
            break
    d = pow(public_exponent, -1, order)
    public = RSAPublicNumbers(public_exponent, p * q)
    return RSAPrivateKey(RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public))


def rsa_crt_iqmp(p: int, q: int) -> int:
    """`q ** -1 % p`. Raises ValueError for numbers below 2, or where there is none."""
    _check_above_one(p, q)
    return pow(q, -1, p)


def rsa_crt_dmp1(private_exponent: int, p: int) -> int:
    """`private_exponent % (p - 1)`. Raises ValueError for numbers below 2."""
    _check_above_one(private_exponent, p)
    return private_exponent % (p - 1)


def rsa_crt_dmq1(private_exponent: int, q: int) -> int:
    """`private_exponent % (q - 1)`. Raises ValueError for numbers below 2."""
    return rsa_crt_dmp1(private_exponent, q)


def rsa_recover_prime_factors(n: int, e: int, d: int) -> tuple[int, int]:
    """The primes of a key, the larger first. Raises ValueError where n, e and d are not of one key."""
    _check_above_one(e, d)
    return prime_factors(n, e, d)


def _openssl_calculates_with(n: int, e: int) -> bool:
    """OpenSSL verifies nothing under an even modulus, nor under numbers that would keep it busy for long."""
    return n % 2 == 1 and n.bit_length() <= 16384 and (n.bit_length() <= 3072 or e.bit_length() <= 64)


def _bytes_for(bits: int) -> int:
    return (bits + 7) // 8


def _check_integers(*numbers: object) -> None:
    for number in numbers:
        if not isinstance(number, int):
            raise TypeError(f"{type(number).__name__!r} object is not an instance of 'int'")


def _check_above_one(*numbers: int) -> None:
    if any(number <= 1 for number in numbers):
        raise ValueError("Values can't be <= 1")
