"""The fixed keys."""

import jwt

from sessions_sandbox import keys


def test_a_thumbprint_is_that_of_the_standard() -> None:
    """T-DPOP-14: RFC 7638 §3.1, the key and the thumbprint printed there."""
    n = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZ"
        "CiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJ"
        "ZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBn"
        "iIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    )
    key = {"kty": "RSA", "n": n, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"}
    assert keys.thumbprint(key) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def test_a_thumbprint_of_a_curve_is_that_of_the_standard() -> None:
    """T-DPOP-14: the key of RFC 9449 §4.2, whose thumbprint §6.1 prints."""
    key = {
        "kty": "EC",
        "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
        "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
        "crv": "P-256",
    }
    assert keys.thumbprint(key) == "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"


def test_they_are_different_and_of_2048_bits() -> None:
    found = keys.test_only_keys()
    assert len({key.kid for key in found}) == len(found) == 11
    assert {key.private_key.key_size for key in found} == {2048}
    assert keys.test_only_key(1) is found[1]


def test_a_signature_verifies_with_the_public_key() -> None:
    key = keys.test_only_keys()[0]
    token = key.sign({"a": 1})
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "kid": key.kid}
    assert jwt.decode(token, jwt.PyJWK(key.public_jwk)) == {"a": 1}
    assert jwt.get_unverified_header(key.sign({}, typ="x"))["typ"] == "x"


def test_the_private_numbers_fit_together() -> None:
    for key in keys.test_only_keys():
        numbers = key.private_key.private_numbers()
        assert numbers.p * numbers.q == numbers.public_numbers.n
        message = 0x1234567890ABCDEF
        assert pow(pow(message, numbers.d, numbers.p * numbers.q), 65537, numbers.p * numbers.q) == message
