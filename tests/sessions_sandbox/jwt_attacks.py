"""Attacks on JWTs by what they are, with the section of RFC 8725 that has the defence."""

import json
import zlib
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwe
from joserfc.jwk import RSAKey

from sessions_sandbox.keys import test_only_key as fixed_key
from tests.sessions_sandbox.jwt_forgery import (
    Original,
    as_json,
    base64url,
    by_hmac,
    by_rsa,
    compact,
    octets,
    own_jwk,
    own_key,
)

Attack = Callable[[Original], str]
EVIL = "https://evil.example.net/keys"
ORDER_OF_P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def none(algorithm: object) -> Attack:
    return lambda good: good.with_header(lambda data: b"", alg=algorithm)


def by_public_key(secret: Callable[[Original], bytes], size: str = "256") -> Attack:
    return lambda good: good.with_header(by_hmac(secret(good), size), alg=f"HS{size}")


def own(**header: object) -> Attack:
    return lambda good: good.with_header(by_rsa(own_key()), **header)


def kid(value: object, secret: bytes = b"") -> Attack:
    """A name that leads to a secret that the attacker knows, if somebody follows it."""
    return lambda good: good.with_header(by_hmac(secret), alg="HS256", kid=value)


def under_good_signature(**header: object) -> Attack:
    """What only the issuer could send: it must be refused for what it says."""
    return lambda good: good.signed({**good.header, **header}, good.claims)


def payload(text: bytes) -> Attack:
    return lambda good: good.signed(good.header, text)


def spelled(change: Callable[[str], str]) -> Attack:
    """The good token, written in another way (RFC 7515 §2: no padding, no other characters)."""
    return lambda good: change(good.token)


def signature(change: Callable[[bytes], bytes]) -> Attack:
    def attack(good: Original) -> str:
        *signed, last = good.parts
        return ".".join((*signed, base64url(change(octets(last)))))

    return attack


def ecdsa(*numbers: int) -> Attack:
    forged = b"".join(number.to_bytes(32, "big") for number in numbers)
    return lambda good: good.with_header(lambda data: forged, alg="ES256")


