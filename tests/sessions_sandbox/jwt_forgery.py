"""JWTs made by hand, as an attacker makes them: each library refuses to make some of these."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sessions_sandbox.keys import SigningKey

Json = dict[str, Any]
Sign = Callable[[bytes], bytes]
HASHES = {"256": (hashlib.sha256, SHA256), "384": (hashlib.sha384, SHA384), "512": (hashlib.sha512, SHA512)}


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def octets(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def as_json(value: object) -> bytes:
    """JSON, unless it is bytes that stand for themselves."""
    return value if isinstance(value, bytes) else json.dumps(value).encode()


def by_rsa(key: rsa.RSAPrivateKey, size: str = "256") -> Sign:
    return lambda data: key.sign(data, padding.PKCS1v15(), HASHES[size][1]())


def by_hmac(secret: bytes, size: str = "256") -> Sign:
    return lambda data: hmac.digest(secret, data, HASHES[size][0])


def compact(header: object, payload: object, sign: Sign) -> str:
    """A JWS in the compact serialization (RFC 7515 §3.1)."""
    signed = f"{base64url(as_json(header))}.{base64url(as_json(payload))}"
    return f"{signed}.{base64url(sign(signed.encode()))}"


@cache
def own_key() -> rsa.RSAPrivateKey:
    """The attacker's."""
    return rsa.generate_private_key(65537, 2048)


def own_jwk() -> Json:
    jwk: Json = jwt.algorithms.RSAAlgorithm.to_jwk(own_key().public_key(), as_dict=True)
    return {**jwk, "alg": "RS256", "use": "sig", "kid": "own"}


@dataclass(frozen=True)
class Original:
    """A good token, and the key that signed it, which an attacker has not."""

    token: str
    key: SigningKey

    @property
    def header(self) -> Json:
        return dict(jwt.get_unverified_header(self.token))

    @property
    def claims(self) -> Json:
        claims: Json = json.loads(octets(self.token.split(".")[1]))
        return claims

    @property
    def parts(self) -> list[str]:
        return self.token.split(".")

    def public(self, encoding: Encoding, form: PublicFormat) -> bytes:
        """The public key, as it can be had from the JWKS."""
        return self.key.private_key.public_key().public_bytes(encoding, form)

    def with_header(self, sign: Sign, **header: Any) -> str:
        """The same claims for more rights, under another header. `None` leaves a member out."""
        return compact(_changed(self.header, header), self.greedy, sign)

    def with_claims(self, *left_out: str, **claims: Any) -> str:
        """Other claims under a good signature, as an issuer makes them for another purpose."""
        kept = {name: value for name, value in {**self.claims, **claims}.items() if name not in left_out}
        return compact(self.header, kept, by_rsa(self.key.private_key))

    def signed(self, header: object, payload: object) -> str:
        """Anything under a good signature."""
        return compact(header, payload, by_rsa(self.key.private_key))

    @property
    def greedy(self) -> Json:
        """What an attacker wants to be able to say."""
        return {**self.claims, "scp": ["openid", "orders:read", "orders:write"]}


def _changed(members: Json, changes: Json) -> Json:
    return {name: value for name, value in {**members, **changes}.items() if value is not None}
