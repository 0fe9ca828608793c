"""PyJWT on the stand-in and on the real library: each takes the other's keys and tokens, refuses alike."""

import base64
import json
import random
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.browser_stand_ins.inputs import counted

CLAIMS = {"iss": "https://idp.acme.test", "sub": "alice@acme.test", "scp": ["orders:read"]}


@pytest.fixture(scope="session")
def pems(real: SimpleNamespace, numbers: dict[str, int]) -> tuple[bytes, bytes]:
    """A private key and its public key, as PEM."""
    s = real.serialization
    private = {name: value for name, value in numbers.items() if name not in ("e", "n")}
    public_numbers = real.rsa.RSAPublicNumbers(numbers["e"], numbers["n"])
    key = real.rsa.RSAPrivateNumbers(**private, public_numbers=public_numbers).private_key()
    return (
        key.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, s.NoEncryption()),
        key.public_key().public_bytes(s.Encoding.PEM, s.PublicFormat.SubjectPublicKeyInfo),
    )


@pytest.fixture(scope="session")
def keys(real: SimpleNamespace, stand_in: SimpleNamespace, pems: tuple[bytes, bytes]) -> tuple[Any, Any]:
    """The private key in the real library and in the stand-in."""
    here, there = (library.serialization.load_pem_private_key(pems[0], None) for library in (real, stand_in))
    return here, there


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512"])
def test_tokens_go_both_ways(
    real: SimpleNamespace, stand_in: SimpleNamespace, pems: tuple[bytes, bytes], algorithm: str
) -> None:
    private, public = pems
    tokens = {library.jwt.encode(CLAIMS, private, algorithm) for library in (real, stand_in)}
    assert len(tokens) == 1
    for library in (real, stand_in):
        assert library.jwt.decode(tokens.copy().pop(), public, algorithms=[algorithm]) == CLAIMS


def test_jwks_go_both_ways(
    real: SimpleNamespace, stand_in: SimpleNamespace, keys: tuple[Any, Any], pems: tuple[bytes, bytes]
) -> None:
    jwks = []
    for library, key in zip((real, stand_in), keys, strict=True):
        to_jwk = library.jwt_algorithms.RSAAlgorithm.to_jwk
        jwks.append((json.loads(to_jwk(key)), to_jwk(key.public_key(), as_dict=True)))
    assert jwks[0] == jwks[1]
    private, public = jwks[0]
    without_primes = {name: private[name] for name in ("kty", "n", "e", "d")}
    for library in (real, stand_in):
        token = library.jwt.encode(CLAIMS, pems[0], "RS256")
        jwk_set = library.jwt.PyJWKSet.from_dict({"keys": [{**public, "kid": "one", "alg": "RS256"}]})
        assert library.jwt.decode(token, jwk_set["one"], algorithms=["RS256"]) == CLAIMS
        for jwk in (private, without_primes):
            signer = library.jwt_algorithms.RSAAlgorithm.from_jwk(json.dumps(jwk))
            assert library.jwt.encode(CLAIMS, signer, "RS256") == token


@pytest.mark.parametrize(
    "change", [{"n": "AQ"}, {"e": "AA"}, {"e": "BA"}, {"d": "Aw"}, {"p": "Aw"}, {"qi": "AQ"}]
)
def test_wrong_jwks_are_refused_alike(
    real: SimpleNamespace, stand_in: SimpleNamespace, keys: tuple[Any, Any], change: dict[str, str]
) -> None:
    jwk = json.loads(real.jwt_algorithms.RSAAlgorithm.to_jwk(keys[0])) | change | {"alg": "RS256"}
    for library in (real, stand_in):
        with pytest.raises(library.jwt.exceptions.InvalidKeyError):
            library.jwt.PyJWK(jwk)


def test_thousands_of_mangled_tokens(
    real: SimpleNamespace, stand_in: SimpleNamespace, keys: tuple[Any, Any]
) -> None:
    source, taken = random.Random(20260108), 0
    token = real.jwt.encode(CLAIMS, keys[0], "RS256")
    for turn in counted("tokens"):
        spoilt = mangled(source, token)
        said = [judged(library, key, spoilt) for library, key in zip((real, stand_in), keys, strict=True)]
        assert said[0] == said[1], f"turn {turn}: {said} of {spoilt}"
        taken += said[0] == json.dumps(CLAIMS)
    assert taken > 0


