"""A sandbox with TLS, as programs and the command line reach it."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from sessions_sandbox import Sandbox, SandboxError, cli
from sessions_sandbox.clock import START
from sessions_sandbox.default import default_sandbox
from sessions_sandbox.network.loopback import dial
from sessions_sandbox.served.certificate import Certificate, certificate_in
from sessions_sandbox.served.process import sandbox_process
from sessions_sandbox.served.remote import RemoteSandbox
from sessions_sandbox.served.trust import BUNDLE_VARIABLE


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate_in(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def address(certificate: Certificate) -> Iterator[str]:
    with sandbox_process(f"--tls={certificate.directory}") as address:
        yield address


@pytest.fixture(autouse=True)
def _nothing_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv(BUNDLE_VARIABLE, raising=False)


def test_a_program_is_the_same_with_tls(address: str, certificate: Certificate) -> None:
    assert address.startswith("https://127.0.0.1:")
    with RemoteSandbox(address, str(certificate.ca)) as remote:
        over_tls = remote.sign_in("alice@acme.test"), time.time(), remote.log()
        bearer = {"Authorization": f"Bearer {over_tls[0]['access_token']}"}
        assert requests.get(f"{remote.api}/orders", headers=bearer, timeout=5).status_code == 200
    with Sandbox() as sandbox:
        assert (sandbox.sign_in("alice@acme.test"), START, sandbox.log()) == over_tls


def test_by_the_environment(address: str, certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SESSIONS_SANDBOX", address)
    monkeypatch.setenv(BUNDLE_VARIABLE, str(certificate.ca))
    default_sandbox.cache_clear()
    try:
        sandbox = default_sandbox()
        assert sandbox.sign_in("alice@acme.test")
        sandbox.stop()
    finally:
        default_sandbox.cache_clear()


def test_every_command(address: str, certificate: Certificate, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*arguments: str) -> str:
        options = [f"--sandbox={address}", f"--ca={certificate.ca}"]
        assert cli.main([*arguments, *options]) == 0, capsys.readouterr().err
        return capsys.readouterr().out

    tokens = json.loads(run("login", "alice@acme.test", "--client=spa", "--json"))
    answer = json.loads(run("introspect", tokens["access_token"], "--json"))
    assert (answer["active"], answer["iss"]) == (True, f"{address}/oauth2/default")
    assert "access_token: " in run("token")
    run("revoke", "--client=spa", tokens["refresh_token"])
    assert run("introspect", tokens["access_token"]) == "active: false\n"
    assert "app.oauth2.as.token.revoke" in run("log")


def test_a_certificate_that_is_not_trusted_is_explained(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["log", f"--sandbox={address}"]) == 1
    other = certificate_in(tmp_path)
    assert cli.main(["log", f"--sandbox={address}", f"--ca={other.ca}"]) == 1
    for line in capsys.readouterr().err.splitlines():
        assert line.startswith(f"the certificate of {address} is not trusted (")
        assert "CERTIFICATE_VERIFY_FAILED" in line
        assert line.endswith(
            "the CA file that `serve --tls` printed, with --ca FILE or in REQUESTS_CA_BUNDLE"
        )


def test_the_wrong_scheme_is_explained(address: str, certificate: Certificate) -> None:
    with (
        sandbox_process() as plain,
        pytest.raises(SandboxError, match=r"no sandbox with TLS .* http instead"),
    ):
        RemoteSandbox(plain.replace("http:", "https:"), str(certificate.ca)).start()
    with pytest.raises(SandboxError, match="no sandbox answers at http://"):
        RemoteSandbox(address.replace("https:", "http:")).start()


def test_a_socket_to_a_server_that_is_not_trusted_is_not_opened(address: str, tmp_path: Path) -> None:
    from sessions_sandbox.served.trust import trusting

    connect = dial(address, trusting(str(certificate_in(tmp_path).ca)))
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        connect("idp.acme.test")
