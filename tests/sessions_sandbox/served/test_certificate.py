"""The certificate of `serve --tls`: made once, kept, and made anew where it is of no more use."""

import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from sessions_sandbox import SandboxError
from sessions_sandbox.served import certificate
from sessions_sandbox.served.certificate import LEAST_LEFT, LIFE, Certificate, certificate_in

DAY = timedelta(days=1)


@pytest.fixture
def made(tmp_path: Path) -> Certificate:
    return certificate_in(tmp_path / "a" / "b")


def leaf_of(made: Certificate) -> x509.Certificate:
    return x509.load_pem_x509_certificate(made.file.read_bytes())


def test_a_client_that_trusts_the_ca_accepts_each_name(made: Certificate) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(made.file, made.key)
    strict = ssl.create_default_context(cafile=made.ca)
    strict.verify_flags |= ssl.VERIFY_X509_STRICT
    for name in ("localhost", "idp.localhost", "app.localhost", "api.localhost", "127.0.0.1", "::1"):
        assert _shakes_hands(server, strict, name)
    assert not _shakes_hands(server, strict, "evil.localhost")
    assert not _shakes_hands(server, ssl.create_default_context(), "localhost")


def _shakes_hands(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> bool:
    buffers = [ssl.MemoryBIO() for _ in range(2)]
    one = client.wrap_bio(buffers[0], buffers[1], server_hostname=name)
    two = server.wrap_bio(buffers[1], buffers[0], server_side=True)
    try:
        for side in (one, two, one, two):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    except ssl.SSLCertVerificationError:
        return False
    return True


def test_no_second_certificate_can_be_signed(made: Certificate) -> None:
    """The CA's key is nowhere, and what the leaf's key signs is no certificate of that CA."""
    ca = x509.load_pem_x509_certificate(made.ca.read_bytes())
    assert sorted(path.name for path in made.directory.iterdir()) == [
        ".lock",
        "sandbox-ca.pem",
        "sandbox-key.pem",
        "sandbox.pem",
    ]
    assert leaf_of(made).public_key() != ca.public_key()
    assert b"PRIVATE" not in made.ca.read_bytes() + made.file.read_bytes()
    limits = ca.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (limits.value, limits.critical) == (x509.BasicConstraints(ca=True, path_length=0), True)
    assert not leaf_of(made).extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert leaf_of(made).not_valid_after_utc - leaf_of(made).not_valid_before_utc <= timedelta(days=366)


def test_it_is_for_its_user_only_and_kept(made: Certificate) -> None:
    for path in made.directory.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600, path
    assert made.directory.stat().st_mode & 0o777 == 0o700
    before = {path: path.read_bytes() for path in made.directory.iterdir()}
    assert certificate_in(made.directory) == made
    assert before == {path: path.read_bytes() for path in made.directory.iterdir()}


DAMAGES: dict[str, Callable[[Certificate, Certificate], object]] = {
    "no CA": lambda made, _: made.ca.unlink(),
    "no certificate": lambda made, _: made.file.unlink(),
    "no key": lambda made, _: made.key.unlink(),
    "half a certificate": lambda made, _: made.file.write_bytes(made.file.read_bytes()[:200]),
    "an empty key": lambda made, _: made.key.write_bytes(b""),
    "a CA that is none": lambda made, _: made.ca.write_bytes(b"\xff"),
    "another CA": lambda made, another: made.ca.write_bytes(another.ca.read_bytes()),
    "another key": lambda made, another: made.key.write_bytes(another.key.read_bytes()),
    "a CA as the certificate": lambda made, _: made.file.write_bytes(made.ca.read_bytes()),
    "a key for all to read": lambda made, _: made.key.chmod(0o644),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_one_is_made_anew(made: Certificate, tmp_path: Path, damage: str) -> None:
    before = leaf_of(made).serial_number
    DAMAGES[damage](made, certificate_in(tmp_path / "another"))
    again = certificate_in(made.directory)
    leaf = leaf_of(again)
    assert leaf.serial_number != before
    leaf.verify_directly_issued_by(x509.load_pem_x509_certificate(again.ca.read_bytes()))
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(again.file, again.key)
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in made.directory.iterdir())


def test_one_for_other_names_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificate, "NAMES", ("localhost",))
    before = leaf_of(certificate_in(tmp_path)).serial_number
    monkeypatch.undo()
    assert leaf_of(certificate_in(tmp_path)).serial_number != before


@pytest.mark.parametrize(
    ("later", "anew"),
    [
        (-2 * DAY, True),
        (timedelta(), False),
        (LIFE - LEAST_LEFT - DAY, False),
        (LIFE - LEAST_LEFT + DAY, True),
    ],
)
def test_one_that_expires_soon_is_made_anew(made: Certificate, later: timedelta, anew: bool) -> None:
    before = leaf_of(made)
    with time_machine.travel(before.not_valid_before_utc + certificate.MAY_BE_LATE + later):
        after = leaf_of(certificate_in(made.directory))
    assert (after.serial_number != before.serial_number) == anew


def test_those_that_start_together_have_one(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(certificate_in, [tmp_path] * 4))
    assert len({leaf_of(one).serial_number for one in made}) == 1
    key = leaf_of(made[0]).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)


def test_a_place_where_nothing_can_be_kept_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(SandboxError, match=r"cannot keep a certificate in .*file.*; name another directory"):
        certificate_in(file)
    (tmp_path / "sandbox.pem").mkdir()
    with pytest.raises(SandboxError, match="cannot keep a certificate in"):
        certificate_in(tmp_path)
