"""Runs the cells of a program: the same code in tests and in the browser, with the standard library only."""

import linecache
import traceback
from collections.abc import Callable, Collection, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import TextIOBase
from types import MappingProxyType
from typing import Any, Protocol

from sessions_guide.errors import GuideError
from sessions_guide.lesson import Cell, Program, is_output, without_output

LONG_LINE = 1_000  # characters
NO_EDITS: Mapping[str, str] = MappingProxyType({})


class Clock(Protocol):
    """What the runner needs of a sandbox's clock."""

    def now(self) -> int:
        """Unix seconds."""


class SandboxHandle(Protocol):
    """What the runner needs of a sandbox."""

    @property
    def clock(self) -> Clock:
        """The sandbox's clock."""

    def reset(self) -> object:
        """Make everything as it was at the start: rows, exchanges, clock."""

    def exchanges(self) -> list[dict[str, Any]]:
        """Every HTTP exchange since the last reset, in order."""


@dataclass(frozen=True)
class Result:
    """What one run of a section gave.

    `output` is all that it wrote to stdout and stderr. `error` is the traceback if it failed; `error_line`
    is then the innermost of the reader's lines that failed, None where there is none. It is counted (from 1)
    in the code of `error_section`, which may be one above: the reader's edit, or without its `#>` lines.
    `exchanges` are those of this section alone. `now` is the sandbox's clock afterwards, in Unix seconds.
    """

    section: str
    output: str
    error: str | None
    error_line: int | None
    exchanges: list[dict[str, Any]]
    now: int
    error_section: str | None = None


class Output(TextIOBase):
    """A stream that keeps what is written. It hands on each line, a long one in parts, and at each flush."""

    def __init__(self) -> None:
        self.begin(lambda text: None)

    def begin(self, on_output: Callable[[str], object]) -> None:
        """Forget what was written, and hand what follows to `on_output`."""
        self._on_output = on_output
        self._pending = ""
        self.text = ""

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, text: str) -> int:
        """Keep the text; hand on the lines that it completes."""
        self._pending += text
        lines, newline, rest = self._pending.rpartition("\n")
        if len(rest) > LONG_LINE:
            self.flush()
        elif newline:
            self._pending = rest
            self._hand_on(lines + newline)
        return len(text)

    def flush(self) -> None:
        """Hand on an unfinished line."""
        pending, self._pending = self._pending, ""
        if pending:
            self._hand_on(pending)

    def _hand_on(self, text: str) -> None:
        self.text += text
        self._on_output(text)


@dataclass(frozen=True)
class _Source:
    """What is compiled for a section: an edited one has a file name and lines (from 1) of its own."""

    section: str
    filename: str
    text: str
    first_line: int

    def run(self, namespace: dict[str, Any]) -> None:
        padded = "\n" * (self.first_line - 1) + self.text
        exec(compile(padded, self.filename, "exec", dont_inherit=True), namespace)


