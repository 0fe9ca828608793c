"""Key files: what the real library loads or refuses, the stand-in loads or refuses, to the byte."""

import base64
import random
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.browser_stand_ins.inputs import INPUTS, counted

Loader = Callable[[SimpleNamespace, bytes], Any]

RSA_ENCRYPTION = bytes.fromhex("06092a864886f70d010101")
RSA_PSS = bytes.fromhex("06092a864886f70d01010a")
UNKNOWN = bytes.fromhex("06092a864886f70d010107")
NULL = b"\x05\x00"


def element(tag: int, *contents: bytes, length_bytes: int = 0) -> bytes:
    """A DER element; `length_bytes` forces a long form of the length."""
    content = b"".join(contents)
    if len(content) < 128 and not length_bytes:
        return bytes([tag, len(content)]) + content
    count = length_bytes or (len(content).bit_length() + 7) // 8
    return bytes([tag, 0x80 | count]) + len(content).to_bytes(count, "big") + content


def integer(number: int) -> bytes:
    return element(2, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))


def sequence(*contents: bytes, length_bytes: int = 0) -> bytes:
    return element(0x30, *contents, length_bytes=length_bytes)


def pkcs1_public(numbers: dict[str, int], **changed: int) -> bytes:
    return sequence(*(integer((numbers | changed)[name]) for name in ("n", "e")))


def spki(key: bytes, algorithm: bytes = sequence(RSA_ENCRYPTION, NULL), unused: bytes = b"\0") -> bytes:
    return sequence(algorithm, element(3, unused + key))


def pkcs1_private(numbers: dict[str, int], *more: bytes, version: int = 0, **changed: int) -> bytes:
    names = ("n", "e", "d", "p", "q", "dmp1", "dmq1", "iqmp")
    return sequence(integer(version), *(integer((numbers | changed)[name]) for name in names), *more)


def pkcs8(
    key: bytes, *more: bytes, version: bytes = integer(0), algorithm: bytes = sequence(RSA_ENCRYPTION, NULL)
) -> bytes:
    return sequence(version, algorithm, element(4, key), *more)


def pem(label: bytes, der: bytes, headers: bytes = b"", end_label: bytes | None = None) -> bytes:
    begin, end = b"-----BEGIN " + label + b"-----\n", b"-----END " + (end_label or label) + b"-----\n"
    return begin + headers + base64.encodebytes(der) + end


def public_from_pem(library: SimpleNamespace, data: bytes) -> Any:
    return library.serialization.load_pem_public_key(data)


def public_from_der(library: SimpleNamespace, data: bytes) -> Any:
    return library.serialization.load_der_public_key(data)


def private_from_pem(library: SimpleNamespace, data: bytes) -> Any:
    return library.serialization.load_pem_private_key(data, None)


def loaded(library: SimpleNamespace, load: Loader, data: bytes) -> dict[str, int] | None:
    """The numbers of the RSA key, or None where it was refused in one of the ways that PyJWT knows."""
    try:
        key = load(library, data)
    except (ValueError, TypeError, library.exceptions.UnsupportedAlgorithm):
        return None
    if not hasattr(key, "private_numbers"):
        return {"e": key.public_numbers().e, "n": key.public_numbers().n}
    private = key.private_numbers()
    public = private.public_numbers
    names = ("p", "q", "d", "dmp1", "dmq1", "iqmp")
    return {name: getattr(private, name) for name in names} | {"e": public.e, "n": public.n}


@pytest.fixture(scope="session")
def small(numbers_of: Callable[..., dict[str, int]]) -> dict[str, int]:
    """A key that both libraries check in little time."""
    return numbers_of(520)


@pytest.fixture(scope="session")
def files(small: dict[str, int]) -> list[tuple[Loader, bytes]]:
    """Whole files, each with what loads it."""
    public, private = pkcs1_public(small), pkcs1_private(small)
    return [
        (public_from_der, public),
        (public_from_der, spki(public)),
        (public_from_pem, pem(b"PUBLIC KEY", spki(public))),
        (public_from_pem, pem(b"RSA PUBLIC KEY", public)),
        (private_from_pem, pem(b"PRIVATE KEY", pkcs8(private))),
        (private_from_pem, pem(b"RSA PRIVATE KEY", private)),
    ]


