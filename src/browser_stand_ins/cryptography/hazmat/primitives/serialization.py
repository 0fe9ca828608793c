"""Loads RSA keys: SubjectPublicKeyInfo and PKCS #1 public keys, PKCS #8 and PKCS #1 private keys."""

from enum import Enum
from typing import NoReturn

from ..._missing import refuse_algorithm
from ._der import BIT_STRING, NULL, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, DerReader
from ._octets import Octets, octets
from ._pem import PemBlock, read_pem
from .asymmetric.rsa import RSAPrivateKey, RSAPrivateNumbers, RSAPublicKey, RSAPublicNumbers, validated_key

_RSA_ENCRYPTION = bytes.fromhex("2a864886f70d010101")
_ATTRIBUTES = 0xA0
_OTHER_KEYS = ("EC PRIVATE KEY", "DSA PRIVATE KEY")
_PRIVATE_KEYS = ("PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", *_OTHER_KEYS)


class Encoding(Enum):
    """How a key would be written; the stand-in writes none."""

    PEM = "PEM"
    DER = "DER"
    Raw = "Raw"


class PrivateFormat(Enum):
    """How a private key would be written; the stand-in writes none."""

    PKCS8 = "PKCS8"
    TraditionalOpenSSL = "TraditionalOpenSSL"
    Raw = "Raw"


class PublicFormat(Enum):
    """How a public key would be written; the stand-in writes none."""

    SubjectPublicKeyInfo = "X.509 subjectPublicKeyInfo with PKCS#1"
    PKCS1 = "Raw PKCS#1"
    Raw = "Raw"


class NoEncryption:
    """A private key would be written as it is; the stand-in writes none."""


def load_pem_private_key(
    data: Octets,
    password: bytes | None,
    backend: object = None,
    *,
    unsafe_skip_rsa_key_validation: bool = False,
) -> RSAPrivateKey:
    """The first private key of a PEM file.

    Raises UnsupportedAlgorithm for a key that is not RSA, or is encrypted; TypeError for a password without
    encryption, or the reverse; ValueError for anything else that is no valid key.
    """
    blocks = list(read_pem(octets(data)))
    block = next((block for block in blocks if block.label in _PRIVATE_KEYS), None)
    if block is None:
        raise ValueError("Valid PEM but no BEGIN/END delimiters for a private key found.")
    _refuse_encryption(block, password)
    if block.label in _OTHER_KEYS:
        refuse_algorithm(f"a key labelled {block.label}")
    read = _pkcs1_private_numbers if block.label == "RSA PRIVATE KEY" else _pkcs8_private_numbers
    numbers = read(block.content)
    if unsafe_skip_rsa_key_validation:
        return numbers.private_key(unsafe_skip_rsa_key_validation=True)
    return validated_key(numbers)


def load_pem_public_key(data: Octets, backend: object = None) -> RSAPublicKey:
    """The public key that a PEM file begins with.

    Raises UnsupportedAlgorithm for a key that is not RSA, ValueError for anything else that is no valid key.
    """
    block = next(read_pem(octets(data)))
    if block.label == "PUBLIC KEY":
        return _subject_public_numbers(block.content).public_key()
    if block.label == "RSA PUBLIC KEY":
        return load_der_public_key(block.content)
    raise ValueError("Valid PEM but no BEGIN PUBLIC KEY/END PUBLIC KEY delimiters. Is this a public key?")


def load_der_public_key(data: Octets, backend: object = None) -> RSAPublicKey:
    """The public key of a SubjectPublicKeyInfo (RFC 5280 §4.1) or an RSAPublicKey (RFC 8017 §A.1.1).

    Raises UnsupportedAlgorithm for a key that is not RSA, ValueError for anything else that is no valid key.
    """
    der = octets(data)
    try:
        numbers = _pkcs1_public_numbers(der)
    except ValueError:
        numbers = _subject_public_numbers(der)
    return numbers.public_key()


def load_ssh_public_key(data: Octets, backend: object = None) -> NoReturn:
    """Raises UnsupportedAlgorithm."""
    refuse_algorithm("OpenSSH keys")


def _refuse_encryption(block: PemBlock, password: bytes | None) -> None:
    proc_type = block.headers.get("Proc-Type")
    if proc_type not in (None, "4,ENCRYPTED"):
        raise ValueError("Proc-Type PEM header is not valid, key could not be decrypted.")
    encrypted = proc_type is not None or block.label == "ENCRYPTED PRIVATE KEY"
    if encrypted and password is None:
        raise TypeError("Password was not given but private key is encrypted")
    if encrypted:
        refuse_algorithm("decrypting private keys")
    if password is not None:
        raise TypeError("Password was given but private key is not encrypted.")


def _pkcs8_private_numbers(der: bytes) -> RSAPrivateNumbers:
    """Of a PrivateKeyInfo (RFC 5208 §5)."""
    fields = DerReader(der).only(SEQUENCE)
    _check_version(fields)
    _check_algorithm(fields)
    key = fields.read(OCTET_STRING)
    if not fields.at_end():
        fields.only(_ATTRIBUTES)
        refuse_algorithm("private keys with attributes")
    return _pkcs1_private_numbers(key)


def _pkcs1_private_numbers(der: bytes) -> RSAPrivateNumbers:
    """Of an RSAPrivateKey (RFC 8017 §A.1.2)."""
    fields = DerReader(der).only(SEQUENCE)
    _check_version(fields)
    n, e, d, p, q, dmp1, dmq1, iqmp = (fields.integer() for _ in range(8))
    fields.end()
    return RSAPrivateNumbers(p, q, d, dmp1, dmq1, iqmp, RSAPublicNumbers(e, n))


def _subject_public_numbers(der: bytes) -> RSAPublicNumbers:
    fields = DerReader(der).only(SEQUENCE)
    _check_algorithm(fields)
    bits = fields.read(BIT_STRING)
    fields.end()
    if bits[:1] != b"\0":
        raise ValueError("Could not deserialize key data: the key is not a whole number of bytes.")
    return _pkcs1_public_numbers(bits[1:])


def _pkcs1_public_numbers(der: bytes) -> RSAPublicNumbers:
    fields = DerReader(der).only(SEQUENCE)
    n, e = fields.integer(), fields.integer()
    fields.end()
    return RSAPublicNumbers(e, n)


def _check_version(fields: DerReader) -> None:
    if fields.integer() != 0:
        raise ValueError("Invalid key: its version is not 0.")


def _check_algorithm(fields: DerReader) -> None:
    """Read an AlgorithmIdentifier (RFC 3279 §2.3.1): rsaEncryption, its parameters NULL or left out."""
    algorithm = DerReader(fields.read(SEQUENCE))
    identifier = algorithm.read(OBJECT_IDENTIFIER)
    if identifier != _RSA_ENCRYPTION:
        refuse_algorithm(f"keys with the algorithm identifier {identifier.hex()} (this is no plain RSA key)")
    if not algorithm.at_end() and algorithm.read(NULL):
        raise ValueError("Could not deserialize key data: the parameters of an RSA key are not NULL.")
    algorithm.end()
