"""The two libraries side by side: the real `cryptography`, and the browser's stand-in for it."""

import importlib
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import lcm
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.browser_stand_ins.key_numbers import numbers_from_primes

STAND_INS = Path(__file__).parents[2] / "src" / "browser_stand_ins"
PACKAGES = ("cryptography", "jwt")
MODULES = {
    "exceptions": "cryptography.exceptions",
    "x509": "cryptography.x509",
    "hashes": "cryptography.hazmat.primitives.hashes",
    "serialization": "cryptography.hazmat.primitives.serialization",
    "ec": "cryptography.hazmat.primitives.asymmetric.ec",
    "ed25519": "cryptography.hazmat.primitives.asymmetric.ed25519",
    "ed448": "cryptography.hazmat.primitives.asymmetric.ed448",
    "padding": "cryptography.hazmat.primitives.asymmetric.padding",
    "rsa": "cryptography.hazmat.primitives.asymmetric.rsa",
    "utils": "cryptography.hazmat.primitives.asymmetric.utils",
    "jwt": "jwt",
    "jwt_algorithms": "jwt.algorithms",
}


@pytest.fixture(scope="session")
def stand_in_folder() -> Path:
    """What stands first on the browser's sys.path."""
    return STAND_INS


@pytest.fixture(scope="session")
def real() -> SimpleNamespace:
    """The modules of the real library, and PyJWT on it."""
    return _modules()


@pytest.fixture(scope="session")
def stand_in(real: SimpleNamespace) -> SimpleNamespace:
    """The modules of the stand-in, and a second PyJWT on it. The process goes on with the real ones."""
    with _stand_ins_first():
        modules = _modules()
    assert Path(modules.rsa.__file__).is_relative_to(STAND_INS)
    assert modules.jwt_algorithms.RSAPublicKey is modules.rsa.RSAPublicKey
    assert modules.jwt is not real.jwt
    return modules


@pytest.fixture(scope="session")
def numbers_of() -> Callable[..., dict[str, int]]:
    """Makes the numbers of an RSA key, the same for the same seed."""
    return _numbers


@pytest.fixture(scope="session")
def numbers(numbers_of: Callable[..., dict[str, int]]) -> dict[str, int]:
    """A key of the usual size."""
    return numbers_of(2048)


def _modules() -> SimpleNamespace:
    return SimpleNamespace(**{name: importlib.import_module(path) for name, path in MODULES.items()})


@contextmanager
def _stand_ins_first() -> Iterator[None]:
    def of_packages() -> dict[str, object]:
        return {name: module for name, module in sys.modules.items() if name.split(".")[0] in PACKAGES}

    kept = of_packages()
    for name in kept:
        del sys.modules[name]
    sys.path.insert(0, str(STAND_INS))
    try:
        yield
    finally:
        sys.path.remove(str(STAND_INS))
        for name in of_packages():
            del sys.modules[name]
        sys.modules.update(kept)  # type: ignore[arg-type]


def _numbers(bits: int, e: int = 65537, seed: int = 1) -> dict[str, int]:
    source = random.Random(f"{bits} {e} {seed}")
    while True:
        p, q = _prime(source, (bits + 1) // 2), _prime(source, bits // 2)
        order = lcm(p - 1, q - 1)
        if order % e != 0:
            break
    return numbers_from_primes(p, q, e)


def _prime(source: random.Random, bits: int) -> int:
    while True:
        candidate = source.getrandbits(bits) | (3 << (bits - 2)) | 1
        has_small_factor = any(candidate % small == 0 for small in range(3, 2000, 2))
        if not has_small_factor and all(pow(base, candidate - 1, candidate) == 1 for base in (2, 3, 5, 7)):
            return candidate