def test_whole_files(
    real: SimpleNamespace, stand_in: SimpleNamespace, small: dict[str, int], files: list[tuple[Loader, bytes]]
) -> None:
    for load, data in files:
        numbers = loaded(stand_in, load, data)
        assert numbers is not None
        assert numbers == loaded(real, load, data) == {name: small[name] for name in numbers}


def test_files_written_by_the_real_library(
    real: SimpleNamespace, stand_in: SimpleNamespace, numbers: dict[str, int]
) -> None:
    library = real.serialization
    public = real.rsa.RSAPublicNumbers(numbers["e"], numbers["n"])
    private = {name: value for name, value in numbers.items() if name not in ("e", "n")}
    key = real.rsa.RSAPrivateNumbers(**private, public_numbers=public).private_key()
    for form in (library.PrivateFormat.PKCS8, library.PrivateFormat.TraditionalOpenSSL):
        data = key.private_bytes(library.Encoding.PEM, form, library.NoEncryption())
        assert loaded(stand_in, private_from_pem, data) == numbers
    for form in (library.PublicFormat.SubjectPublicKeyInfo, library.PublicFormat.PKCS1):
        data = key.public_key().public_bytes(library.Encoding.PEM, form)
        assert loaded(stand_in, public_from_pem, data) == {"e": numbers["e"], "n": numbers["n"]}


def longer_numbers(numbers: dict[str, int]) -> bytes:
    """The numbers of a key that takes more than 127 bytes."""
    return integer(numbers["n"] << 600 | 1) + integer(65537)


PUBLIC_DER: dict[str, Callable[[dict[str, int]], bytes]] = {
    "no parameters": lambda k: spki(pkcs1_public(k), sequence(RSA_ENCRYPTION)),
    "an integer for parameters": lambda k: spki(pkcs1_public(k), sequence(RSA_ENCRYPTION, integer(1))),
    "a NULL that holds something": lambda k: spki(pkcs1_public(k), sequence(RSA_ENCRYPTION, b"\x05\x01\x00")),
    "two NULLs": lambda k: spki(pkcs1_public(k), sequence(RSA_ENCRYPTION, NULL, NULL)),
    "an unknown algorithm": lambda k: spki(pkcs1_public(k), sequence(UNKNOWN, NULL)),
    "no algorithm": lambda k: spki(pkcs1_public(k), sequence()),
    "RSASSA-PSS with NULL": lambda k: spki(pkcs1_public(k), sequence(RSA_PSS, NULL)),
    "one unused bit": lambda k: spki(pkcs1_public(k), unused=b"\1"),
    "eight unused bits": lambda k: spki(pkcs1_public(k), unused=b"\x08"),
    "an unused bit after an even exponent": lambda k: spki(pkcs1_public(k, e=65538), unused=b"\1"),
    "no bits at all": lambda k: spki(b"", unused=b""),
    "an empty key": lambda k: spki(b""),
    "an octet string": lambda k: sequence(
        sequence(RSA_ENCRYPTION, NULL), element(4, b"\0" + pkcs1_public(k))
    ),
    "something after the key": lambda k: sequence(spki(pkcs1_public(k))[2:], NULL),
    "a byte after the key within": lambda k: spki(pkcs1_public(k) + b"\0"),
    "a byte at the end": lambda k: spki(pkcs1_public(k)) + b"\0",
    "a third number": lambda k: sequence(integer(k["n"]), integer(k["e"]), integer(1)),
    "one number": lambda k: sequence(integer(k["n"])),
    "a negative modulus": lambda k: pkcs1_public(k, n=-k["n"]),
    "a padded modulus": lambda k: sequence(element(2, b"\0\0" + k["n"].to_bytes(65, "big")), integer(3)),
    "an empty integer": lambda k: sequence(element(2), integer(3)),
    "a constructed integer": lambda k: sequence(element(0x22, b"\5"), integer(3)),
    "modulus 0": lambda k: pkcs1_public(k, n=0),
    "modulus 3": lambda k: pkcs1_public(k, n=3, e=3),
    "modulus 5": lambda k: pkcs1_public(k, n=5, e=3),
    "an even modulus": lambda k: pkcs1_public(k, n=k["n"] + 1),
    "exponent 0": lambda k: pkcs1_public(k, e=0),
    "exponent 1": lambda k: pkcs1_public(k, e=1),
    "exponent 3": lambda k: pkcs1_public(k, e=3),
    "exponent 4": lambda k: pkcs1_public(k, e=4),
    "exponent n": lambda k: pkcs1_public(k, e=k["n"]),
    "exponent n - 2": lambda k: pkcs1_public(k, e=k["n"] - 2),
    "exponent n + 2": lambda k: pkcs1_public(k, e=k["n"] + 2),
    "a longer key": lambda k: sequence(longer_numbers(k)),
    "a longer key, its length in two bytes": lambda k: sequence(longer_numbers(k), length_bytes=2),
    "a longer key, its length in three bytes": lambda k: sequence(longer_numbers(k), length_bytes=3),
    "a longer key, its length in four bytes": lambda k: sequence(longer_numbers(k), length_bytes=4),
    "a longer key, its length in five bytes": lambda k: sequence(longer_numbers(k), length_bytes=5),
    "a short length in the long form": lambda k: sequence(pkcs1_public(k)[2:], length_bytes=1),
    "a short length in two bytes": lambda k: sequence(pkcs1_public(k)[2:], length_bytes=2),
    "no definite length": lambda k: b"\x30\x80" + pkcs1_public(k)[2:] + b"\0\0",
    "nothing": lambda k: b"",
    "one byte": lambda k: b"\x30",
    "a private key": lambda k: pkcs1_private(k),
}


