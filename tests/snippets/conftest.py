"""Runs a lesson's whole program, in this process and over real sockets, as a reader would."""

import io
import runpy
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sessions_guide.lesson import Program, parse_program
from sessions_sandbox import Sandbox, default
from sessions_sandbox.handle import Handle
from sessions_sandbox.network.trace import Exchange
from sessions_sandbox.served.process import sandbox_process
from sessions_sandbox.served.remote import RemoteSandbox

SNIPPETS = Path(__file__).parents[2] / "snippets"


@dataclass(frozen=True)
class RunLesson:
    """What a program printed, and what is left of the run."""

    program: Program
    output: str
    namespace: dict[str, Any]
    exchanges: list[Exchange]
    sandbox: Handle

    @property
    def outputs(self) -> dict[str, str]:
        """What each section printed: the recorded output, which the run has just confirmed."""
        return {cell.name: cell.recorded for cell in self.program.cells}


@pytest.fixture(scope="session")
def served_sandbox() -> Iterator[str]:
    """The address of a sandbox in a process of its own."""
    with sandbox_process() as address:
        yield address


@pytest.fixture(params=["in_process", "over_sockets"])
def lesson(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], RunLesson]]:
    """Runs the lesson of a name such as `cookies/deleting_the_cookie`; it must print what is recorded."""
    handle: Sandbox | RemoteSandbox = (
        Sandbox()
        if request.param == "in_process"
        else RemoteSandbox(request.getfixturevalue("served_sandbox"))
    )
    monkeypatch.setattr(default, "default_sandbox", lambda: handle)

    def run(name: str) -> RunLesson:
        path = SNIPPETS / f"{name}.py"
        program = parse_program(f"{name}.py", path.read_text("utf-8"))
        printed = io.StringIO()
        with redirect_stdout(printed):
            namespace = runpy.run_path(str(path), run_name="__main__")
        assert printed.getvalue() == "".join(cell.recorded for cell in program.cells)
        return RunLesson(program, printed.getvalue(), namespace, handle.exchanges(), handle)

    handle.start()
    try:
        yield run
    finally:
        handle.stop()
