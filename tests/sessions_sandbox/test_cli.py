"""The sandbox on the command line, as a user starts it."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
import requests

from sessions_sandbox import cli
from sessions_sandbox.served.process import end, unused_port

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
