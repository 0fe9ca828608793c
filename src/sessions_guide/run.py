"""Runs a program section by section, and leaves out what the reader's own authorization server has not."""

import sys
import traceback
from pathlib import Path
from typing import Any

from sessions_guide.errors import GuideError
from sessions_guide.lesson import parse_program
from sessions_guide.runner import readers_traceback
from sessions_sandbox.errors import NotAtThisIssuer


def run_program(path: Path) -> list[str]:
    """Run a program of snippets/ from its top, and return the names of the sections that were left out.

    A section is left out from the statement on that needs a sandbox, and so is one that needs a name of
    such a section; stderr says which and why. In a sandbox everything runs.
    Raises GuideError when the program fails for another reason, LessonError when it cannot be parsed.
    """
    program = parse_program(str(path), path.read_text(encoding="utf-8"))
    namespace: dict[str, Any] = {"__name__": "__main__", "__file__": str(path)}
    left_out: list[str] = []
    for cell in program.cells:
        source = "\n" * (cell.first_line - 1) + cell.source
        try:
            exec(compile(source, str(path), "exec", dont_inherit=True), namespace)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            missing = isinstance(error, NameError) and bool(left_out)
            if not isinstance(error, NotAtThisIssuer) and not missing:
                report, _ = readers_traceback(error, {str(path)})
                raise GuideError(report) from error
            reason = f"this needs what {' and '.join(left_out)} would have made" if missing else error
            where = f"{path}:{_line(error, str(path))}: section {cell.name} is left out from here on"
            print(f"{where}: {reason}", file=sys.stderr, flush=True)
            left_out.append(cell.name)
        finally:
            sys.stdout.flush()
    return left_out


def _line(error: BaseException, path: str) -> int | None:
    """The line of the section, not of a function of the program that it calls."""
    return next((f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == path), None)