class Runner:
    """Runs the sections of one program as if it ran from its top, in one namespace and one sandbox."""

    def __init__(
        self,
        program: Program,
        sandbox: SandboxHandle,
        on_section: Callable[[], object] = lambda: None,
        *,
        is_reset: bool = False,
    ) -> None:
        """`on_section` is called before each section. `is_reset`: no program has used the sandbox yet, so the
        first start of this one leaves it as it is.
        """
        self._program = program
        self._sandbox = sandbox
        self._on_section = on_section
        self._is_reset = is_reset
        self._namespace: dict[str, Any] = {}
        self._output = Output()  # one for all sections: a logger that a section sets up keeps hold of it
        self._done: list[_Source] = []  # what has run in this namespace
        self._afresh = True  # whether the next run must begin with a new namespace

    def run(
        self,
        section: str,
        edits: Mapping[str, str] = NO_EDITS,
        on_output: Callable[[str], object] = lambda text: None,
    ) -> Result:
        """Run a section, and before it, silently, those above it that have not run in this state.

        `edits` are the reader's own sources by section. `on_output` gets the output as it is written.
        Raises GuideError for a section that the program does not have.
        """
        *above, wanted = self._sources(section, edits)
        if self._afresh or self._done != above[: len(self._done)]:
            self._begin_afresh()
        for source in above[len(self._done) :]:
            result = self._run(source, lambda text: None)
            if result.error is not None:
                error = f"Section `{source.section}` runs before this one, and failed:\n{result.error}"
                return Result(section, "", error, result.error_line, [], result.now, result.error_section)
        return self._run(wanted, on_output)

    def _sources(self, section: str, edits: Mapping[str, str]) -> list[_Source]:
        """What is to be compiled for the sections above, and for the section itself."""
        names = [cell.name for cell in self._program.cells]
        for name in (section, *edits):
            if name not in names:
                raise GuideError(f"{self._program.path} has no section `{name}`; it has: {', '.join(names)}")
        cells = self._program.cells[: names.index(section) + 1]
        return [self._source(cell, edits.get(cell.name)) for cell in cells]

    def _source(self, cell: Cell, edited: str | None) -> _Source:
        if edited is None or without_output(edited).rstrip() == cell.code.rstrip():
            return _Source(cell.name, self._program.path, cell.source, cell.first_line)
        return _Source(cell.name, self._name_of_edited(cell), edited, 1)

    def _name_of_edited(self, cell: Cell) -> str:
        return f"{self._program.path} (your {cell.name})"

    def _begin_afresh(self) -> None:
        if not self._is_reset:
            self._sandbox.reset()
        self._is_reset = False
        self._namespace = {"__name__": "__main__", "__doc__": self._program.docstring}
        self._done = []

    def _run(self, source: _Source, on_output: Callable[[str], object]) -> Result:
        self._show_in_tracebacks(source)
        self._on_section()
        self._afresh = True  # until it has run to its end
        before = list(self._sandbox.exchanges())
        self._output.begin(on_output)
        error = place = None
        try:
            with redirect_stdout(self._output), redirect_stderr(self._output):
                source.run(self._namespace)
        except KeyboardInterrupt:
            raise
        except BaseException as raised:  # SystemExit too: in a plain run it ends the sections below as well
            cells = self._program.cells
            own = {self._program.path, *(self._name_of_edited(cell) for cell in cells)}
            error, place = readers_traceback(raised, own)
        else:
            self._done.append(source)
            self._afresh = False
        self._output.flush()
        after = self._sandbox.exchanges()
        exchanges = after[len(before) :] if after[: len(before)] == before else after
        now = self._sandbox.clock.now()
        section, line = self._in_section(*place) if place else (None, None)
        return Result(source.section, self._output.text, error, line, exchanges, now, section)

    def _in_section(self, filename: str, line: int) -> tuple[str | None, int | None]:
        """The section in which a traceback's line stands, and its number in that section's code."""
        for cell in self._program.cells:
            if filename == self._name_of_edited(cell):
                return cell.name, line
            above = line - cell.first_line
            if filename == self._program.path and 0 <= above < cell.source.count("\n"):
                return cell.name, 1 + sum(not is_output(one) for one in cell.source.split("\n")[:above])
        return None, None

    def _show_in_tracebacks(self, source: _Source) -> None:
        text = source.text
        if source.filename == self._program.path:
            text = ""
            for cell in self._program.cells:
                text += "\n" * (cell.first_line - 1 - text.count("\n")) + cell.source
        lines = [line + "\n" for line in text.split("\n")]
        linecache.cache[source.filename] = (len(text), None, lines, source.filename)


def readers_traceback(error: BaseException, filenames: Collection[str]) -> tuple[str, tuple[str, int] | None]:
    """The traceback with the frames of these files only, and the innermost of their lines: file and line.

    Chained exceptions stay where the reader's own lines had a part in them.
    """
    if isinstance(error, SyntaxError) and error.filename in filenames:
        place = (error.filename, error.lineno) if error.filename and error.lineno else None
        return "".join(traceback.format_exception_only(error)), place
    report = traceback.TracebackException.from_exception(error)
    _trim(report, filenames)
    innermost = report.stack[-1] if report.stack else None
    place = (innermost.filename, innermost.lineno) if innermost and innermost.lineno else None
    return "".join(report.format()), place


def _trim(report: traceback.TracebackException, filenames: Collection[str]) -> None:
    kept = [frame for frame in report.stack if frame.filename in filenames]
    report.stack = traceback.StackSummary.from_list(kept)
    report.__cause__ = _trim_chained(report.__cause__, filenames)
    report.__context__ = _trim_chained(report.__context__, filenames)
    for one in report.exceptions or []:
        _trim(one, filenames)


def _trim_chained(
    report: traceback.TracebackException | None, filenames: Collection[str]
) -> traceback.TracebackException | None:
    if report is None:
        return None
    _trim(report, filenames)
    return report if report.stack else report.__cause__ or report.__context__