@pytest.mark.parametrize("shape", PUBLIC_DER)
def test_shapes_of_public_keys(
    real: SimpleNamespace, stand_in: SimpleNamespace, small: dict[str, int], shape: str
) -> None:
    der = PUBLIC_DER[shape](small)
    assert loaded(stand_in, public_from_der, der) == loaded(real, public_from_der, der)
    for label in (b"PUBLIC KEY", b"RSA PUBLIC KEY"):
        data = pem(label, der)
        assert loaded(stand_in, public_from_pem, data) == loaded(real, public_from_pem, data)


def plus_order(numbers: dict[str, int]) -> int:
    return numbers["d"] + (numbers["p"] - 1) * (numbers["q"] - 1) // 2


PRIVATE_DER: dict[str, Callable[[dict[str, int]], bytes]] = {
    "PKCS #8": lambda k: pkcs8(pkcs1_private(k)),
    "PKCS #8 without parameters": lambda k: pkcs8(pkcs1_private(k), algorithm=sequence(RSA_ENCRYPTION)),
    "PKCS #8 of an unknown algorithm": lambda k: pkcs8(pkcs1_private(k), algorithm=sequence(UNKNOWN, NULL)),
    "PKCS #8 version 1": lambda k: pkcs8(pkcs1_private(k), version=integer(1)),
    "PKCS #8 version 128": lambda k: pkcs8(pkcs1_private(k), version=integer(128)),
    "PKCS #8 with a padded version": lambda k: pkcs8(pkcs1_private(k), version=b"\2\2\0\0"),
    "PKCS #8 with a public key": lambda k: pkcs8(pkcs1_private(k), element(0x81, b"\0"), version=integer(1)),
    "PKCS #8 with junk for attributes": lambda k: pkcs8(pkcs1_private(k), element(0xA0, b"junk")),
    "PKCS #8 with primitive attributes": lambda k: pkcs8(pkcs1_private(k), element(0x80)),
    "PKCS #8 with more": lambda k: pkcs8(pkcs1_private(k), NULL),
    "PKCS #8 with a byte after the key": lambda k: pkcs8(pkcs1_private(k) + b"\0"),
    "PKCS #8 with a byte at the end": lambda k: pkcs8(pkcs1_private(k)) + b"\0",
    "PKCS #1": lambda k: pkcs1_private(k),
    "PKCS #1 version 1": lambda k: pkcs1_private(k, version=1),
    "PKCS #1 with more primes": lambda k: pkcs1_private(k, sequence(sequence(integer(1))), version=1),
    "PKCS #1 with more": lambda k: pkcs1_private(k, NULL),
    "PKCS #1 with a byte at the end": lambda k: pkcs1_private(k) + b"\0",
    "another modulus": lambda k: pkcs1_private(k, n=k["n"] + 2),
    "an even exponent": lambda k: pkcs1_private(k, e=65538),
    "another exponent": lambda k: pkcs1_private(k, e=3),
    "a negative d": lambda k: pkcs1_private(k, d=-k["d"]),
    "d = 0": lambda k: pkcs1_private(k, d=0),
    "another d that works as well": lambda k: pkcs1_private(k, d=plus_order(k)),
    "a d above n": lambda k: pkcs1_private(k, d=k["d"] + 2 * (k["p"] - 1) * (k["q"] - 1)),
    "an exponent above n": lambda k: pkcs1_private(k, e=k["e"] + 4 * (k["p"] - 1) * (k["q"] - 1)),
    "exponent 1": lambda k: pkcs1_private(k, e=1, d=1, dmp1=1, dmq1=1),
    "prime 1": lambda k: pkcs1_private(k, p=1, q=k["n"]),
    "prime 0": lambda k: pkcs1_private(k, p=0),
    "no numbers": lambda k: pkcs1_private(dict.fromkeys(k, 0)),
    "all numbers 1": lambda k: pkcs1_private(dict.fromkeys(k, 1)),
    "a wrong dmp1": lambda k: pkcs1_private(k, dmp1=k["dmp1"] + 2),
    "a long dmp1": lambda k: pkcs1_private(k, dmp1=k["dmp1"] + k["p"] - 1),
    "a wrong dmq1": lambda k: pkcs1_private(k, dmq1=k["dmq1"] + 2),
    "a wrong iqmp": lambda k: pkcs1_private(k, iqmp=k["iqmp"] + 1),
    "a long iqmp": lambda k: pkcs1_private(k, iqmp=k["iqmp"] + k["p"]),
    "swapped primes": lambda k: pkcs1_private(
        k, p=k["q"], q=k["p"], dmp1=k["dmq1"], dmq1=k["dmp1"], iqmp=pow(k["p"], -1, k["q"])
    ),
    "swapped primes, but not their iqmp": lambda k: pkcs1_private(
        k, p=k["q"], q=k["p"], dmp1=k["dmq1"], dmq1=k["dmp1"]
    ),
    "a public key": lambda k: spki(pkcs1_public(k)),
    "nothing": lambda k: b"",
}


