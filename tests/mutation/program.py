"""The whole run: list the mutants, try them, and say which of them no test tells."""

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.mutation.checks import mutants_of
from tests.mutation.killers import read_killers, write_killers
from tests.mutation.lists import read_lists
from tests.mutation.trials import Trials


def run(
    project: Path,
    lists_file: Path,
    tests: str,
    *,
    patterns: Sequence[str] = (),
    plugins: Sequence[str] = (),
    warm_up: Callable[[], object] = bool,
    killers_file: Path | None = None,
    writes_killers: bool = False,
) -> int:
    """Try the mutants of `project`/src on its `tests`. Prints what is wrong, and gives the exit status.

    It is wrong when a mutant survives that is not accepted, and when the lists name something that does not
    exist. `patterns` choose modules; by default, all take part. `killers_file`: which test told which mutant
    the last time, a hint. `writes_killers` writes it anew, and also sees that no test tells what is accepted.
    """
    started, source, lists = time.monotonic(), project / "src", read_lists(lists_file)
    files = lists.modules_below(source, patterns)
    mutants = [mutant for file in files for mutant in mutants_of(file, (source / file).read_text("utf-8"))]
    faults = lists.stale(source, files, mutants)
    known = read_killers(killers_file) if killers_file else {}
    trials = Trials(source, mutants, lists.accepted.keys(), writes_killers, warm_up, known)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    arguments = ["-qq", "-s", "--tb=native", "-p", "no:cacheprovider", f"--rootdir={project}"]
    arguments += [argument for name in plugins for argument in ("-p", name)]
    for name in lists.tests:
        arguments.append(f"--ignore={project / name}" if name.endswith(".py") else f"--deselect={name}")
    status = pytest.main([*arguments, str(project / tests)], [trials])
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        faults.append(f"pytest ends with {status!r}")
    faults += trials.faults
    for mutant in mutants if not trials.faults else ():
        if mutant.key not in trials.killers and mutant.key not in lists.accepted:
            faults.append(f"No test tells: {mutant}")
        elif mutant.key in trials.killers and mutant.key in lists.accepted:
            faults.append(f"This is accepted, but a test tells: {mutant}")
    if killers_file and writes_killers and not trials.faults:
        write_killers(killers_file, files, trials.killers)
    for fault in faults:
        print(fault)
    accepted = sum(mutant.key in lists.accepted for mutant in mutants)
    print(
        f"{len(mutants)} mutants of {len(files)} modules; tests tell {len(trials.killers)}; "
        f"of {accepted} it is accepted that none does; {time.monotonic() - started:.0f} s"
    )
    return 1 if faults else 0
