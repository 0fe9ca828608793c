"""Which browser is taken, and what is done where there is none. Browsers and installers here are fakes."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from sessions_guide import chromium
from sessions_guide.chromium import ChromiumMissing, ensure_chromium, find_chromium

Installed = list[tuple[str, ...]]


def put_program(path: Path, script: str = "echo Chromium 1.2.3") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any browser. Its PATH is the folder `bin` of what is returned."""
    monkeypatch.delenv("SESSIONS_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(chromium, "DOWNLOADED", tmp_path / "browsers")
    monkeypatch.setattr(chromium, "_playwright_chromium", lambda browsers: None)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    return tmp_path


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> Installed:
    """The installers that were started, all of which fail."""
    started: Installed = []

    def fail(command: Sequence[str], environment: Mapping[str, str]) -> bool:
        started.append(tuple(command))
        return False

    monkeypatch.setattr(chromium, "_run", fail)
    return started


@pytest.mark.parametrize("name", chromium.ON_PATH)
def test_one_on_path_is_found(machine: Path, name: str) -> None:
    program = put_program(machine / "bin" / name)
    assert find_chromium() == program


def test_the_named_one_comes_first(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_program(machine / "bin/chromium")
    named = put_program(machine / "elsewhere/chrome")
    monkeypatch.setenv("SESSIONS_CHROMIUM", str(named))
    assert find_chromium() == named


def test_a_named_one_that_is_missing_is_never_replaced(
    machine: Path, monkeypatch: pytest.MonkeyPatch, commands: Installed
) -> None:
    put_program(machine / "bin/chromium")
    monkeypatch.setenv("SESSIONS_CHROMIUM", "/nowhere/chrome")
    with pytest.raises(ChromiumMissing, match="SESSIONS_CHROMIUM names /nowhere/chrome"):
        ensure_chromium()
    assert commands == []


def test_playwright_s_own_comes_last(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    downloaded = put_program(machine / "browsers/chrome")
    monkeypatch.setattr(
        chromium, "_playwright_chromium", lambda browsers: downloaded if browsers is not None else None
    )
    assert find_chromium() == downloaded
    on_path = put_program(machine / "bin/google-chrome")
    assert find_chromium() == on_path


def test_none_at_all_says_what_to_do() -> None:
    with pytest.raises(ChromiumMissing, match="No Chromium was found") as error:
        find_chromium()
    for remedy in ("on PATH", "playwright install --with-deps chromium", "export SESSIONS_CHROMIUM="):
        assert remedy in str(error.value)


def test_one_that_starts_is_taken_as_it_is(machine: Path, commands: Installed) -> None:
    program = put_program(machine / "bin/chromium")
    assert ensure_chromium() == program
    assert commands == []


def test_playwright_downloads_one(
    machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def download(command: Sequence[str], environment: Mapping[str, str]) -> bool:
        assert command[1:4] == ("-m", "playwright", "install")
        put_program(Path(environment["PLAYWRIGHT_BROWSERS_PATH"]) / "chrome")
        return True

    monkeypatch.setattr(chromium, "_run", download)
    monkeypatch.setattr(
        chromium,
        "_playwright_chromium",
        lambda browsers: path if browsers and (path := browsers / "chrome").exists() else None,
    )
    assert ensure_chromium() == machine / "browsers/chrome"
    assert "Downloading Chromium with Playwright" in capsys.readouterr().err


def test_a_download_that_does_not_start_gives_way_to_the_system_s_package(
    machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = put_program(machine / "browsers/chrome", "echo libnss3.so: cannot open >&2; exit 127")
    put_program(machine / "bin/apt-get")
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    def install(command: Sequence[str], environment: Mapping[str, str]) -> bool:
        if command[:2] == ("apt-get", "install"):
            put_program(machine / "bin/chromium")
        return True

    monkeypatch.setattr(chromium, "_run", install)
    monkeypatch.setattr(chromium, "_playwright_chromium", lambda browsers: broken)
    assert ensure_chromium() == machine / "bin/chromium"
    said = capsys.readouterr().err
    assert "does not start: libnss3.so: cannot open" in said
    assert "apt-get install chromium" in said


@pytest.mark.parametrize(("user", "asked"), [(0, ["update", "install"]), (1000, [])])
def test_only_root_asks_the_system_and_failure_is_loud(
    machine: Path, monkeypatch: pytest.MonkeyPatch, commands: Installed, user: int, asked: list[str]
) -> None:
    put_program(machine / "bin/apt-get")
    monkeypatch.setattr(os, "geteuid", lambda: user)
    with pytest.raises(ChromiumMissing, match="need Chromium, and none could be had") as error:
        ensure_chromium()
    assert "export SESSIONS_CHROMIUM=" in str(error.value)
    assert [command[1] for command in commands if command[0] == "apt-get"] == asked
    assert any("playwright" in command for command in commands)


def test_an_installer_that_hangs_is_given_up(
    machine: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(chromium, "DOWNLOAD_SECONDS", 0.5)
    slow = put_program(machine / "bin/slow", "echo fetching; exec /bin/sleep 60")
    assert not chromium._run([str(slow)], {})
    out, err = capfd.readouterr()
    assert (out, "fetching" in err, "timed out" in err) == ("", True, True)


def test_the_command_prints_the_path_alone(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = put_program(machine / "bin/chromium")
    assert chromium.main() == 0
    assert capsys.readouterr().out == f"{program}\n"


def test_the_command_fails_loudly(capsys: pytest.CaptureFixture[str], commands: Installed) -> None:
    assert chromium.main() == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "none could be had" in err


def test_playwright_is_asked_where_its_browser_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert chromium._playwright_chromium(tmp_path) is None