@pytest.mark.parametrize("shape", PRIVATE_DER)
@pytest.mark.parametrize(
    "label", [b"PRIVATE KEY", b"RSA PRIVATE KEY", b"ENCRYPTED PRIVATE KEY", b"EC PRIVATE KEY"]
)
def test_shapes_of_private_keys(
    real: SimpleNamespace, stand_in: SimpleNamespace, small: dict[str, int], shape: str, label: bytes
) -> None:
    data = pem(label, PRIVATE_DER[shape](small))
    assert loaded(stand_in, private_from_pem, data) == loaded(real, private_from_pem, data)


def in_one_line(data: bytes) -> bytes:
    begin, *lines, end = data.splitlines()
    return begin + b"".join(lines) + end


PEM_TEXT: dict[str, Callable[[bytes], bytes]] = {
    "as it is": lambda text: text,
    "no newline at the end": lambda text: text.strip(),
    "text before": lambda text: b"Subject: me\n\xff\n" + text,
    "text after": lambda text: text + b"the end",
    "twice": lambda text: text + text,
    "a broken one after": lambda text: text + text.replace(b"END", b"END X"),
    "a half one after": lambda text: text + text[:40],
    "a certificate before": lambda text: pem(b"CERTIFICATE", b"data") + text,
    "a parameter block before": lambda text: pem(b"EC PARAMETERS", b"data") + text,
    "CRLF": lambda text: text.replace(b"\n", b"\r\n"),
    "CR": lambda text: text.replace(b"\n", b"\r"),
    "one line": in_one_line,
    "spaces in a line": lambda text: text[:50] + b"  " + text[50:],
    "spaces at the ends": lambda text: text.replace(b"\n", b" \n"),
    "spaces at the starts": lambda text: text.replace(b"\n", b"\n "),
    "a tab": lambda text: text[:50] + b"\t" + text[50:],
    "a vertical tab": lambda text: text[:50] + b"\x0b" + text[50:],
    "a no-break space": lambda text: text[:50] + b"\xc2\xa0" + text[50:],
    "a line separator": lambda text: text[:50] + "\u2028".encode() + text[50:],
    "a zero-width space": lambda text: text[:50] + "\u200b".encode() + text[50:],
    "a file separator": lambda text: text[:50] + b"\x1c" + text[50:],
    "a NUL": lambda text: text[:50] + b"\0" + text[50:],
    "no UTF-8": lambda text: text[:50] + b"\xff" + text[50:],
    "a blank line in the middle": lambda text: text[:50] + b"\n\n" + text[50:],
    "a blank line of CRLF in the middle": lambda text: text[:50] + b"\r\n\r\n" + text[50:],
    "a blank line at the start": lambda text: text.replace(b"-----\n", b"-----\n\n", 1),
    "a blank line at the end": lambda text: text.replace(b"\n-----END", b"\n\n-----END"),
    "a header": lambda text: text.replace(b"-----\n", b"-----\nComment: mine\n\n", 1),
    "a header in CRLF": lambda text: text.replace(b"-----\n", b"-----\r\nComment: mine\r\n\r\n", 1),
    "a header in a mixture": lambda text: text.replace(b"-----\n", b"-----\nComment: mine\n\r\n\r\n", 1),
    "a header without a colon": lambda text: text.replace(b"-----\n", b"-----\nComment\n\n", 1),
    "a folded header": lambda text: text.replace(b"-----\n", b"-----\nComment: mine\n more\n\n", 1),
    "a header that says encrypted": lambda text: text.replace(
        b"-----\n",
        b"-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n",
        1,
    ),
    "a header that says something else": lambda text: text.replace(b"-----\n", b"-----\nProc-Type: 5\n\n", 1),
    "a later header that counts": lambda text: text.replace(
        b"-----\n", b"-----\nProc-Type: 4,ENCRYPTED\nProc-Type: 5\n\n", 1
    ),
    "four dashes": lambda text: text.replace(b"-----", b"----"),
    "six dashes at the start": lambda text: b"-" + text,
    "eleven dashes at the start": lambda text: b"------" + text,
    "six dashes before END": lambda text: text.replace(b"-----END", b"------END"),
    "six dashes after the label": lambda text: text.replace(b"KEY-----", b"KEY------"),
    "another label at the end": lambda text: text.replace(b"END ", b"END X"),
    "a space in both labels": lambda text: text.replace(b" KEY-----", b" KEY -----"),
    "a space before both labels": lambda text: text.replace(b"BEGIN ", b"BEGIN  ").replace(b"END ", b"END  "),
    "lower case": lambda text: text.replace(b"KEY", b"key"),
    "no labels": lambda text: b"-----BEGIN -----\n" + text.split(b"-----\n")[1] + b"-----END -----\n",
    "one without labels before": lambda text: b"-----BEGIN -----\nAAAA\n-----END -----\n" + text,
    "no end": lambda text: text.split(b"-----END")[0],
    "no body": lambda text: text[: text.index(b"\n")] + text[text.index(b"-----END") :],
    "no padding": lambda text: text.replace(b"=", b""),
    "more padding": lambda text: text.replace(b"\n-----END", b"=\n-----END"),
    "four more of padding": lambda text: text.replace(b"\n-----END", b"====\n-----END"),
    "padding in the middle": lambda text: text[:52] + b"==" + text[52:],
    "a stray bit at the end": lambda text: (
        text.replace(b"A==", b"B==").replace(b"Q==", b"R==").replace(b"E=", b"F=")
    ),
    "base64url": lambda text: text.replace(b"+", b"-").replace(b"/", b"_"),
    "nothing": lambda text: b"",
    "a BEGIN line in the body": lambda text: text[: text.index(b"\n") + 1] + text,
}


