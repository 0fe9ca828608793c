"""Key numbers: the stand-in accepts and refuses the same ones as the real library, checked or unchecked."""

from collections.abc import Callable
from math import gcd, lcm
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.browser_stand_ins.key_numbers import numbers_from_primes

PRIVATE = ("p", "q", "d", "dmp1", "dmq1", "iqmp")
Numbers = dict[str, int]


@pytest.fixture(scope="session")
def small(numbers_of: Callable[..., Numbers]) -> Numbers:
    """A key that both libraries check in little time."""
    return numbers_of(512)


def accepts(library: SimpleNamespace, numbers: Numbers, unchecked: bool = False) -> bool:
    """Whether a private key comes of the numbers, and with the same numbers."""
    public = library.rsa.RSAPublicNumbers(numbers["e"], numbers["n"])
    private = library.rsa.RSAPrivateNumbers(*(numbers[name] for name in PRIVATE), public)
    try:
        key = private.private_key(unsafe_skip_rsa_key_validation=unchecked)
    except (ValueError, OverflowError):
        return False
    assert key.private_numbers() == private
    assert key.public_key().public_numbers() == public
    return True


def accepts_public(library: SimpleNamespace, e: int, n: int) -> bool:
    try:
        key = library.rsa.RSAPublicNumbers(e, n).public_key()
    except (ValueError, OverflowError):
        return False
    assert key.public_numbers() == library.rsa.RSAPublicNumbers(e=e, n=n)
    return True


def key_of(p: int, q: int, e: int) -> Numbers | None:
    order = lcm(p - 1, q - 1)
    if gcd(e, order) != 1 or gcd(p, q) != 1:
        return None
    return numbers_from_primes(p, q, e)


@pytest.mark.parametrize("unchecked", [False, True])
@pytest.mark.parametrize("name", [*PRIVATE, "e", "n"])
def test_each_number_changed(
    real: SimpleNamespace, stand_in: SimpleNamespace, small: Numbers, name: str, unchecked: bool
) -> None:
    right = small[name]
    n, order = small["n"], lcm(small["p"] - 1, small["q"] - 1)
    changes = [
        right + step for step in (-2, -1, 0, 1, 2, n, -n, order, 2 * order, small["p"], small["p"] - 1)
    ]
    for value in [*changes, 0, 1, 2, 3, -right, n - 1, n, small["p"], small["q"]]:
        numbers = small | {name: value}
        assert accepts(stand_in, numbers, unchecked) == accepts(real, numbers, unchecked), f"{name}={value}"


@settings(max_examples=150, deadline=None, database=None)
@given(data=st.data())
def test_any_numbers_changed(
    real: SimpleNamespace, stand_in: SimpleNamespace, small: Numbers, data: st.DataObject
) -> None:
    names = data.draw(st.sets(st.sampled_from([*PRIVATE, "e", "n"]), min_size=1, max_size=3))
    values = st.one_of(
        st.sampled_from(list(small.values())), st.integers(-5, 20), st.integers(0, small["n"] * 2)
    )
    numbers = small | {name: data.draw(values) for name in sorted(names)}
    unchecked = data.draw(st.booleans())
    assert accepts(stand_in, numbers, unchecked) == accepts(real, numbers, unchecked)


def test_primes_that_are_none(real: SimpleNamespace, stand_in: SimpleNamespace) -> None:
    factors = [2, 3, 5, 9, 11, 15, 23, 25, 29, 97, 101, 103, 561, 1105, 1729, 2821, 10403, 65521, 2**31 - 1]
    accepted = 0
    for p in factors:
        for q in factors:
            for e in (3, 7, 65537):
                numbers = key_of(p, q, e)
                if numbers is not None:
                    assert accepts(stand_in, numbers) == accepts(real, numbers), (p, q, e)
                    accepted += accepts(stand_in, numbers)
    assert accepted > 100


def test_equal_primes_are_no_key(real: SimpleNamespace, stand_in: SimpleNamespace, small: Numbers) -> None:
    p = small["p"]
    d = pow(65537, -1, p - 1)
    for iqmp in (1, p - 1):
        numbers = {"p": p, "q": p, "d": d, "dmp1": d, "dmq1": d, "iqmp": iqmp, "e": 65537, "n": p * p}
        assert accepts(stand_in, numbers) is accepts(real, numbers) is False


@settings(max_examples=200, deadline=None, database=None)
@given(e=st.integers(-3, 40) | st.integers(2**16, 2**70), n=st.integers(-3, 60) | st.integers(2**60, 2**70))
def test_any_public_numbers(real: SimpleNamespace, stand_in: SimpleNamespace, e: int, n: int) -> None:
    assert accepts_public(stand_in, e, n) == accepts_public(real, e, n)


