"""Rewrites the `#>` lines of a program from what it prints."""

import difflib
import os
import shutil
import sys
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO, TextIOBase
from itertools import pairwise
from pathlib import Path
from types import FrameType

from sessions_guide.errors import GuideError, LessonError
from sessions_guide.lesson import Outline, Section, Statement, is_output, parse_program, read_outline
from sessions_guide.runner import SandboxHandle, readers_traceback

_UNRECORDABLE = {"Cc", "Cs", "Zl", "Zp"}  # Unicode's controls, lone surrogates and separators of lines


@dataclass(frozen=True)
class _Line:
    """One printed line, and the statement of the section that ended it."""

    text: str
    statement: Statement
    section: Section

    @property
    def place(self) -> tuple[int, int]:
        """Orders the `#>` lines from top to bottom: a block's own follow those of the statements in it."""
        return self.statement.last, -len(self.statement.indent)


def record(path: Path, sandbox: SandboxHandle, *, check: bool = False) -> str:
    """Run a program from its top and bring its `#>` lines up to date.

    Returns the change as a unified diff, "" if there is none; with `check`, writes nothing.
    Raises LessonError for a program whose output cannot be recorded, GuideError for one that fails.
    Either leaves the file as it was.
    """
    text = path.read_text(encoding="utf-8")
    outline = read_outline(str(path), text)
    rewritten = _with_output(outline, _run(str(path), text, outline, sandbox))
    parse_program(str(path), rewritten)
    if rewritten == text:
        return ""
    if not check:
        _replace(path.resolve(), rewritten)
    before, after = (source.splitlines(keepends=True) for source in (text, rewritten))
    return "".join(difflib.unified_diff(before, after, f"{path}", f"{path} as it prints"))


def _run(path: str, text: str, outline: Outline, sandbox: SandboxHandle) -> list[_Line]:
    printed, complaints = _Printed(path, outline), StringIO()
    sandbox.reset()
    try:
        with redirect_stdout(printed), redirect_stderr(complaints):
            exec(compile(text, path, "exec", dont_inherit=True), {"__name__": "__main__", "__file__": path})
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        report, _ = readers_traceback(error, {path})
        raise GuideError(f"{path} fails, so its `#>` lines stay as they are:\n{report}") from error
    if complaints.getvalue():
        what = f"the program writes to stderr: {complaints.getvalue().strip()}"
        raise LessonError(path, 1, what, "print to stdout only: nothing else is recorded")
    printed.finish()
    _check_order(path, printed.lines)
    return printed.lines


class _Printed(TextIOBase):
    """A stdout that finds for each line the statement which printed it.

    A line belongs to the statement that ended it. What cannot be recorded is kept as a fault until `finish`:
    raised at once, the program might catch it.
    """

    def __init__(self, path: str, outline: Outline) -> None:
        self._path = path
        self._outline = outline
        self._unfinished = ""
        self._writer: tuple[Statement, Section] | None = None  # who wrote the unfinished line
        self._faults: list[LessonError] = []
        self.lines: list[_Line] = []

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, text: str) -> int:
        """Keep the text, and note who wrote it."""
        writer = self._find_writer()
        if writer is None:
            fault = "something other than the program's own sections prints"
            self._faults.append(LessonError(self._path, 1, f"{fault}: {text!r}", "print from a section"))
            return len(text)
        if self._writer is not None and self._writer[1] != writer[1]:
            self._refuse_unfinished()
        *ended, self._unfinished = (self._unfinished + text).split("\n")
        for line in ended:
            self._check_line(line, writer[0])
            self.lines.append(_Line(line, *writer))
        self._writer = writer if self._unfinished else None
        return len(text)

    def finish(self) -> None:
        """Raise the first fault, if there is one."""
        if self._writer is not None:
            self._refuse_unfinished()
        if self._faults:
            raise self._faults[0]

    def _find_writer(self) -> tuple[Statement, Section] | None:
        """The innermost statement, of the section that is running, that leads to this write."""
        numbers = list(_lines_that_called(self._path))
        for section in self._outline.sections:
            if numbers and section.start < numbers[-1] < section.end:
                number = next(number for number in numbers if section.start < number < section.end)
                around = [s for s in self._outline.statements if s.first <= number <= s.last]
                return min(around, key=lambda statement: statement.last - statement.first), section
        return None

    def _refuse_unfinished(self) -> None:
        assert self._writer is not None
        statement, section = self._writer
        what = f"section `{section.name}` ends in an unfinished line: {self._unfinished!r}"
        remedy = "end the line within the section that began it"
        self._faults.append(LessonError(self._path, statement.first, what, remedy))

    def _check_line(self, line: str, statement: Statement) -> None:
        if any(unicodedata.category(letter) in _UNRECORDABLE and letter != "\t" for letter in line):
            what = f"this prints a character that no `#>` line can hold: {line!r}"
            self._faults.append(LessonError(self._path, statement.first, what, "print its repr()"))
        elif line != line.rstrip():
            what = f"this prints a line that ends in a blank, which editors take away: {line!r}"
            self._faults.append(LessonError(self._path, statement.first, what, "print it without"))


def _lines_that_called(path: str) -> Iterator[int]:
    """The lines of the file that are being executed, the innermost first."""
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        if frame.f_code.co_filename == path:
            yield frame.f_lineno
        frame = frame.f_back


def _check_order(path: str, lines: list[_Line]) -> None:
    for earlier, later in pairwise(lines):
        if earlier.section == later.section and later.place < earlier.place:
            here, there = later.statement.first, earlier.statement.first
            what = f"this prints after line {there} has printed, so the `#>` lines are out of order"
            remedy = f"let lines {here} and {there} print one after the other, or in two sections"
            raise LessonError(path, here, what, remedy)


def _with_output(outline: Outline, printed: list[_Line]) -> str:
    below: dict[int, list[str]] = {}
    for line in sorted(printed, key=lambda line: line.place):
        recorded = f"{line.statement.indent}#> {line.text}" if line.text else f"{line.statement.indent}#>"
        below.setdefault(line.statement.last, []).append(recorded)
    rewritten: list[str] = []
    for number, source in enumerate(outline.lines, start=1):
        if not is_output(source):
            rewritten += [source, *below.get(number, [])]
    return "".join(f"{line}\n" for line in rewritten)


def _replace(path: Path, text: str) -> None:
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="\n", dir=path.parent, prefix=path.name, delete=False
    ) as temporary:
        try:
            temporary.write(text)
            temporary.close()
            shutil.copymode(path, temporary.name)
            os.replace(temporary.name, path)
        except BaseException:
            os.unlink(temporary.name)
            raise
