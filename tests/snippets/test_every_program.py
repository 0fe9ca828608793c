"""What holds for every program: cell by cell and over sockets it prints what its `#>` lines say."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sessions_guide.lesson import parse_program
from sessions_guide.runner import Runner
from sessions_sandbox import Sandbox, default

SNIPPETS = Path(__file__).parents[2] / "snippets"
PROGRAMS = sorted(path.relative_to(SNIPPETS).as_posix() for path in SNIPPETS.rglob("*.py"))


@pytest.mark.parametrize("path", PROGRAMS)
def test_each_section_alone_prints_its_record(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = parse_program(path, (SNIPPETS / path).read_text("utf-8"))
    with Sandbox() as sandbox:
        monkeypatch.setattr(default, "default_sandbox", lambda: sandbox)
        for cell in reversed(program.cells):  # each one begins afresh and runs those above it first
            result = Runner(program, sandbox).run(cell.name)
            assert (result.error, result.output) == (None, cell.recorded), cell.name


@pytest.mark.parametrize("path", PROGRAMS)
def test_as_a_script_it_prints_its_record(path: str) -> None:
    program = parse_program(path, (SNIPPETS / path).read_text("utf-8"))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SESSIONS_")}
    run = subprocess.run(
        [sys.executable, SNIPPETS / path],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (run.stderr, run.stdout) == ("", "".join(cell.recorded for cell in program.cells))


def test_there_are_the_ten_lessons() -> None:
    assert len(PROGRAMS) >= 10
