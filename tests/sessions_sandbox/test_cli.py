"""The sandbox on the command line, as a user starts it."""

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import requests

from sessions_sandbox import cli
from sessions_sandbox.clock import START
from sessions_sandbox.served.caller import Caller
from sessions_sandbox.served.certificate import Certificate
from sessions_sandbox.served.process import end, sandbox_process, unused_port

SERVE = [sys.executable, "-m", "sessions_sandbox.cli", "serve"]


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen([*SERVE, *arguments], stdout=-1, stderr=-1, text=True, process_group=0) as process:
        try:
            yield process
        finally:
            end(process)


def address_of(process: subprocess.Popen[str]) -> str:
    """What it says when it is ready; it must then answer at once."""
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.fullmatch(
        r"The sandbox listens at (\S+) \(TEST ONLY\)\. Programs reach it with SESSIONS_SANDBOX=(\S+)\n", line
    )
    assert found is not None, line
    assert found[1] == found[2]
    with requests.Session() as session:
        session.trust_env = False
        assert "TEST ONLY" in session.get(found[1], timeout=10).text
    return found[1]


def connect_until_refused(host: str, port: int) -> None:
    """Each connection ends with the process that still listens."""
    while True:
        with socket.create_connection((host, port), timeout=10) as last, suppress(ConnectionResetError):
            last.recv(1)


def in_use() -> socket.socket:
    """A port that somebody listens at, with a free one after it."""
    for port in range(8900, 9000, 2):
        try:
            taken = socket.create_server(("127.0.0.1", port))
        except OSError:
            continue
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port + 1)) != 0:
                return taken
        taken.close()
    raise AssertionError("no two ports are free")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_port_in_use_is_said_and_a_signal_ends_it(number: signal.Signals) -> None:
    with in_use() as taken:
        port = taken.getsockname()[1]
        with started("--port", str(port)) as process:
            assert address_of(process) == f"http://127.0.0.1:{port + 1}"
            process.send_signal(number)
            _, errors = process.communicate(timeout=10)
    assert (process.returncode, errors) == (0, f"Port {port} is in use; taking {port + 1}.\n")


def test_a_server_that_is_killed_gives_its_port_back() -> None:
    with started(f"--port={unused_port()}") as process:
        host, _, port = address_of(process).removeprefix("http://").partition(":")
        process.kill()
        process.wait(timeout=10)
        with pytest.raises(ConnectionRefusedError):
            connect_until_refused(host, int(port))


def test_two_servers_share_nothing() -> None:
    port = f"--port={unused_port()}"
    with started(port, "--clock=fixed") as one, started(port, "--clock=fixed") as two:
        addresses = [address_of(one), address_of(two)]
        assert len(set(addresses)) == 2
        header = {"Sandbox-Control": "yes"}
        with requests.Session() as session:
            session.trust_env = False
            session.post(f"{addresses[0]}/control/advance", json={"seconds": 5}, headers=header, timeout=10)
            times = [
                session.post(f"{a}/control/now", json={}, headers=header, timeout=10).json()
                for a in addresses
            ]
    assert times[0] == times[1] + 5


def test_a_store_on_disk_survives_a_restart(tmp_path: Path) -> None:
    """Rows and clock, whatever the clock is to do now."""
    port = unused_port()
    options = (f"--store=sqlite:{tmp_path / 'sandbox.db'}", f"--port={port}")
    with started(*options) as first:
        caller = Caller(address_of(first))
        tokens = caller.login("alice@acme.test", "spa", None)
        caller.command("advance", seconds=600)
        first.kill()
        first.wait(timeout=10)
        with pytest.raises(ConnectionRefusedError):
            connect_until_refused("127.0.0.1", port)
    with started(*options, "--clock=fixed") as second:
        caller = Caller(address_of(second))
        assert caller.introspect(tokens["access_token"], "rs")["active"] is True
        assert 590 < caller.command("now") - time.time() <= 600, "it stands where it had come to"
        assert caller.command("now") == caller.command("now")
        refreshed = caller.refresh(tokens["refresh_token"], "spa")
    assert refreshed["refresh_token"] != tokens["refresh_token"]


def test_the_seed_is_what_ids_come_from() -> None:
    def session(*options: str) -> tuple[str, int]:
        with started(f"--port={port}", "--clock=fixed", *options) as process:
            caller = Caller(address_of(process))
            token: str = caller.login("alice@acme.test", "web", None)["refresh_token"]
            return token, caller.command("now")

    port = unused_port()
    first, again, other = session(), session("--seed=test only"), session("--seed=another")
    assert first == again
    assert other[0] != first[0]
    assert (first[1], other[1]) == (START, START)


def test_a_name_of_this_machine_will_do() -> None:
    with started("--host=localhost", f"--port={unused_port()}") as process:
        assert address_of(process).startswith("http://localhost:")