@pytest.mark.parametrize("shape", PEM_TEXT)
def test_shapes_of_pem(
    real: SimpleNamespace, stand_in: SimpleNamespace, numbers_of: Callable[..., dict[str, int]], shape: str
) -> None:
    texts = [
        (public_from_pem, pem(label, der))
        for public in (pkcs1_public(numbers_of(bits)) for bits in (504, 512, 520))
        for label, der in ((b"PUBLIC KEY", spki(public)), (b"RSA PUBLIC KEY", public))
    ]
    private = pkcs1_private(numbers_of(504))
    texts.append((private_from_pem, pem(b"PRIVATE KEY", pkcs8(private))))
    texts.append((private_from_pem, pem(b"RSA PRIVATE KEY", private)))
    for load, text in texts:
        data = PEM_TEXT[shape](text)
        assert loaded(stand_in, load, data) == loaded(real, load, data), data.decode(errors="replace")


def test_the_lengths_of_the_keys_give_all_kinds_of_padding(numbers_of: Callable[..., dict[str, int]]) -> None:
    ends = {pem(b"P", pkcs1_public(numbers_of(bits))).count(b"=") for bits in (504, 512, 520)}
    assert ends == {0, 1, 2}


def test_thousands_of_mangled_files(
    real: SimpleNamespace, stand_in: SimpleNamespace, files: list[tuple[Loader, bytes]]
) -> None:
    source, taken = random.Random(20260106), 0
    for turn in counted("key files"):
        load, data = source.choice(files)
        for _ in range(source.choice((1, 1, 1, 2, 3))):
            data = mangled(source, data)
        numbers = loaded(stand_in, load, data)
        assert numbers == loaded(real, load, data), f"turn {turn}: {load.__name__} of {data!r}"
        taken += numbers is not None
    assert INPUTS["key files"] // 20 < taken < INPUTS["key files"] // 2


