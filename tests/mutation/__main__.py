"""Proves that each security check is tested: `python -m tests.mutation [PART OF A MODULE'S PATH ...]`."""

import os
import sys
from argparse import ArgumentParser
from pathlib import Path

from tests.mutation.program import run

PROJECT = Path(__file__).parents[2]
SAME_ORDER = {"PYTHONHASHSEED": "0"}
"""Sets have the same order in each run."""


def warm_up() -> None:
    """Read the keys, and do once what is slow at first."""
    from sessions_sandbox import Sandbox
    from sessions_sandbox.key_ring import POOLS
    from sessions_sandbox.keys import test_only_key

    for number in {number for pool in POOLS.values() for number in pool}:
        test_only_key(number)
    with Sandbox() as sandbox:
        sandbox.sign_in("alice@acme.test")


def main() -> int:
    """Try the mutants of the modules that are named, or of all."""
    parser = ArgumentParser("python -m tests.mutation", description="Removes checks, and sees tests fail.")
    parser.add_argument("modules", nargs="*", help="parts of their paths; all by default")
    about_killers = "try what is accepted, too, and write killers.json anew: it makes runs fast"
    parser.add_argument("--killers", action="store_true", help=about_killers)
    asked = parser.parse_args()
    here = Path(__file__).parent
    return run(
        PROJECT,
        here / "lists.toml",
        "tests/sessions_sandbox",
        patterns=asked.modules,
        plugins=["sessions_sandbox.pytest_plugin"],
        warm_up=warm_up,
        killers_file=here / "killers.json",
        writes_killers=asked.killers,
    )


if __name__ == "__main__":
    if not SAME_ORDER.items() <= os.environ.items():
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, **SAME_ORDER})
    sys.exit(main())