def test_with_tls_it_is_said_how_to_trust_it(tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    certificate = Certificate(folder)
    with started(f"--tls={folder}", f"--port={unused_port()}") as process:
        assert process.stdout is not None
        found = re.search(r"listens at (https://127\.0\.0\.1:\d+) ", process.stdout.readline())
        assert found is not None
        said = "".join(process.stdout.readline() for _ in range(5))
        quoted = f"'{certificate.ca}'"
        for line in (
            f"Its certificate is signed by the CA in {certificate.ca}, whose key is kept nowhere.",
            f"export REQUESTS_CA_BUNDLE={quoted} ",
            f"export SSL_CERT_FILE={quoted} ",
            f"export NODE_EXTRA_CA_CERTS={quoted} ",
            f"curl --cacert {quoted} {found[1]}/oauth2/default/.well-known/openid-configuration\n",
        ):
            assert line in said
        assert Caller(found[1], ca=str(certificate.ca)).token("svc", "orders:read")["token_type"] == "Bearer"


def test_tls_without_a_directory_uses_the_users_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the commands find the CA there."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    with sandbox_process("--tls") as address:
        assert cli.main(["log", f"--sandbox={address}"]) == 0
    assert (tmp_path / "sessions-sandbox" / "tls" / "sandbox-key.pem").exists()


def test_redirect_uris_of_ones_own() -> None:
    uris = ["web=http://localhost:3000/cb?a=b", "web=https://example.com/cb", "spa=http://[::1]:3000/"]
    options = [f"--redirect-uri={uri}" for uri in uris]
    with sandbox_process(*options, "--post-logout-redirect-uri=web=http://localhost:3000/") as address:
        for client, status in (("web", 303), ("spa", 400)):
            asked = {
                "client_id": Caller(address).client(client).id,
                "redirect_uri": "http://localhost:3000/cb?a=b",
                "state": "s",
            }
            with requests.Session() as session:
                session.trust_env = False
                url = f"{address}/oauth2/default/v1/authorize"
                reply = session.get(url, params=asked, allow_redirects=False, timeout=10)
            assert reply.status_code == status
        assert Caller(address).login("alice@acme.test", "web", None)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--store=x:"], "there is no store 'x:'; write memory:, sqlite:PATH"),
        (["--store=sqlite:/no/such/folder/x.db"], "/no/such/folder/x.db cannot be used"),
        (
            ["--workers=2"],
            "2 workers cannot share what is kept in memory; give them a store: --store sqlite:",
        ),
        (["--redirect-uri=wbe=http://localhost/"], "no client that signs users in is called 'wbe'"),
        (["--redirect-uri=web="], "'' is no absolute URI of an app"),
        (["--post-logout-redirect-uri=web=http://example.com/"], "use https, or localhost"),
        (["--backchannel-logout-uri=web=http://example.com/"], "use https, or localhost"),
        (["--backchannel-logout-uri=web=http://localhost/#x"], "has a fragment"),
        (["--tls=/dev/null"], "cannot keep a certificate in /dev/null: "),
        (["--host=no.such.invalid"], "cannot listen at no.such.invalid: "),
    ],
)
def test_what_cannot_be_served_is_explained(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["serve", f"--port={unused_port()}", *arguments]) == 1
    shown = capsys.readouterr()
    assert (shown.out, message in shown.err, shown.err.count("\n")) == ("", True, 1), shown.err


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("--workers=0", "'0' is no number of workers from 1 to 64"),
        ("--workers=65", "'65' is no number of workers"),
        ("--workers=two", "'two' is no number of workers"),
        ("--workers=\u0662", "'\u0662' is no number of workers"),
        ("--clock=never", "invalid choice: 'never'"),
        ("--redirect-uri=http://localhost/", "names no client; one looks like web=http://localhost:3000"),
    ],
)
def test_a_bad_value_is_refused(argument: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["serve", argument])
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "8_600", "\u0661"])
def test_what_is_no_port_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["serve", f"--port={port}"])
    assert stopped.value.code == 2
    assert f"{port!r} is no port; a port is a number from 1 to 65535" in capsys.readouterr().err


def test_an_address_of_another_machine_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["serve", "--host", "192.0.2.1"]) == 1
    assert "cannot listen at 192.0.2.1: " in capsys.readouterr().err


def test_no_free_port_is_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from sessions_sandbox.served import server

    monkeypatch.setattr(server, "PORTS_TRIED", 1)
    with in_use() as taken:
        port = taken.getsockname()[1]
        assert cli.main(["serve", "--port", str(port)]) == 1
    assert f"no free port on 127.0.0.1 from {port} on" in capsys.readouterr().err


def test_without_a_command_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main([])
    assert "serve" in capsys.readouterr().err
