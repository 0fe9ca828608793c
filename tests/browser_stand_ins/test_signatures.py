"""Signatures: the stand-in makes the same ones, and takes and refuses the same ones, as the real library."""

import random
from collections.abc import Callable
from math import prod
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.browser_stand_ins.inputs import INPUTS, counted

Keys = tuple[Any, Any]
HASHES = ("SHA256", "SHA384", "SHA512")


def private_key(library: SimpleNamespace, numbers: dict[str, int], **options: bool) -> Any:
    private = {name: value for name, value in numbers.items() if name not in ("e", "n")}
    public_numbers = library.rsa.RSAPublicNumbers(numbers["e"], numbers["n"])
    return library.rsa.RSAPrivateNumbers(**private, public_numbers=public_numbers).private_key(**options)


def sign(library: SimpleNamespace, key: Any, data: bytes, hash_name: str = "SHA256") -> bytes:
    signed: bytes = key.sign(data, library.padding.PKCS1v15(), getattr(library.hashes, hash_name)())
    return signed


def verdict(
    library: SimpleNamespace, key: Any, signature: bytes | bytearray, data: bytes, hash_name: str = "SHA256"
) -> bool:
    """Whether the library takes the signature. Only InvalidSignature counts as a refusal."""
    try:
        key.verify(signature, data, library.padding.PKCS1v15(), getattr(library.hashes, hash_name)())
    except library.exceptions.InvalidSignature:
        return False
    return True


@pytest.fixture(scope="session")
def keys(real: SimpleNamespace, stand_in: SimpleNamespace, numbers: dict[str, int]) -> Keys:
    """The same private key in both libraries."""
    return private_key(real, numbers), private_key(stand_in, numbers)


@settings(max_examples=60, deadline=None, database=None)
@given(data=st.binary(max_size=300), hash_name=st.sampled_from(HASHES))
def test_both_make_the_same_signature(
    real: SimpleNamespace, stand_in: SimpleNamespace, keys: Keys, data: bytes, hash_name: str
) -> None:
    signature = sign(stand_in, keys[1], data, hash_name)
    assert signature == sign(real, keys[0], data, hash_name)
    assert verdict(real, keys[0].public_key(), signature, data, hash_name)
    assert verdict(stand_in, keys[1].public_key(), signature, data, hash_name)


@settings(max_examples=200, deadline=None, database=None)
@given(data=st.data())
def test_both_judge_any_bytes_alike(
    real: SimpleNamespace, stand_in: SimpleNamespace, keys: Keys, data: st.DataObject
) -> None:
    n = keys[0].public_key().public_numbers().n
    good = sign(real, keys[0], b"order 7")
    signature = data.draw(
        st.one_of(
            st.binary(max_size=260),
            st.binary(min_size=256, max_size=256),
            st.integers(0, 255).map(lambda at: good[:at]),
            st.binary(min_size=1, max_size=9).map(lambda more: good + more),
            st.integers(0, 2047).map(lambda bit: flipped(good, bit)),
            st.integers(n - 9, n + 9).map(lambda number: number.to_bytes(256, "big")),
            st.just(good),
        )
    )
    judged = verdict(stand_in, keys[1].public_key(), signature, b"order 7")
    assert judged == verdict(real, keys[0].public_key(), signature, b"order 7") == (signature == good)


def test_thousands_of_mangled_signatures(
    real: SimpleNamespace, stand_in: SimpleNamespace, numbers_of: Callable[..., dict[str, int]]
) -> None:
    source, taken = random.Random(20260105), 0
    numbers = [numbers_of(bits, e) for bits, e in ((1024, 65537), (1031, 3), (768, 65537), (496, 65537))]
    keys = [(private_key(real, each), private_key(stand_in, each), each["n"]) for each in numbers]
    for turn in counted("signatures"):
        here, there, n = source.choice(keys)
        data = source.randbytes(source.randrange(40))
        good = sign(real, here, data)
        signature, signed, hash_name = mangled(source, good, n), data, source.choice(("SHA256",) * 9 + HASHES)
        if turn % 10 == 0:
            signed = data + b"."
        judged = verdict(stand_in, there.public_key(), signature, signed, hash_name)
        assert judged == verdict(real, here.public_key(), signature, signed, hash_name), (
            f"turn {turn}: stand-in {judged} for {signature.hex()} over {signed.hex()} with {hash_name}"
        )
        taken += judged
    assert INPUTS["signatures"] // 20 < taken < INPUTS["signatures"] // 3


