"""Both stand-ins under the Pyodide that the site ships, in Node.js, with PyJWT as it is installed here."""

import importlib.util
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sessions_guide.node import node_package, run_node

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
START = 1767603600
CLAIMS = {"iss": "https://idp.acme.test/oauth2/default", "sub": "alice@acme.test"}


@pytest.fixture(scope="module")
def pems(real: SimpleNamespace, numbers: dict[str, int]) -> dict[str, str]:
    s = real.serialization
    private = {name: value for name, value in numbers.items() if name not in ("e", "n")}
    public_numbers = real.rsa.RSAPublicNumbers(numbers["e"], numbers["n"])
    key = real.rsa.RSAPrivateNumbers(**private, public_numbers=public_numbers).private_key()
    pem, form = s.Encoding.PEM, s.PublicFormat.SubjectPublicKeyInfo
    return {
        "private_pem": key.private_bytes(pem, s.PrivateFormat.PKCS8, s.NoEncryption()).decode(),
        "public_pem": key.public_key().public_bytes(pem, form).decode(),
    }


@pytest.fixture(scope="module")
def in_pyodide(real: SimpleNamespace, pems: dict[str, str], stand_in_folder: Path) -> dict[str, Any]:
    """What `program_for_pyodide.py` found."""
    spec = importlib.util.find_spec("jwt")
    assert spec is not None
    assert spec.origin is not None
    token = real.jwt.encode(CLAIMS, pems["private_pem"], "RS256")
    head, signature = token.rsplit(".", 1)
    bad_tokens = [f"{head}.{'A' * len(signature)}", f"{head}.{signature[:-1]}", f"{head[:-8]}.{signature}"]
    given = pems | {"claims": CLAIMS, "token": token, "bad_tokens": bad_tokens}
    printed = run_node(
        HERE / "run_in_pyodide.mjs",
        node_package(REPOSITORY, "pyodide"),
        HERE / "program_for_pyodide.py",
        json.dumps(given),
        f"/stand_ins={stand_in_folder}",
        f"/packages/jwt={Path(spec.origin).parent}",
        cwd=REPOSITORY,
    )
    found: dict[str, Any] = json.loads(printed)
    return found


def test_it_is_pyodide_and_the_stand_in(in_pyodide: dict[str, Any]) -> None:
    assert in_pyodide["platform"] == "emscripten"
    assert in_pyodide["time_machine"] == "/stand_ins/time_machine/__init__.py"


def test_pyjwt_signs_and_verifies(
    real: SimpleNamespace, pems: dict[str, str], in_pyodide: dict[str, Any]
) -> None:
    assert in_pyodide["token"] == real.jwt.encode(CLAIMS, pems["private_pem"], "RS256")
    assert in_pyodide["claims"] == CLAIMS
    assert in_pyodide["refused"] == ["InvalidSignatureError", "DecodeError", "DecodeError"]


def test_time_stands_still(in_pyodide: dict[str, Any]) -> None:
    standing = [START, START * 10**9, "2026-01-05T09:00:00+00:00", 2026, START * 1000]
    assert in_pyodide["at_start"] == in_pyodide["still_at_start"] == in_pyodide["moved_back"] == standing


def test_time_moves_only_when_told(in_pyodide: dict[str, Any]) -> None:
    assert in_pyodide["shifted"][:3] == [
        START + 61.5,
        (START + 61) * 10**9 + 5 * 10**8,
        "2026-01-05T09:01:01.500000+00:00",
    ]


def test_travels_nest(in_pyodide: dict[str, Any]) -> None:
    far = 9223286400
    assert in_pyodide["nested"] == [far, far * 10**9, "2262-04-11T00:00:00+00:00", 2262, far * 1000]
    assert in_pyodide["after_nested"][0] == START + 61


def test_time_begins_in_1970(in_pyodide: dict[str, Any]) -> None:
    assert in_pyodide["in_1970"] == [0, 0, "1970-01-01T00:00:00+00:00", 1970, 0]


def test_a_token_expires_when_the_clock_says_so(in_pyodide: dict[str, Any]) -> None:
    assert in_pyodide["before_expiry"] == json.dumps({"exp": START + 60})
    assert in_pyodide["at_expiry"] == "ExpiredSignatureError"


def test_the_real_time_comes_back(in_pyodide: dict[str, Any]) -> None:
    assert in_pyodide["real_again"] is True
    assert in_pyodide["dateNowIsBack"] is True
