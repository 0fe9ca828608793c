"""`from sessions_sandbox import sandbox`."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

import sessions_sandbox
from sessions_sandbox import Sandbox, SandboxError
from sessions_sandbox.default import ADDRESS_VARIABLE, ISSUER_VARIABLE, default_sandbox
from sessions_sandbox.own_issuer import OwnIssuer
from sessions_sandbox.served.process import sandbox_process
from sessions_sandbox.served.remote import RemoteSandbox


@pytest.fixture(autouse=True)
def forget(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test has a process without a sandbox."""
    monkeypatch.delenv(ADDRESS_VARIABLE, raising=False)
    monkeypatch.delenv(ISSUER_VARIABLE, raising=False)
    default_sandbox.cache_clear()
    yield
    if default_sandbox.cache_info().currsize:
        default_sandbox().stop()
    default_sandbox.cache_clear()


def test_it_is_one_and_started() -> None:
    from sessions_sandbox import sandbox

    assert isinstance(sandbox, Sandbox)
    assert sandbox is sessions_sandbox.sandbox
    assert sandbox.sign_in("alice@acme.test")


def test_it_is_not_made_before_it_is_asked_for() -> None:
    with Sandbox() as sandbox:
        assert sandbox.sign_in("alice@acme.test")
    assert default_sandbox.cache_info().currsize == 0


def test_the_variable_leads_to_a_served_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with sandbox_process() as address:
        monkeypatch.setenv(ADDRESS_VARIABLE, address)
        from sessions_sandbox import sandbox

        assert isinstance(sandbox, RemoteSandbox)
        assert sandbox.sign_in("alice@acme.test")
        sandbox.stop()


def test_a_program_says_that_nobody_answers() -> None:
    program = "from sessions_sandbox import sandbox"
    environment = {**os.environ, ADDRESS_VARIABLE: "http://127.0.0.1:9"}
    ended = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].startswith(
        "sessions_sandbox.errors.SandboxError: no sandbox answers at http://127.0.0.1:9: start one with"
    )


def test_an_address_of_another_shape_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ADDRESS_VARIABLE, "127.0.0.1:8600")
    with pytest.raises(SandboxError, match="is no address of a sandbox"):
        default_sandbox()


def test_another_variable_leads_to_your_own_issuer(monkeypatch: pytest.MonkeyPatch) -> None:
    with Sandbox() as server:
        monkeypatch.setenv(ISSUER_VARIABLE, server.issuer)
        monkeypatch.setenv("SESSIONS_CLIENT_ID", "mine")
        monkeypatch.setenv("SESSIONS_REDIRECT_URI", "http://127.0.0.1:8400/callback")
        from sessions_sandbox import sandbox

        assert isinstance(sandbox, OwnIssuer)
        assert sandbox.metadata["token_endpoint"] == server.metadata["token_endpoint"]


def test_a_program_uses_one_or_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ISSUER_VARIABLE, "https://issuer.example")
    monkeypatch.setenv(ADDRESS_VARIABLE, "http://127.0.0.1:8600")
    with pytest.raises(SandboxError, match="SESSIONS_SANDBOX and SESSIONS_ISSUER are both set: unset one"):
        default_sandbox()


def test_other_names_are_not_there() -> None:
    with pytest.raises(AttributeError, match="module 'sessions_sandbox' has no attribute 'nothing'"):
        sessions_sandbox.nothing  # noqa: B018


def test_a_plain_import_brings_no_server() -> None:
    """So that it works in a browser, where granian is missing."""
    program = (
        "import sessions_sandbox.default, sys; print([m for m in sys.modules if m.startswith('granian')])"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout == "[]\n"
