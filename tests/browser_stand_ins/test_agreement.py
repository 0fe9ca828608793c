"""The random and mangled inputs on which real library and stand-in agree, here and in the tests beside."""

import base64
import json
import random
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.browser_stand_ins.inputs import INPUTS, counted
from tests.browser_stand_ins.test_key_files import loaded, mangled, pkcs1_public, public_from_der, spki

VALUES: tuple[Any, ...] = (
    *(
        None,
        True,
        0,
        -1,
        1.5,
        "",
        "text",
        b"",
        b"bytes",
        bytearray(b"bytes"),
        (),
        [],
        [b""],
        {},
        {"n": "AQAB"},
    ),
    *(object(), int, len, "\ud800", b"\xff", range(3)),
)


def test_ten_thousand_inputs_are_tried() -> None:
    """Each kind that is counted is looped over somewhere, so often and no less."""
    assert sum(INPUTS.values()) >= 10_000
    sources = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert all(f'counted("{kind}")' in sources for kind in INPUTS)


def test_mangled_public_keys(
    real: SimpleNamespace, stand_in: SimpleNamespace, numbers_of: Callable[..., dict[str, int]]
) -> None:
    source, public = random.Random(20260109), pkcs1_public(numbers_of(520))
    for turn in counted("public keys"):
        data = mangled(source, source.choice((public, spki(public))))
        assert loaded(stand_in, public_from_der, data) == loaded(real, public_from_der, data), (turn, data)


def test_mangled_jwks(
    real: SimpleNamespace, stand_in: SimpleNamespace, numbers_of: Callable[..., dict[str, int]]
) -> None:
    source, taken = random.Random(20260110), 0
    jwk = _jwk(numbers_of(520))
    for turn in counted("JWKs"):
        spoilt = _mangled_jwk(source, jwk)
        said = [_read(library, spoilt) for library in (real, stand_in)]
        assert said[0] == said[1], (turn, spoilt)
        taken += isinstance(said[0], dict)
    assert 100 < taken < INPUTS["JWKs"] // 2


def test_values_of_any_type(
    real: SimpleNamespace, stand_in: SimpleNamespace, numbers_of: Callable[..., dict[str, int]]
) -> None:
    source, numbers = random.Random(20260111), numbers_of(520)
    calls = [(library, _calls(library, numbers)) for library in (real, stand_in)]
    for turn in counted("values of any type"):
        name, values = source.choice(list(calls[0][1])), source.choices(VALUES, k=4)
        said = [_outcome(library, functions[name], values) for library, functions in calls]
        assert said[0] == said[1], (turn, name, values, said)


def _jwk(numbers: dict[str, int]) -> dict[str, str]:
    names = {"n": "n", "e": "e", "d": "d", "p": "p", "q": "q", "dp": "dmp1", "dq": "dmq1", "qi": "iqmp"}
    return {"kty": "RSA", **{name: _base64url(numbers[number]) for name, number in names.items()}}


def _base64url(number: int) -> str:
    data = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _mangled_jwk(source: random.Random, jwk: dict[str, str]) -> dict[str, Any]:
    """The key, public or private, with a member changed, left out or put elsewhere."""
    private = source.random() < 0.15
    kept = dict(jwk) if private else {name: jwk[name] for name in ("kty", "n", "e")}
    name = source.choice(list(kept))
    text = kept[name]
    at = source.randrange(len(text) + 1)
    other: list[Any] = [
        text,
        text[:at] + source.choice("AQgz09-_=. +/\u00e4") + text[at + 1 :],
        text[:at] + text[at + 1 :],
        text[:at],
        text + source.choice(("=", "==", "A", " ", "\n")),
        "AA" + text,
        source.choice(list(jwk.values())),
        source.choice((None, 0, 65537, True, [], {}, [text], "", "AA", "AQ", "Ag")),
    ]
    changed = {**kept, name: source.choice(other)}
    if source.random() < 0.1:
        del changed[source.choice(list(changed))]
    return changed


def _read(library: SimpleNamespace, jwk: dict[str, Any]) -> dict[str, int] | str:
    try:
        key = library.jwt_algorithms.RSAAlgorithm.from_jwk(json.dumps(jwk))
    except Exception as error:
        return type(error).__name__
    public = key.public_numbers() if hasattr(key, "public_numbers") else key.public_key().public_numbers()
    return {"e": public.e, "n": public.n, "private": hasattr(key, "private_numbers")}


def _calls(library: SimpleNamespace, numbers: dict[str, int]) -> dict[str, Callable[..., Any]]:
    """Functions of a library, for values in the places where a caller may put something wrong."""
    private = {name: value for name, value in numbers.items() if name not in ("e", "n")}
    public_numbers = library.rsa.RSAPublicNumbers(numbers["e"], numbers["n"])
    key = library.rsa.RSAPrivateNumbers(**private, public_numbers=public_numbers).private_key()
    public, serialization = key.public_key(), library.serialization
    pkcs1, sha256 = library.padding.PKCS1v15(), library.hashes.SHA256()
    return {
        "sign data": lambda a, *_: key.sign(a, pkcs1, sha256),
        "verify signature": lambda a, *_: public.verify(a, b"data", pkcs1, sha256),
        "verify data": lambda a, *_: public.verify(b"signature", a, pkcs1, sha256),
        "verify both": lambda a, b, *_: public.verify(a, b, pkcs1, sha256),
        "public PEM": lambda a, *_: serialization.load_pem_public_key(a),
        "public DER": lambda a, *_: serialization.load_der_public_key(a),
        "private PEM": lambda a, *_: serialization.load_pem_private_key(a, None),
        "public numbers": lambda a, b, *_: library.rsa.RSAPublicNumbers(a, b).public_key(),
        "hash": lambda a, *_: library.hashes.Hash(sha256).update(a),
    }


def _outcome(library: SimpleNamespace, function: Callable[..., Any], values: list[Any]) -> str:
    try:
        return type(function(*values)).__name__
    except TypeError:
        return "TypeError"
    except (ValueError, OverflowError):  # OverflowError: a negative number, in the real library
        return "ValueError"
    except library.exceptions.InvalidSignature:
        return "InvalidSignature"