@pytest.mark.parametrize("bits", [64, 488, 489, 496, 504, 744, 752, 753, 1031])
@pytest.mark.parametrize("hash_name", ["SHA256", "SHA512"])
def test_a_key_too_small_for_its_hash_is_refused_alike(
    real: SimpleNamespace,
    stand_in: SimpleNamespace,
    numbers_of: Callable[..., dict[str, int]],
    bits: int,
    hash_name: str,
) -> None:
    numbers = numbers_of(bits)
    here, there = private_key(real, numbers), private_key(stand_in, numbers)
    assert here.key_size == there.key_size == there.public_key().key_size == bits
    try:
        signature = sign(real, here, b"data", hash_name)
    except ValueError:
        with pytest.raises(ValueError, match="Use a larger key"):
            sign(stand_in, there, b"data", hash_name)
        signature = bytes((bits + 7) // 8)
    else:
        assert sign(stand_in, there, b"data", hash_name) == signature
    judged = verdict(stand_in, there.public_key(), signature, b"data", hash_name)
    assert judged == verdict(real, here.public_key(), signature, b"data", hash_name) == any(signature)


@pytest.mark.parametrize(
    ("primes", "exponent", "allowed"),
    [
        (24, 2**64 - 59, True),
        (24, 2**64 + 13, True),
        (25, 2**64 - 59, True),
        (25, 2**64 + 13, False),
        (128, 65537, True),
        (129, 65537, False),
    ],
)
def test_numbers_that_would_keep_openssl_busy_verify_nothing(
    real: SimpleNamespace,
    stand_in: SimpleNamespace,
    numbers_of: Callable[..., dict[str, int]],
    primes: int,
    exponent: int,
    allowed: bool,
) -> None:
    """The modulus has many primes of 128 bits, so that it is soon made; who verifies cannot tell."""
    factors = some_primes(numbers_of, primes)
    assert verdicts_on_a_true_signature((real, stand_in), factors, exponent) == [allowed, allowed]


def test_an_even_modulus_verifies_nothing(
    real: SimpleNamespace, stand_in: SimpleNamespace, numbers_of: Callable[..., dict[str, int]]
) -> None:
    factors = some_primes(numbers_of, 8)
    assert verdicts_on_a_true_signature((real, stand_in), factors, 65537) == [True, True]
    assert verdicts_on_a_true_signature((real, stand_in), [2, *factors], 65537) == [False, False]


@pytest.mark.parametrize("wrong", [{"iqmp": 1}, {"dmp1": 2}, {"dmq1": 2}, {"d": 2}])
def test_wrong_numbers_that_nobody_checked_still_sign_right(
    real: SimpleNamespace,
    stand_in: SimpleNamespace,
    numbers: dict[str, int],
    keys: Keys,
    wrong: dict[str, int],
) -> None:
    changed = {name: value + wrong.get(name, 0) for name, value in numbers.items()}
    signatures = [
        sign(library, private_key(library, changed, unsafe_skip_rsa_key_validation=True), b"data")
        for library in (real, stand_in)
    ]
    assert signatures == [sign(real, keys[0], b"data")] * 2


@pytest.mark.parametrize("value", ["text", 7, None, ["list"]])
def test_what_is_no_bytes_is_a_type_error(stand_in: SimpleNamespace, keys: Keys, value: Any) -> None:
    padding, sha = stand_in.padding.PKCS1v15(), stand_in.hashes.SHA256()
    with pytest.raises(TypeError):
        keys[1].sign(value, padding, sha)
    with pytest.raises(TypeError):
        keys[1].public_key().verify(value, b"data", padding, sha)
    with pytest.raises(TypeError):
        keys[1].public_key().verify(b"signature", value, padding, sha)
    with pytest.raises(TypeError):
        keys[1].sign(b"data", value, sha)
    with pytest.raises(TypeError):
        keys[1].sign(b"data", padding, value)


def test_all_kinds_of_buffers_are_bytes(stand_in: SimpleNamespace, keys: Keys) -> None:
    signature = sign(stand_in, keys[1], b"data")
    assert sign(stand_in, keys[1], memoryview(b"data")) == signature  # type: ignore[arg-type]
    assert verdict(stand_in, keys[1].public_key(), bytearray(signature), b"data")


def test_hashes_are_those_of_the_real_library(real: SimpleNamespace, stand_in: SimpleNamespace) -> None:
    for name in HASHES:
        digests = []
        for library in (real, stand_in):
            algorithm = getattr(library.hashes, name)()
            digest = library.hashes.Hash(algorithm)
            digest.update(b"one ")
            digest.update(b"two")
            digests.append((digest.finalize(), algorithm.name, algorithm.digest_size, algorithm.block_size))
            with pytest.raises(library.exceptions.AlreadyFinalized):
                digest.update(b"three")
            with pytest.raises(library.exceptions.AlreadyFinalized):
                digest.finalize()
            with pytest.raises(TypeError):
                library.hashes.Hash(name)
        assert digests[0] == digests[1]


def some_primes(numbers_of: Callable[..., dict[str, int]], count: int) -> list[int]:
    pairs = [numbers_of(256, seed=seed) for seed in range((count + 1) // 2)]
    return [pair[name] for pair in pairs for name in ("p", "q")][:count]


def verdicts_on_a_true_signature(
    libraries: tuple[SimpleNamespace, SimpleNamespace], factors: list[int], exponent: int
) -> list[bool]:
    """What real library and stand-in say to a signature that is right by the mathematics."""
    n = prod(factors)
    size = (n.bit_length() + 7) // 8
    stand_in = libraries[1]
    message = stand_in.rsa.encoded(b"data", stand_in.padding.PKCS1v15(), stand_in.hashes.SHA256(), size)
    number = int.from_bytes(message, "big")
    root = sum(
        pow(number, pow(exponent, -1, factor - 1), factor) * (n // factor) * pow(n // factor, -1, factor)
        for factor in factors
    )
    signature = (root % n).to_bytes(size, "big")
    assert pow(root, exponent, n) == number
    return [
        verdict(library, library.rsa.RSAPublicNumbers(exponent, n).public_key(), signature, b"data")
        for library in libraries
    ]


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def mangled(source: random.Random, good: bytes, n: int) -> bytes:
    """The signature, whole or spoilt in one of the ways that a verifier must notice."""
    number, size = int.from_bytes(good, "big"), len(good)
    longer = (number + n).to_bytes(size + 1, "big")
    return source.choice(
        [
            good,
            flipped(good, source.randrange(size * 8)),
            good[: source.randrange(size)],
            good[1:],
            good + source.randbytes(source.randint(1, 3)),
            bytes(1) + good,
            bytes(size),
            n.to_bytes(size, "big"),
            (n - number).to_bytes(size, "big"),
            (n - 1).to_bytes(size, "big"),
            longer if longer[0] else longer[1:],
            source.randbytes(size),
            bytes(size - 1) + b"\1",
            b"",
        ]
    )