def encrypted(inner: Callable[[Original], bytes]) -> Attack:
    """A JWE for the issuer's public key, which anybody can make (RFC 8725 §3.3)."""

    def attack(good: Original) -> str:
        key = RSAKey.import_key(good.public(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        header = {"alg": "RSA-OAEP", "enc": "A256GCM", "kid": good.key.kid, "cty": "JWT"}
        return jwe.encrypt_compact(header, inner(good), key)

    return attack


def flattened(good: Original) -> str:
    header, claims, last = good.parts
    return json.dumps({"protected": header, "payload": claims, "signature": last}, separators=(",", ":"))


def general(good: Original) -> str:
    header, claims, last = good.parts
    signatures = [{"protected": header, "signature": last}]
    return json.dumps({"payload": claims, "signatures": signatures}, separators=(",", ":"))


def unencoded(good: Original) -> str:
    """RFC 7797: the payload stands as it is, and the header says that this must be understood."""
    header = base64url(as_json({**good.header, "b64": False, "crit": ["b64"]}))
    signed = f"{header}.{json.dumps(good.claims, separators=(',', ':'))}"
    return f"{signed}.{base64url(by_rsa(good.key.private_key)(signed.encode()))}"


def two_names(name: str, value: object) -> Attack:
    """One claim twice: whoever reads the first sees the good one; the last counts (RFC 7519 §4)."""
    return lambda good: good.signed(
        good.header, as_json(good.claims)[:-1] + f', "{name}": {json.dumps(value)}}}'.encode()
    )


def two_algorithms(good: Original) -> str:
    header = as_json(good.header)[:-1] + b', "alg": "none"}'
    return compact(header, good.greedy, lambda data: b"")


def by_pss(good: Original) -> str:
    key = good.key.private_key
    pss = padding.PSS(padding.MGF1(SHA256()), 32)
    return good.with_header(lambda data: key.sign(data, pss, SHA256()), alg="PS256")


def other_bits(token: str) -> str:
    """The last letter stands for two bits of the signature; its other four are not looked at."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + letters[letters.index(token[-1]) ^ 1]


FORGED: dict[tuple[str, str], Attack] = {
    **{("§3.1", f"no signature, alg {name!r}"): none(name) for name in ("none", "None", "nOnE", "NONE", "")},
    ("§3.1", "no signature and no alg"): none(None),
    ("§3.1", "alg as a list"): none(["RS256"]),
    ("§3.1", "alg none and the old signature"): lambda good: (
        f"{base64url(as_json({**good.header, 'alg': 'none'}))}.{good.parts[1]}.{good.parts[2]}"
    ),
    ("§3.1", "two alg, none the last"): two_algorithms,
    ("§3.1", "public key as HMAC secret: PEM"): by_public_key(
        lambda good: good.public(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    ),
    ("§3.1", "public key as HMAC secret: PEM, stripped"): by_public_key(
        lambda good: good.public(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).strip()
    ),
    ("§3.1", "public key as HMAC secret: PKCS #1"): by_public_key(
        lambda good: good.public(Encoding.PEM, PublicFormat.PKCS1)
    ),
    ("§3.1", "public key as HMAC secret: DER"): by_public_key(
        lambda good: good.public(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ),
    ("§3.1", "public key as HMAC secret: JWK"): by_public_key(lambda good: as_json(good.key.public_jwk)),
    ("§3.1", "public key as HMAC secret: modulus"): by_public_key(
        lambda good: good.key.public_jwk["n"].encode(), "512"
    ),
    ("§3.1", "RS512 by the issuer's key"): lambda good: good.with_header(
        by_rsa(good.key.private_key, "512"), alg="RS512"
    ),
    ("§3.1", "PS256 by the issuer's key"): by_pss,
    ("§3.4", "ECDSA signature of zeros"): ecdsa(0, 0),
    ("§3.4", "ECDSA signature of the curve's order"): ecdsa(ORDER_OF_P256, ORDER_OF_P256),
    ("§3.4", "ECDSA, empty"): lambda good: good.with_header(lambda data: b"", alg="ES256"),
    ("§3.8", "another key under the issuer's kid"): own(),
    ("§3.8", "another key, unnamed"): own(kid=None),
    ("§3.8", "another key in the header"): own(jwk=own_jwk()),
    ("§3.8", "another key in the header, by its own kid"): own(kid="own", jwk=own_jwk()),
    ("§3.8", "a certificate in the header"): own(kid="own", x5c=[base64url(b"certificate")], x5t="AA"),
    ("§3.8", "key of the payments server"): lambda good: good.with_header(
        by_rsa(fixed_key(8).private_key), kid=fixed_key(8).kid
    ),
    ("§3.8", "key of the payments server under this kid"): lambda good: good.with_header(
        by_rsa(fixed_key(8).private_key)
    ),
    **{
        ("§3.10", f"{name} {url}"): own(kid="own", **{name: url})
        for name in ("jku", "x5u")
        for url in (EVIL, "http://127.0.0.1:9/", "file:///etc/passwd", "https://app.acme.test/keys")
    },
    ("§3.10", "jku under the issuer's kid"): own(jku=EVIL),
    ("§3.10", "kid as a path to an empty file"): kid("../../../../dev/null"),
    ("§3.10", "kid as SQL"): kid("' UNION SELECT 'secret' -- ", b"secret"),
    ("§3.10", "kid as a URL"): own(kid=EVIL),
    ("§3.10", "kid as a command"): kid("x; cat /etc/passwd |"),
    **{
        ("§3.10", f"kid {value!r}"): own(kid=value)
        for value in (0, True, [], ["a"], {}, {"$ne": ""}, "", "\0", "x" * 9000)
    },
    ("§3.3", "encrypted claims"): encrypted(lambda good: as_json(good.greedy)),
    ("§3.3", "encrypted token"): encrypted(lambda good: good.token.encode()),
    ("§3.3", "signature cut off"): spelled(lambda token: token.rpartition(".")[0]),
    ("§3.3", "signature empty"): signature(lambda old: b""),
    ("§3.3", "signature a byte short"): signature(lambda old: old[:-1]),
    ("§3.3", "signature a byte long"): signature(lambda old: old + b"\0"),
    ("§3.3", "signature with one bit turned"): signature(lambda old: old[:-1] + bytes([old[-1] ^ 1])),
    ("§3.3", "signature of zeros"): signature(lambda old: bytes(256)),
    ("§3.3", "signature of one"): signature(lambda old: bytes(255) + b"\1"),
    ("§3.3", "signature of other claims"): lambda good: ".".join(
        (good.parts[0], base64url(as_json(good.greedy)), good.parts[2])
    ),
    ("§3.3", "signature of another header"): lambda good: ".".join(
        (base64url(as_json({**good.header, "typ": "JWT"})), *good.parts[1:])
    ),
    ("§3.3", "two signatures"): spelled(lambda token: f"{token}.{token.rpartition('.')[2]}"),
    ("§3.3", "JSON serialization, flattened"): flattened,
    ("§3.3", "JSON serialization, general"): general,
    ("§3.3", "unencoded payload"): unencoded,
    ("§3.3", "unencoded payload, said but not critical"): under_good_signature(b64=False),
    ("§3.3", "unknown critical header"): under_good_signature(crit=["acme"], acme=1),
    ("§3.3", "critical header that is absent"): under_good_signature(crit=["acme"]),
    ("§3.3", "critical headers as text"): under_good_signature(crit="exp", exp=1),
    ("§3.3", "critical headers, none named"): under_good_signature(crit=[]),
    ("§3.3", "nested token"): lambda good: good.signed({**good.header, "cty": "JWT"}, good.token.encode()),
    ("§3.6", "compressed claims"): lambda good: good.signed(
        {**good.header, "zip": "DEF"}, zlib.compress(as_json(good.claims))[2:-4]
    ),
    ("§3.7", "claims in UTF-16"): lambda good: good.signed(
        good.header, json.dumps(good.claims).encode("utf-16")
    ),
    ("§3.7", "claims in UTF-16 without a mark"): lambda good: good.signed(
        good.header, json.dumps(good.claims).encode("utf-16-le")
    ),
    ("§3.7", "header in UTF-16"): lambda good: good.signed(
        json.dumps(good.header).encode("utf-16"), good.claims
    ),
    ("§3.7", "claims in Latin-1"): payload('{"sub": "M\u00fcller"}'.encode("latin-1")),
    **{
        ("§3.3", f"payload {text.decode()}"): payload(text)
        for text in (b"", b"null", b"[]", b'"text"', b"1", b"{", b"{}{}")
    },
    ("§3.3", "payload nested too deeply"): payload(b'{"a":' * 20_000 + b"1" + b"}" * 20_000),
    ("§3.3", "payload with a number too long"): payload(b'{"exp":' + b"9" * 5000 + b"}"),
    ("§3.3", "header nested too deeply"): lambda good: good.signed(
        b'{"alg":"RS256","kid":' + b"[" * 50_000 + b"]" * 50_000 + b"}", good.claims
    ),
    ("§3.3", "header that is a list"): lambda good: good.signed([good.header], good.claims),
    ("§3.3", "oversize, no token at all"): lambda good: "a" * 100_000,
    ("§3.3", "oversize, dots only"): lambda good: "." * 100_000,
    ("§3.3", "oversize signature"): signature(lambda old: old * 400),
    **{
        ("§3.3", f"other spelling: {name}"): spelled(change)
        for name, change in {
            "padding": lambda token: token + "==",
            "more padding": lambda token: token + "====",
            "padding of the claims": lambda token: token.replace(".", "=.", 2),
            "a space within": lambda token: token[:-9] + " " + token[-9:],
            "four spaces within": lambda token: token[:-9] + "    " + token[-9:],
            "a tab within": lambda token: token[:-9] + "\t" + token[-9:],
            "another alphabet": lambda token: token.translate(str.maketrans("-_", "+/")),
            "bits that are not looked at": other_bits,
            "letters of no alphabet": lambda token: token[:-9] + "!!!!" + token[-9:],
            "a letter too few": lambda token: token[:-1],
            "one letter a part": lambda token: "a.a.a",
            "a dot at the end": lambda token: token + ".",
            "the scheme twice": lambda token: f"Bearer {token}",
            "quotes": lambda token: f'"{token}"',
        }.items()
    },
}
"""Refused by whoever reads a token, whatever kind of token it was made from."""
