"""Whether a test fails when a check is gone: a plugin for pytest, which takes over after collection."""

import gc
import mmap
import os
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import pytest

from tests.mutation.choice import Choice
from tests.mutation.forks import FAILED, KILLED, PROCESSES, SURVIVED, Seal, end_after, failure_of, fork
from tests.mutation.loaded import CannotApply, Functions
from tests.mutation.mutants import Key, Mutant
from tests.mutation.recording import Run, record

LEAST_SECONDS, TIMES_AS_LONG = 2.0, 10
"""CPU time after which a test has failed: at least so much, and so many times what it takes otherwise."""
LONGEST_WAIT = 60.0
"""Seconds after which a test has failed that waits for something that never comes."""
TESTS_OF_ACCEPTED = 8
"""How many tests are run against a mutant of which it is decided that no test can tell it, or not yet."""


@dataclass
class Trials:
    """Tries mutants of modules below `root`. Then `survivors` holds those that no test told, in their order.

    `accepted`: the keys of those that no test can tell. `warm_up`: does beforehand what else each test would
    have to do anew. `known`: tests by the digest of the mutant that they told the last time; `killers`: by
    the key of what they told now. `faults`: why the trials mean nothing. `are_done`: all were tried.
    """

    root: Path
    mutants: Sequence[Mutant]
    accepted: Set[Key] = frozenset()
    warm_up: Callable[[], object] = bool
    known: Mapping[str, str] = field(default_factory=dict)
    killers: dict[Key, str] = field(default_factory=dict)
    survivors: list[Mutant] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    are_done: bool = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Record, then try. A test takes part that passes in a process that stays alone, and leaves no choice
        to hypothesis: it gives the same result every time."""
        self.warm_up()
        items = [item for item in session.items if not _is_random(item)]
        runs = record(items, {self.root / mutant.file for mutant in self.mutants})
        for name, run in runs.items():
            if run.failure and run.stayed:
                self.faults.append(f"{name} fails without any mutant:\n{run.failure}")
        if not self.faults:
            self._try_all([item for item in items if runs[item.nodeid].stayed], runs)
        return True

    def _try_all(self, items: list[pytest.Item], runs: dict[str, Run]) -> None:
        told = mmap.mmap(-1, 4 * len(self.mutants) or 4)
        gc.collect()
        functions = Functions()
        choice = Choice(self.root, items, runs, self.known, functions.files_that_keep_results)
        gc.freeze()
        running: dict[int, int] = {}
        results: dict[int, int] = {}
        for number, mutant in enumerate(self.mutants):
            if len(running) == PROCESSES:
                self._await_one(running, results, told, choice)
            most = TESTS_OF_ACCEPTED if mutant.key in self.accepted else None
            tests = islice(choice.tests_of(mutant), most)
            running[fork(lambda: self._try(number, functions, tests, items, runs, told))] = number  # noqa: B023
        while running:
            self._await_one(running, results, told, choice)
        for number, mutant in enumerate(self.mutants):
            place = _place(told, number)
            if results[number] == SURVIVED:
                self.survivors.append(mutant)
            elif results[number] != FAILED and place is not None:
                self.killers[mutant.key] = items[place].nodeid
            elif results[number] == FAILED:
                self.faults.append(f"This mutant cannot be made: {mutant}")
        self.are_done = True

    def _await_one(
        self, running: dict[int, int], results: dict[int, int], told: mmap.mmap, choice: Choice
    ) -> None:
        process, status = os.wait()
        number = running.pop(process)
        result = results[number] = os.waitstatus_to_exitcode(status)
        place = _place(told, number)
        if result not in (SURVIVED, FAILED) and place is not None:
            choice.learn(self.mutants[number], place)

    def _try(
        self,
        number: int,
        functions: Functions,
        tests: Iterable[int],
        items: list[pytest.Item],
        runs: dict[str, Run],
        told: mmap.mmap,
    ) -> int:
        """In a fork: run the tests against the mutant until one of them fails. Notes which one runs."""
        Seal()
        mutant = self.mutants[number]
        try:
            functions.apply(mutant, self.root / mutant.file)
        except CannotApply:
            raise
        except Exception:
            return KILLED  # the module cannot be imported any more
        for place in tests:
            item = items[place]
            told[4 * number : 4 * number + 4] = (place + 1).to_bytes(4)
            end_after(max(LEAST_SECONDS, TIMES_AS_LONG * runs[item.nodeid].cpu_seconds), LONGEST_WAIT)
            if failure_of(item, None):
                return KILLED
        return SURVIVED


def _place(told: mmap.mmap, number: int) -> int | None:
    """That of the test which ran last on a mutant."""
    noted = int.from_bytes(told[4 * number : 4 * number + 4])
    return noted - 1 if noted else None


def _is_random(item: pytest.Item) -> bool:
    """Whether hypothesis chooses what the test tries."""
    return bool(getattr(getattr(item, "function", None), "is_hypothesis_test", False))