@settings(max_examples=40, deadline=None, database=None)
@given(
    claims=st.dictionaries(
        st.text(max_size=5).map("x".__add__), st.integers() | st.text(max_size=9), max_size=3
    )
)
def test_any_claims(
    real: SimpleNamespace, stand_in: SimpleNamespace, keys: tuple[Any, Any], claims: dict[str, Any]
) -> None:
    token = stand_in.jwt.encode(claims, keys[1], "RS256")
    assert token == real.jwt.encode(claims, keys[0], "RS256")
    assert judged(real, keys[0], token) == judged(stand_in, keys[1], token) == json.dumps(claims)


def test_a_public_key_is_no_hmac_secret(
    real: SimpleNamespace, stand_in: SimpleNamespace, pems: tuple[bytes, bytes]
) -> None:
    s = real.serialization
    der = s.load_pem_public_key(pems[1]).public_bytes(s.Encoding.DER, s.PublicFormat.SubjectPublicKeyInfo)
    for library in (real, stand_in):
        for secret in (*pems, der):
            with pytest.raises(library.jwt.exceptions.InvalidKeyError):
                library.jwt.encode(CLAIMS, secret, "HS256")


def test_a_public_key_that_the_stand_in_does_not_know_is_no_hmac_secret(
    real: SimpleNamespace, stand_in: SimpleNamespace
) -> None:
    s = real.serialization
    key = real.ec.generate_private_key(real.ec.SECP256R1()).public_key()
    der = key.public_bytes(s.Encoding.DER, s.PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(real.jwt.exceptions.InvalidKeyError):
        real.jwt.encode(CLAIMS, der, "HS256")
    with pytest.raises(NotImplementedError, match="the real library has it"):
        stand_in.jwt.encode(CLAIMS, der, "HS256")


def test_hmac_tokens_go_both_ways(real: SimpleNamespace, stand_in: SimpleNamespace) -> None:
    source = random.Random(7)
    for secret in ["0" * 32, "0@" + "s" * 64, *(source.randbytes(32) for _ in range(50))]:
        token = stand_in.jwt.encode(CLAIMS, secret, "HS256")
        assert real.jwt.decode(token, secret, algorithms=["HS256"]) == CLAIMS
        assert stand_in.jwt.decode(token, secret, algorithms=["HS256"]) == CLAIMS


@pytest.mark.parametrize("algorithm", ["PS256", "ES256", "EdDSA"])
def test_other_algorithms_are_refused_and_say_why(
    real: SimpleNamespace, stand_in: SimpleNamespace, pems: tuple[bytes, bytes], algorithm: str
) -> None:
    s = real.serialization
    makers = {
        "PS256": lambda: s.load_pem_private_key(pems[0], None),
        "ES256": lambda: real.ec.generate_private_key(real.ec.SECP256R1()),
        "EdDSA": real.ed25519.Ed25519PrivateKey.generate,
    }
    key = makers[algorithm]()
    private = key.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, s.NoEncryption())
    public = key.public_key().public_bytes(s.Encoding.PEM, s.PublicFormat.SubjectPublicKeyInfo)
    token = real.jwt.encode(CLAIMS, private, algorithm)
    unsupported = stand_in.exceptions.UnsupportedAlgorithm
    with pytest.raises(unsupported, match="the real library has it"):
        stand_in.jwt.encode(CLAIMS, private, algorithm)
    with pytest.raises(unsupported, match="the real library has it"):
        stand_in.jwt.decode(token, public, algorithms=[algorithm])


def judged(library: SimpleNamespace, key: Any, token: str) -> str:
    """The claims as JSON, or the name of PyJWT's refusal."""
    try:
        return json.dumps(library.jwt.decode(token, key.public_key(), algorithms=["RS256"]))
    except library.jwt.exceptions.PyJWTError as error:
        return type(error).__name__


def mangled(source: random.Random, token: str) -> str:
    """The token, whole or with one change, in a letter or in the bytes of its signature."""
    head, signature = token.rsplit(".", 1)
    octets = base64.urlsafe_b64decode(signature + "==")
    at = source.randrange(len(token))
    flipped = bytearray(octets)
    flipped[source.randrange(len(octets))] ^= 1 << source.randrange(8)
    spoilt = source.choice(
        [octets, bytes(flipped), octets[:-1], octets[1:], octets + b"\0", b"\0" + octets, bytes(256), b""]
    )
    return source.choice(
        [
            f"{head}.{base64.urlsafe_b64encode(spoilt).decode().rstrip('=')}",
            token[:at] + source.choice("AQgz09-_=. ") + token[at + 1 :],
            token[:at] + token[at + 1 :],
            token[:at],
        ]
    )
