"""What the stand-in lacks it refuses, and says so; what it has takes the parameters of the real one."""

import ast
import inspect
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

MISSING = "missing from the browser's stand-in for cryptography; the real library has it"


@pytest.fixture(scope="session")
def private_key(stand_in: SimpleNamespace, numbers_of: Callable[..., dict[str, int]]) -> Any:
    numbers = numbers_of(512)
    public_numbers = stand_in.rsa.RSAPublicNumbers(numbers.pop("e"), numbers.pop("n"))
    return stand_in.rsa.RSAPrivateNumbers(**numbers, public_numbers=public_numbers).private_key()


def test_pyjwt_finds_every_name_that_it_imports(stand_in: SimpleNamespace, stand_in_folder: Path) -> None:
    """In a process of its own, where the stand-in is first on sys.path as it is in the browser."""
    wanted = sorted(
        (node.module, name.name)
        for file in Path(stand_in.jwt.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "cryptography"
        for name in node.names
        if name.name not in ("PrivateKeyTypes", "PublicKeyTypes")
    )
    assert len(wanted) > 30
    program = [f"import sys; sys.path.insert(0, {str(stand_in_folder)!r})"]
    program += [f"from {module} import {name}" for module, name in wanted]
    program += ["import cryptography, jwt.utils", "from jwt.algorithms import *"]
    program += ["print(cryptography.__version__, has_crypto, len(get_default_algorithms()))"]
    ran = subprocess.run([sys.executable, "-c", "\n".join(program)], capture_output=True, text=True)
    assert ran.stderr == ""
    assert ran.stdout == "50+browser.stand.in True 16\n"


def test_classes_and_functions_take_the_parameters_of_the_real_ones(
    real: SimpleNamespace, stand_in: SimpleNamespace
) -> None:
    for path in (
        "x509.load_der_x509_certificate",
        "hashes.Hash",
        "hashes.Hash.update",
        "hashes.Hash.finalize",
        "serialization.load_pem_private_key",
        "serialization.load_pem_public_key",
        "serialization.load_der_public_key",
        "serialization.load_ssh_public_key",
        "rsa.generate_private_key",
        "rsa.rsa_crt_iqmp",
        "rsa.rsa_crt_dmp1",
        "rsa.rsa_crt_dmq1",
        "rsa.rsa_recover_prime_factors",
        "rsa.RSAPublicNumbers.public_key",
        "rsa.RSAPrivateNumbers.private_key",
        "rsa.RSAPublicKey.verify",
        "rsa.RSAPublicKey.public_numbers",
        "rsa.RSAPrivateKey.sign",
        "rsa.RSAPrivateKey.public_key",
        "rsa.RSAPrivateKey.private_numbers",
        "ec.generate_private_key",
    ):
        assert parameters(stand_in, path) == parameters(real, path), path


@pytest.mark.parametrize("name", ["SHA256", "SHA384", "SHA512"])
def test_hashes_carry_the_sizes_of_the_real_ones(
    real: SimpleNamespace, stand_in: SimpleNamespace, name: str
) -> None:
    here, there = getattr(real.hashes, name)(), getattr(stand_in.hashes, name)()
    assert (here.name, here.digest_size, here.block_size) == (there.name, there.digest_size, there.block_size)


@pytest.mark.parametrize("name", ["SECP256R1", "SECP256K1", "SECP384R1", "SECP521R1"])
def test_curves_carry_the_sizes_of_the_real_ones(
    real: SimpleNamespace, stand_in: SimpleNamespace, name: str
) -> None:
    here, there = getattr(real.ec, name)(), getattr(stand_in.ec, name)()
    assert (here.name, here.key_size) == (there.name, there.key_size)


ALGORITHMS: dict[str, Callable[[SimpleNamespace], object]] = {
    "PSS": lambda s: s.padding.PSS(mgf=None, salt_length=32),
    "MGF1": lambda s: s.padding.MGF1(s.hashes.SHA256()),
    "a curve's key": lambda s: s.ec.generate_private_key(s.ec.SECP256R1()),
    "a curve's point": lambda s: s.ec.EllipticCurvePublicNumbers(x=1, y=2, curve=s.ec.SECP256R1()),
    "a curve's scalar": lambda s: s.ec.EllipticCurvePrivateNumbers(3, None),
    "ECDSA": lambda s: s.ec.ECDSA(s.hashes.SHA256()),
    "ECDSA signatures read": lambda s: s.utils.decode_dss_signature(b""),
    "ECDSA signatures written": lambda s: s.utils.encode_dss_signature(1, 2),
    "Ed25519 keys": lambda s: s.ed25519.Ed25519PrivateKey.generate(),
    "Ed25519 public keys": lambda s: s.ed25519.Ed25519PublicKey.from_public_bytes(bytes(32)),
    "Ed448 keys": lambda s: s.ed448.Ed448PrivateKey.from_private_bytes(bytes(57)),
    "Ed448 public keys": lambda s: s.ed448.Ed448PublicKey.from_public_bytes(bytes(57)),
    "OpenSSH keys": lambda s: s.serialization.load_ssh_public_key(b"ssh-rsa AAAA"),
}


@pytest.mark.parametrize("what", ALGORITHMS)
def test_other_algorithms_are_refused(stand_in: SimpleNamespace, what: str) -> None:
    with pytest.raises(stand_in.exceptions.UnsupportedAlgorithm, match=MISSING):
        ALGORITHMS[what](stand_in)


OPERATIONS: dict[str, Callable[[Any], object]] = {
    "writing a public key": lambda key: key.public_key().public_bytes("PEM", "SubjectPublicKeyInfo"),
    "writing a private key": lambda key: key.private_bytes("PEM", "PKCS8", None),
    "encrypting": lambda key: key.public_key().encrypt(b"text", None),
    "decrypting": lambda key: key.decrypt(b"text", None),
    "recovering": lambda key: key.public_key().recover_data_from_signature(b"", None, None),
}


@pytest.mark.parametrize("what", OPERATIONS)
def test_other_operations_are_refused(private_key: Any, what: str) -> None:
    with pytest.raises(NotImplementedError, match=MISSING):
        OPERATIONS[what](private_key)


def test_other_hashes_are_refused(stand_in: SimpleNamespace, private_key: Any) -> None:
    sha1 = type(
        "SHA1", (stand_in.hashes.HashAlgorithm,), {"name": "sha1", "digest_size": 20, "block_size": 64}
    )
    with pytest.raises(stand_in.exceptions.UnsupportedAlgorithm, match=MISSING):
        private_key.sign(b"data", stand_in.padding.PKCS1v15(), sha1())


def test_keys_of_other_kinds_are_refused(real: SimpleNamespace, stand_in: SimpleNamespace) -> None:
    library, unsupported = real.serialization, stand_in.exceptions.UnsupportedAlgorithm
    for key in (
        real.ec.generate_private_key(real.ec.SECP256R1()),
        real.ed25519.Ed25519PrivateKey.generate(),
        real.ed448.Ed448PrivateKey.generate(),
    ):
        private = key.private_bytes(library.Encoding.PEM, library.PrivateFormat.PKCS8, library.NoEncryption())
        with pytest.raises(unsupported, match=MISSING):
            stand_in.serialization.load_pem_private_key(private, None)
        public = key.public_key().public_bytes(
            library.Encoding.PEM, library.PublicFormat.SubjectPublicKeyInfo
        )
        with pytest.raises(unsupported, match=MISSING):
            stand_in.serialization.load_pem_public_key(public)


def test_private_keys_that_the_stand_in_cannot_read(real: SimpleNamespace, stand_in: SimpleNamespace) -> None:
    library = real.serialization
    key = real.rsa.generate_private_key(65537, 1024)
    load = stand_in.serialization.load_pem_private_key
    encrypted, plain = (
        key.private_bytes(library.Encoding.PEM, library.PrivateFormat.PKCS8, encryption)
        for encryption in (library.BestAvailableEncryption(b"secret"), library.NoEncryption())
    )
    with pytest.raises(stand_in.exceptions.UnsupportedAlgorithm, match=MISSING):
        load(encrypted, b"secret")
    for load_either in (load, library.load_pem_private_key):
        with pytest.raises(TypeError, match="Password was not given"):
            load_either(encrypted, None)
        with pytest.raises(TypeError, match="Password was given"):
            load_either(plain, b"secret")
        with pytest.raises(ValueError, match="Proc-Type PEM header is not valid"):
            load_either(plain.replace(b"-----\n", b"-----\nProc-Type: 5\n\n", 1), None)
    curve = real.ec.generate_private_key(real.ec.SECP256R1()).private_bytes(
        library.Encoding.PEM, library.PrivateFormat.TraditionalOpenSSL, library.NoEncryption()
    )
    with pytest.raises(stand_in.exceptions.UnsupportedAlgorithm, match=MISSING):
        load(curve, None)


def test_what_may_be_a_certificate_is_refused_and_other_bytes_are_not_one(
    real: SimpleNamespace, stand_in: SimpleNamespace
) -> None:
    curve = real.ec.generate_private_key(real.ec.SECP256R1()).public_key()
    der = curve.public_bytes(
        real.serialization.Encoding.DER, real.serialization.PublicFormat.SubjectPublicKeyInfo
    )
    for data in (der, bytes.fromhex("30023000")):
        with pytest.raises(NotImplementedError, match=MISSING):
            stand_in.x509.load_der_x509_certificate(data)
    for data in (b"", b"a secret", b"0", b"0secret", der[:-1], der + b"\0", bytes.fromhex("3003020100")):
        with pytest.raises(ValueError, match="DER"):
            stand_in.x509.load_der_x509_certificate(data)


def test_the_package_says_what_it_is_for(stand_in_folder: Path) -> None:
    first = ast.get_docstring(
        ast.parse((stand_in_folder / "cryptography" / "__init__.py").read_text("utf-8"))
    )
    assert first is not None
    for words in ("for the lessons in the browser and for nothing else", "teaching", "not in constant time"):
        assert words in first


def parameters(library: SimpleNamespace, path: str) -> list[tuple[str, object]]:
    found: Any = library
    for name in path.split("."):
        found = getattr(found, name)
    kept = [each for each in inspect.signature(found).parameters.values() if each.name != "self"]
    return [(each.name, each.default) for each in kept]