@pytest.mark.parametrize("value", ["65537", 3.0, None, b"3"])
def test_what_is_no_integer_is_a_type_error(
    real: SimpleNamespace, stand_in: SimpleNamespace, value: Any
) -> None:
    for library in (real, stand_in):
        with pytest.raises(TypeError):
            library.rsa.RSAPublicNumbers(value, 15)
        with pytest.raises(TypeError):
            library.rsa.RSAPublicNumbers(3, value)
        with pytest.raises(TypeError):
            library.rsa.RSAPrivateNumbers(3, 5, value, 1, 1, 1, library.rsa.RSAPublicNumbers(3, 15))


def test_private_numbers_are_not_printed(stand_in: SimpleNamespace, small: Numbers) -> None:
    public = stand_in.rsa.RSAPublicNumbers(small["e"], small["n"])
    private = stand_in.rsa.RSAPrivateNumbers(*(small[name] for name in PRIVATE), public)
    assert not any(str(small[name]) in repr(private) + repr(private.private_key()) for name in PRIVATE)


@pytest.mark.parametrize("bits", [64, 512, 767, 2048])
@pytest.mark.parametrize("e", [3, 65537])
def test_primes_are_recovered(
    real: SimpleNamespace, stand_in: SimpleNamespace, numbers_of: Callable[..., Numbers], bits: int, e: int
) -> None:
    numbers = numbers_of(bits, e)
    p, q, d, n = (numbers[name] for name in ("p", "q", "d", "n"))
    for rsa in (real.rsa, stand_in.rsa):
        assert rsa.rsa_recover_prime_factors(n, e, d) == (max(p, q), min(p, q))
        assert rsa.rsa_crt_dmp1(d, p) == numbers["dmp1"]
        assert rsa.rsa_crt_dmq1(d, q) == numbers["dmq1"]
        assert rsa.rsa_crt_iqmp(p, q) == numbers["iqmp"]


@pytest.mark.parametrize(
    "arguments", [(0, 3, 3), (1, 3, 3), (3233, 1, 5), (3233, 5, 0), (3233, 17, 2754), (-55, 3, 27)]
)
def test_numbers_without_primes_are_refused(
    real: SimpleNamespace, stand_in: SimpleNamespace, arguments: tuple[int, int, int]
) -> None:
    for library in (real, stand_in):
        with pytest.raises(ValueError, match=r"<= 1|don't match|3rd argument"):
            library.rsa.rsa_recover_prime_factors(*arguments)
        for name in ("rsa_crt_dmp1", "rsa_crt_dmq1", "rsa_crt_iqmp"):
            with pytest.raises(ValueError, match="<= 1"):
                getattr(library.rsa, name)(1, 5)
            with pytest.raises(ValueError, match="<= 1"):
                getattr(library.rsa, name)(5, 1)


def test_a_prime_modulus_has_no_two_primes(stand_in: SimpleNamespace) -> None:
    prime = 2**127 - 1
    with pytest.raises(ValueError, match="Unable to compute"):
        stand_in.rsa.rsa_recover_prime_factors(prime, 5, pow(5, -1, prime - 1))


@pytest.mark.parametrize(("bits", "e"), [(1024, 65537), (1031, 3)])
def test_a_generated_key_passes_the_real_library(
    real: SimpleNamespace, stand_in: SimpleNamespace, bits: int, e: int
) -> None:
    private = stand_in.rsa.generate_private_key(public_exponent=e, key_size=bits).private_numbers()
    public = private.public_numbers
    numbers = {name: getattr(private, name) for name in PRIVATE} | {"e": public.e, "n": public.n}
    assert public.n.bit_length() == bits
    assert accepts(real, numbers)
    assert accepts(stand_in, numbers)
    assert numbers == key_of(private.p, private.q, e)


@pytest.mark.parametrize(("e", "bits"), [(5, 2048), (65537, 1023), (4, 2048), (65537, 0), (1, 2048)])
def test_keys_that_neither_generates(
    real: SimpleNamespace, stand_in: SimpleNamespace, e: int, bits: int
) -> None:
    for library in (real, stand_in):
        with pytest.raises(ValueError, match=r"public_exponent must be|key_size must be"):
            library.rsa.generate_private_key(e, bits)


def test_public_keys_are_equal_by_their_numbers(
    real: SimpleNamespace, stand_in: SimpleNamespace, small: Numbers
) -> None:
    for library in (real, stand_in):
        first, same = (library.rsa.RSAPublicNumbers(small["e"], small["n"]).public_key() for _ in range(2))
        other = library.rsa.RSAPublicNumbers(3, small["n"]).public_key()
        assert first == same
        assert first != other
        assert first != small
