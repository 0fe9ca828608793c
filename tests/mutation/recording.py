"""Which lines each test runs, on the code as it is."""

import os
import pickle
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import coverage
import pytest

from tests.mutation.forks import PROCESSES, LeavesTheProcess, Seal, failure_of, fork


@dataclass
class Run:
    """A run of a test. `failure`: why it failed, or `""`. `stayed`: it started no process, nor connected.

    `cpu_seconds`: how long it took. `lines`: those it ran, by file.
    """

    failure: str
    stayed: bool
    cpu_seconds: float
    lines: dict[str, set[int]]


def record(items: Sequence[pytest.Item], files: Iterable[Path]) -> dict[str, Run]:
    """Run all tests, in forks, and note the lines of these files, if any. Gives the runs by node id.

    The tests of one file stay together: they may share fixtures.
    """
    wanted = [str(file) for file in files]
    homes = list(dict.fromkeys(item.path for item in items))
    part_of = {home: place % PROCESSES for place, home in enumerate(homes)}
    runs: dict[str, Run] = {}
    with tempfile.TemporaryDirectory() as folder:
        forks = {}
        for part in range(PROCESSES):
            share, result = [item for item in items if part_of[item.path] == part], Path(folder, str(part))
            forks[result] = fork(lambda share=share, result=result: _record(share, wanted, result))  # type: ignore[misc]
        for result, process in forks.items():
            os.waitpid(process, 0)
            runs |= pickle.loads(result.read_bytes())
    return runs


def _record(items: Sequence[pytest.Item], files: list[str], result: Path) -> int:
    seal, runs = Seal(), {}
    recorder = coverage.Coverage(data_file=None, config_file=False, include=files)
    if files:
        recorder.start()
    for item, following in zip_longest(items, items[1:]):
        if files:
            recorder.switch_context(item.nodeid)
        seal.broken, started = False, os.times()
        failure = failure_of(item, following)
        ended, stayed = os.times(), not seal.broken and LeavesTheProcess.__name__ not in failure
        seconds = ended.user + ended.system - started.user - started.system
        runs[item.nodeid] = Run(failure, stayed, seconds, {})
    if files:
        _note_lines(recorder, runs)
    result.write_bytes(pickle.dumps(runs))
    return 0


def _note_lines(recorder: coverage.Coverage, runs: dict[str, Run]) -> None:
    recorder.stop()
    measured = recorder.get_data()
    for file in measured.measured_files():
        for line, tests in measured.contexts_by_lineno(file).items():
            for test in filter(None, tests):
                runs[test].lines.setdefault(file, set()).add(line)
