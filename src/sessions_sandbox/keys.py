"""The signing keys of the authorization servers. TEST ONLY: their primes are published with this package."""

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

ALGORITHM = "RS256"


@dataclass(frozen=True)
class SigningKey:
    """An RSA key pair with its name. `kid` is the RFC 7638 thumbprint of the public key."""

    kid: str
    private_key: rsa.RSAPrivateKey
    public_jwk: dict[str, str]

    def sign(self, claims: dict[str, Any], *, typ: str | None = None) -> str:
        """A JWT of these claims. Without `typ` the header has none, as Okta's access tokens have none."""
        return jwt.encode(claims, self.private_key, ALGORITHM, headers={"kid": self.kid, "typ": typ})


def thumbprint(jwk: dict[str, str]) -> str:
    """The RFC 7638 §3 thumbprint of an RSA or EC key: SHA-256 over its required members, in base64url."""
    members = ("e", "kty", "n") if jwk["kty"] == "RSA" else ("crv", "kty", "x", "y")
    required = json.dumps({name: jwk[name] for name in members}, separators=(",", ":"))
    return base64.urlsafe_b64encode(hashlib.sha256(required.encode()).digest()).rstrip(b"=").decode()


@cache
def test_only_key(number: int) -> SigningKey:
    """One of the fixed keys, built once a process from the primes in `test_only_primes.json`."""
    pair = _prime_pairs()[number]
    return _from_primes(int("".join(pair["first"])), int("".join(pair["second"])))


def test_only_keys() -> tuple[SigningKey, ...]:
    """All of the fixed keys."""
    return tuple(test_only_key(number) for number in range(len(_prime_pairs())))


@cache
def _prime_pairs() -> list[dict[str, list[str]]]:
    text = files("sessions_sandbox").joinpath("test_only_primes.json").read_text("ascii")
    pairs: list[dict[str, list[str]]] = json.loads(text)["prime_pairs"]
    return pairs


def _from_primes(p: int, q: int) -> SigningKey:
    e = 65537
    d = pow(e, -1, (p - 1) * (q - 1))
    numbers = rsa.RSAPrivateNumbers(
        p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), rsa.RSAPublicNumbers(e, p * q)
    )
    private_key = numbers.private_key(unsafe_skip_rsa_key_validation=True)
    jwk = RSAAlgorithm.to_jwk(private_key.public_key(), as_dict=True)
    members = {name: str(jwk[name]) for name in ("kty", "n", "e")}
    kid = thumbprint(members)
    return SigningKey(kid, private_key, {**members, "alg": ALGORITHM, "use": "sig", "kid": kid})
