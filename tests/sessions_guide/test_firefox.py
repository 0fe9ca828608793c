"""Which Firefox is taken, and what is done where there is none. Browsers and installers here are fakes."""

import os
from pathlib import Path

import pytest

from sessions_guide import firefox
from sessions_guide.firefox import FirefoxMissing, ensure_firefox
from tests.sessions_guide.test_chromium import put_program

VERSION = "echo Mozilla Firefox 1.2.3"
APT_GET = """echo "$@" >>"$0.log"
new="${0%/*}/firefox-esr"
case "$*" in *install*) printf '#!/bin/sh\\n' >"$new"; /bin/chmod +x "$new";; esac"""


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without Firefox and a user who is not root. Its PATH is the folder `bin` below."""
    monkeypatch.delenv(firefox.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    return tmp_path


@pytest.mark.parametrize("name", firefox.ON_PATH)
def test_one_on_path_is_found(machine: Path, name: str) -> None:
    program = put_program(machine / "bin" / name, VERSION)
    assert ensure_firefox() == program


def test_the_named_one_comes_first(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_program(machine / "bin/firefox", VERSION)
    named = put_program(machine / "elsewhere/firefox", VERSION)
    monkeypatch.setenv(firefox.VARIABLE, str(named))
    assert ensure_firefox() == named


def test_a_named_one_that_is_missing_is_never_replaced(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_program(machine / "bin/firefox", VERSION)
    monkeypatch.setenv(firefox.VARIABLE, str(machine / "nowhere"))
    with pytest.raises(FirefoxMissing, match=r"^SESSIONS_FIREFOX names .*nowhere, which is no program"):
        ensure_firefox()


def test_the_root_user_gets_the_systems_package(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    put_program(machine / "bin/apt-get", APT_GET)
    assert ensure_firefox() == machine / "bin/firefox-esr"
    log = (machine / "bin/apt-get.log").read_text()
    assert log.splitlines() == ["update -q", "install -q -y --no-install-recommends firefox-esr"]


@pytest.mark.parametrize("script", ["exit 1", "[ $1 = update ]"])
def test_nobody_else_is_left_without_a_word(
    machine: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    put_program(machine / "bin/apt-get", script)
    for user in (1000, 0):
        monkeypatch.setattr(os, "geteuid", lambda user=user: user)
        with pytest.raises(FirefoxMissing, match="none could be had") as failure:
            ensure_firefox()
        assert firefox.REMEDY in str(failure.value)


def test_one_that_does_not_start_tells_why(machine: Path) -> None:
    put_program(machine / "bin/firefox", "echo first; echo no display >&2; exit 3")
    with pytest.raises(FirefoxMissing, match=r"firefox does not start: no display$"):
        ensure_firefox()


def test_one_that_is_no_program_tells_why(machine: Path) -> None:
    program = put_program(machine / "bin/firefox")
    program.write_bytes(b"\x7fELF nonsense")
    with pytest.raises(FirefoxMissing, match=r"does not start: .*Exec format error"):
        ensure_firefox()


def test_an_installer_that_does_not_start_is_no_end(
    machine: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    put_program(machine / "bin/apt-get").write_bytes(b"\x7fELF nonsense")
    with pytest.raises(FirefoxMissing):
        ensure_firefox()
    assert "Exec format error" in capfd.readouterr().err
