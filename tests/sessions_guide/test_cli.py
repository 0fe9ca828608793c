import subprocess
import sys
from pathlib import Path

import pytest

from sessions_guide import cli
from sessions_sandbox import SandboxError, default
from sessions_sandbox.errors import NotAtThisIssuer
from tests.sessions_guide.counting import PROGRAM, CountingSandbox

LESSON = "snippets/numbers/counting.py"


@pytest.fixture(autouse=True)
def in_checkout(checkout: Path, sandbox: CountingSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(checkout)
    monkeypatch.setattr(default, "default_sandbox", lambda: sandbox)


def change_lesson(old: str, new: str) -> None:
    Path(LESSON).write_text(PROGRAM.replace(old, new), encoding="utf-8")


def test_record_writes_and_shows_the_change(capsys: pytest.CaptureFixture[str]) -> None:
    change_lesson("#> 3", "#> 2")
    assert cli.main(["record"]) == 0
    assert "-#> 2\n+#> 3\n" in capsys.readouterr().out
    assert Path(LESSON).read_text(encoding="utf-8") == PROGRAM
    assert cli.main(["record"]) == 0
    assert capsys.readouterr().out == ""


def test_record_needs_a_sandbox(
    sandbox: CountingSandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> None:
        raise NotAtThisIssuer.needs("a sandbox")

    monkeypatch.setattr(sandbox, "reset", refuse)
    assert cli.main(["record"]) == 1
    assert capsys.readouterr().err.startswith("this needs a sandbox: unset SESSIONS_ISSUER")


def test_run_runs_programs_in_turn(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["run", LESSON, LESSON]) == 0
    assert capsys.readouterr().out == "1\n3\n" * 2


def test_run_names_what_is_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["run", "snippets/numbers"]) == 1
    assert capsys.readouterr().err == "snippets/numbers is no file; name a program of snippets/\n"


def test_record_check_only_looks(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["record", "--check"]) == 0
    change_lesson("#> 3", "#> 2")
    assert cli.main(["record", "--check", LESSON]) == 1
    shown = capsys.readouterr()
    assert "-#> 2\n+#> 3\n" in shown.out
    assert shown.err == f"{LESSON} prints something else than it says; run scripts/record\n"
    assert "#> 2" in Path(LESSON).read_text(encoding="utf-8")


def test_record_goes_on_after_a_program_that_cannot_be_recorded(capsys: pytest.CaptureFixture[str]) -> None:
    change_lesson("#> 3", "#> 2")
    Path("snippets/a.py").write_text("1 / 0\n", encoding="utf-8")
    assert cli.main(["record"]) == 1
    assert capsys.readouterr().err.startswith("snippets/a.py:1: the program has no docstring; say")
    assert Path(LESSON).read_text(encoding="utf-8") == PROGRAM


def test_record_names_a_path_that_is_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["record", "snippets/gone.py"]) == 1
    assert capsys.readouterr().err == "snippets/gone.py is no file; name a program of snippets/\n"


def test_record_says_why_there_is_no_sandbox(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unreachable() -> None:
        raise SandboxError("no sandbox answers; start one")

    monkeypatch.setattr(default, "default_sandbox", unreachable)
    assert cli.main(["record"]) == 1
    assert capsys.readouterr().err == "no sandbox answers; start one\n"


def test_notebooks_are_written_and_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["notebooks", "--check"]) == 1
    assert capsys.readouterr().err.startswith(
        "out of date: notebooks/numbers/counting.ipynb; run scripts/build"
    )
    assert cli.main(["notebooks"]) == 0
    assert capsys.readouterr().out == "wrote notebooks/numbers/counting.ipynb\n"
    assert cli.main(["notebooks", "--check"]) == 0


def test_check_pages_names_all_faults(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check-pages"]) == 0
    change_lesson("#> 3\n", "")
    Path("snippets/a.py").write_text("", encoding="utf-8")
    assert cli.main(["check-pages"]) == 1
    assert [line.split(":")[0] for line in capsys.readouterr().err.splitlines()] == ["snippets/a.py", LESSON]


def test_another_folder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path / "docs")
    assert cli.main(["check-pages"]) == 1
    assert "run this from the root of the checkout" in capsys.readouterr().err


def test_it_runs_as_a_module() -> None:
    change_lesson("#> 3\n", "")
    command = [sys.executable, "-m", "sessions_guide", "check-pages"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (run.returncode, run.stdout) == (1, "")
    assert (
        run.stderr == f"{LESSON}:13: section `go_on` prints but has no recorded output; run scripts/record\n"
    )
