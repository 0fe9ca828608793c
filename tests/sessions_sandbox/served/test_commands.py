"""The commands against a running sandbox."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sessions_sandbox import cli
from sessions_sandbox.served.process import sandbox_process

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with sandbox_process() as address:
        yield address


@pytest.fixture
def run(address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command that must succeed, and gives what it printed: as JSON where that was asked for."""
    monkeypatch.setenv("SESSIONS_SANDBOX", address)

    def command(*arguments: str) -> Any:
        assert cli.main(list(arguments)) == 0, capsys.readouterr().err
        printed = capsys.readouterr().out
        return json.loads(printed) if "--json" in arguments else printed

    return command


def test_from_login_to_revocation(run: Run, address: str) -> None:
    tokens = run("login", "alice@acme.test", "--json")
    assert {"access_token", "id_token", "refresh_token"} <= set(tokens)
    answer = run("introspect", tokens["access_token"], "--json")
    assert (answer["active"], answer["iss"]) == (True, f"{address}/oauth2/default")
    assert abs(answer["iat"] - time.time()) < 60
    refreshed = run("token", "--client", "web", "--refresh-token", tokens["refresh_token"], "--json")
    assert run("revoke", tokens["refresh_token"]) == "Revoked, if it was a token of the client web.\n"
    assert run("introspect", refreshed["access_token"]) == "active: false\n"
    events = [row["event"] for row in run("log", "--json")]
    assert "user.session.start" in events
    assert "app.oauth2.as.token.revoke" in run("log")


def test_a_public_client_another_server_and_lines_for_people(run: Run) -> None:
    lines = run("login", "bob@acme.test", "--client=spa", "--scope=openid", "--server=org").splitlines()
    assert lines[:2] == ["token_type: Bearer", "expires_in: 3600"]
    token = next(line for line in lines if line.startswith("access_token: ")).partition(" ")[2]
    assert run("introspect", token, "--server=org").startswith("active: true\n")
    assert run("introspect", token) == "active: false\n"
    assert run("revoke", token, "--client=spa", "--server=org", "--json") == {"revoked": "spa"}
    assert run("introspect", token, "--server=org") == "active: false\n"


def test_a_clients_own_token(run: Run) -> None:
    assert run("token", "--json")["scope"] == "orders:read"
    assert (
        run("token", "--scope", "orders:read orders:write", "--json")["scope"] == "orders:read orders:write"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["login", "eve@acme.test"], "no user is called 'eve@acme.test'; there are alice@acme.test"),
        (["login", "dave@acme.test"], "the sign-in ended at"),
        (["login", "alice@acme.test", "--client=svc"], "the client svc signs nobody in; use web"),
        (["login", "alice@acme.test", "--scope=x"], "the authorization server refused"),
        (["token", "--client=web"], "unauthorized_client: "),
        (["token", "--client=web", "--refresh-token=x"], "invalid_grant: The refresh token is invalid"),
        (["log", "--sandbox=ftp://x"], "'ftp://x' is no address of a sandbox"),
    ],
)
def test_errors_are_said(
    address: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.setenv("SESSIONS_SANDBOX", address)
    assert cli.main(arguments) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert message in shown.err


@pytest.mark.parametrize(
    "arguments", [["login", "alice@acme.test"], ["token"], ["introspect", "x"], ["revoke", "x"], ["log"]]
)
def test_an_address_where_nobody_answers_is_named(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        address = f"http://127.0.0.1:{unused.getsockname()[1]}"
    assert cli.main([*arguments, f"--sandbox={address}"]) == 1
    assert f"no sandbox answers at {address}" in capsys.readouterr().err
