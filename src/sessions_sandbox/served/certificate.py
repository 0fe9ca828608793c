"""A certificate for the names of this machine. TEST ONLY.

It is signed by a CA that is made for it and whose key is never stored. So no second certificate can be
signed, and whoever trusts the CA trusts these names on this machine, and nothing else.
"""

import fcntl
import ipaddress
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sessions_sandbox.errors import SandboxError
from sessions_sandbox.served.trust import CA_NAME

NAMES = ("localhost", "idp.localhost", "app.localhost", "api.localhost")
ADDRESSES = ("127.0.0.1", "::1")
PRIVATE = 0o600
"""The mode of every file: for its owner only."""
LIFE = timedelta(days=365)
LEAST_LEFT = timedelta(days=7)
"""One with less left to live is made anew, so that none expires under a server."""
MAY_BE_LATE = timedelta(days=1)
"""How far the clock of a client may be behind."""


@dataclass(frozen=True)
class Certificate:
    """Where the PEM files are: the certificate, its key, and the CA that clients are to trust."""

    directory: Path

    @property
    def ca(self) -> Path:
        return self.directory / CA_NAME

    @property
    def file(self) -> Path:
        return self.directory / "sandbox.pem"

    @property
    def key(self) -> Path:
        return self.directory / "sandbox-key.pem"


def certificate_in(directory: Path) -> Certificate:
    """The certificate of a directory, made where there is none, or where it has expired or is damaged.

    Raises `SandboxError` when it can be neither read nor written there.
    """
    certificate = Certificate(directory.absolute())
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(directory / ".lock", os.O_WRONLY | os.O_CREAT, PRIVATE)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)  # two that start together get one certificate
            if not _is_good(certificate):
                _make(certificate)
        finally:
            os.close(lock)
    except OSError as error:
        raise SandboxError(
            f"cannot keep a certificate in {directory}: {error.strerror}; name another directory with --tls"
        ) from error
    return certificate


def _is_good(certificate: Certificate) -> bool:
    """Whether the three files belong together, are for today and for all names, and are this user's only."""
    files = (certificate.ca, certificate.file, certificate.key)
    try:
        private = all(file.stat().st_mode & 0o077 == 0 for file in files)
        ca, leaf = (x509.load_pem_x509_certificate(file.read_bytes()) for file in files[:2])
        key = serialization.load_pem_private_key(certificate.key.read_bytes(), None)
        leaf.verify_directly_issued_by(ca)
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (
        FileNotFoundError,
        ValueError,
        TypeError,
        InvalidSignature,
        UnsupportedAlgorithm,
        x509.ExtensionNotFound,
    ):
        return False
    now = datetime.now(UTC)
    names_all = names == _names()
    in_time = leaf.not_valid_before_utc <= now <= leaf.not_valid_after_utc - LEAST_LEFT
    return private and names_all and in_time and key.public_key() == leaf.public_key()


def _make(certificate: Certificate) -> None:
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca = _ca(ca_key.public_key()).sign(ca_key, hashes.SHA256())
    leaf = _leaf(key.public_key(), ca_key.public_key()).sign(ca_key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    _write(certificate.ca, ca.public_bytes(pem))
    _write(certificate.file, leaf.public_bytes(pem))
    unencrypted = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    _write(certificate.key, key.private_bytes(pem, *unencrypted))


def _ca(key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    """Of a CA that signs servers' certificates, and no other CA's."""
    return (
        _lasting(_name("sessions-sandbox CA"), key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage("key_cert_sign"), critical=True)
    )


def _leaf(key: ec.EllipticCurvePublicKey, ca_key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    """Of a server with our names."""
    return (
        _lasting(_name("sessions-sandbox"), key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage("digital_signature"), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key), critical=False)
        .add_extension(_names(), critical=False)
    )


def _lasting(subject: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    """What both have, signed by the CA and good from now on."""
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(_name("sessions-sandbox CA"))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - MAY_BE_LATE)
        .not_valid_after(now + LIFE)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{common}, TEST ONLY")])


def _names() -> x509.SubjectAlternativeName:
    return x509.SubjectAlternativeName(
        [
            *map(x509.DNSName, NAMES),
            *(x509.IPAddress(ipaddress.ip_address(address)) for address in ADDRESSES),
        ]
    )


def _usage(allowed: str) -> x509.KeyUsage:
    uses = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{use: use == allowed for use in uses})


def _write(file: Path, content: bytes) -> None:
    """For this user only."""
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE), "wb") as opened:
        os.fchmod(opened.fileno(), PRIVATE)  # also of a file that was there
        opened.write(content)
