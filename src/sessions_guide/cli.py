"""`python -m sessions_guide <command>`, from the checkout's root: the commands beneath scripts/."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from sessions_guide.deviations import PAGE, write_deviations
from sessions_guide.errors import GuideError
from sessions_guide.page import check_pages
from sessions_guide.record import record
from sessions_guide.run import run_program
from sessions_guide.runner import SandboxHandle
from sessions_sandbox.errors import SandboxError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Returns 0, or 1 where something is wrong or (with --check) out of date."""
    options = _parser().parse_args(arguments)
    try:
        if not Path("snippets").is_dir():
            raise GuideError(f"there is no snippets/ in {Path.cwd()}; run this from the root of the checkout")
        status: int = options.command(options)
    except (GuideError, SandboxError) as error:
        print(error, file=sys.stderr)
        return 1
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sessions_guide")
    commands = parser.add_subparsers(required=True)
    recorder = commands.add_parser("record", help="rewrite the #> lines of programs, and generated tables")
    recorder.add_argument("paths", nargs="*", type=Path, help="programs; all of snippets/ if none is given")
    recorder.add_argument("--check", action="store_true", help="write nothing; fail on a difference")
    recorder.set_defaults(command=_record)
    runner = commands.add_parser("run", help="run programs; with SESSIONS_ISSUER, on your own server")
    runner.add_argument("paths", nargs="+", type=Path, help="programs of snippets/")
    runner.set_defaults(command=_run)
    writer = commands.add_parser("notebooks", help="write notebooks/ from the pages and programs")
    writer.add_argument("--check", action="store_true", help="write nothing; fail on a difference")
    writer.set_defaults(command=_notebooks)
    checker = commands.add_parser("check-pages", help="hold the pages of docs/ against their programs")
    checker.set_defaults(command=_check_pages)
    return parser


def _record(options: argparse.Namespace) -> int:
    sandbox = _sandbox()
    status = 0
    for path in options.paths or sorted(Path("snippets").rglob("*.py")):
        try:
            if not path.is_file():
                raise GuideError(f"{path} is no file; name a program of snippets/")
            difference = record(path, sandbox, check=options.check)
        except GuideError as error:
            print(error, file=sys.stderr)
            status = 1
            continue
        print(difference, end="")
        if difference and options.check:
            print(f"{path} prints something else than it says; run scripts/record", file=sys.stderr)
            status = 1
    if not options.paths and PAGE.is_file():
        difference = write_deviations(PAGE, check=options.check)
        print(difference, end="")
        if difference and options.check:
            print(f"{PAGE} is not as the sandbox's list has it; run scripts/record", file=sys.stderr)
            status = 1
    return status


def _run(options: argparse.Namespace) -> int:
    for path in options.paths:
        if not path.is_file():
            raise GuideError(f"{path} is no file; name a program of snippets/")
        run_program(path)
    return 0


def _sandbox() -> SandboxHandle:
    # Only this command pays for the start of the sandbox.
    import sessions_sandbox

    try:
        return sessions_sandbox.sandbox
    except sessions_sandbox.SandboxError as error:
        raise GuideError(str(error)) from error


def _notebooks(options: argparse.Namespace) -> int:
    # Jupyter's libraries take a second to import: only this command pays for them.
    from sessions_guide.notebooks import check_all, write_all

    if options.check:
        check_all(Path())
        return 0
    for path in write_all(Path()):
        print(f"wrote {path}")
    return 0


def _check_pages(options: argparse.Namespace) -> int:
    faults = check_pages(Path())
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0