def test_thousands_of_mangled_private_keys_in_sound_pem(
    real: SimpleNamespace, stand_in: SimpleNamespace, small: dict[str, int]
) -> None:
    source = random.Random(20260107)
    sound = {b"RSA PRIVATE KEY": pkcs1_private(small), b"PRIVATE KEY": pkcs8(pkcs1_private(small))}
    for turn in counted("private keys"):
        label = source.choice(list(sound))
        data = pem(label, mangled(source, sound[label]))
        assert loaded(stand_in, private_from_pem, data) == loaded(real, private_from_pem, data), (
            f"turn {turn}: {data.decode()}"
        )


@settings(max_examples=150, deadline=None, database=None)
@given(data=st.data())
def test_any_files(
    real: SimpleNamespace, stand_in: SimpleNamespace, files: list[tuple[Loader, bytes]], data: st.DataObject
) -> None:
    load, whole = data.draw(st.sampled_from(files))
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(whole)), st.integers(0, len(whole)))))
    spoilt = whole[:start] + data.draw(st.binary(max_size=4) | st.just(whole[start:end])) + whole[end:]
    assert loaded(stand_in, load, spoilt) == loaded(real, load, spoilt)


LETTERS = b"-----\n\n\r\r\t =:+/AQgz09" + bytes([0, 1, 2, 3, 4, 5, 0x30, 0x7F, 0x80, 0x81, 0x82, 0xA0, 0xFF])


def mangled(source: random.Random, data: bytes) -> bytes:
    """The bytes with one change: some replaced, left out, put in, doubled, moved, or cut off."""
    at = source.randrange(len(data) + 1)
    upto = min(len(data), at + source.choice((1, 1, 1, 2, 5, 70)))
    put_in = bytes(source.choices(LETTERS, k=source.choice((1, 1, 2))))
    before, piece, after = data[:at], data[at:upto], data[upto:]
    flipped = bytes([piece[0] ^ 1 << source.randrange(8)]) + piece[1:] if piece else b""
    return source.choice(
        [
            before + put_in + after,
            before + put_in + piece + after,
            before + after,
            before + flipped + after,
            before + piece + piece + after,
            piece + before + after,
            before + after + piece,
            before,
            data + put_in,
            put_in + data,
        ]
    )
