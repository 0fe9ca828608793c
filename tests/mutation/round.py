"""A round of trials: each mutant in a fork of its own, with the tests that are to tell it."""

import mmap
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.mutation.forks import FAILED, KILLED, PROCESSES, SURVIVED, Seal, end_after, failure_of, fork
from tests.mutation.loaded import CannotApply, Functions
from tests.mutation.mutants import Mutant
from tests.mutation.recording import Run

LEAST_SECONDS, TIMES_AS_LONG = 2.0, 10
"""CPU time after which a test has failed: at least so much, and so many times what it takes otherwise."""
LONGEST_WAIT = 60.0
"""Seconds after which a test has failed that waits for something that never comes."""


@dataclass
class Round:
    """Tests, and how they run without a mutant. `told`: mutants with the test that told each.

    `impossible`: those that cannot be made of what is loaded.
    """

    root: Path
    items: Sequence[pytest.Item]
    runs: Mapping[str, Run]
    functions: Functions
    told: list[tuple[Mutant, pytest.Item]] = field(default_factory=list)
    impossible: list[Mutant] = field(default_factory=list)

    def try_all(
        self,
        mutants: Sequence[Mutant],
        tests_of: Callable[[Mutant], Iterable[int]],
        learn: Callable[[Mutant, int], object] = lambda mutant, place: None,
    ) -> None:
        """`tests_of`: the places in `items` of a mutant's tests. `learn` hears which test told a mutant."""
        self._running = mmap.mmap(-1, 4 * len(mutants) or 4)
        forks: dict[int, int] = {}
        for number, mutant in enumerate(mutants):
            if len(forks) == PROCESSES:
                self._await_one(forks, mutants, learn)
            tests = tests_of(mutant)
            forks[fork(lambda: self._try(number, mutant, tests))] = number  # noqa: B023
        while forks:
            self._await_one(forks, mutants, learn)

    def _await_one(
        self, forks: dict[int, int], mutants: Sequence[Mutant], learn: Callable[[Mutant, int], object]
    ) -> None:
        process, status = os.wait()
        number = forks.pop(process)
        mutant, result = mutants[number], os.waitstatus_to_exitcode(status)
        place = int.from_bytes(self._running[4 * number : 4 * number + 4]) - 1
        if result == FAILED:
            self.impossible.append(mutant)
        elif result != SURVIVED:
            self.told.append((mutant, self.items[place]))
            learn(mutant, place)

    def _try(self, number: int, mutant: Mutant, tests: Iterable[int]) -> int:
        """In a fork: run the tests against the mutant until one of them fails. Notes which one runs."""
        Seal()
        cannot_import = False
        try:
            self.functions.apply(mutant, self.root / mutant.file)
        except CannotApply:
            raise
        except Exception:
            cannot_import = True
        for place in tests:
            item = self.items[place]
            self._running[4 * number : 4 * number + 4] = (place + 1).to_bytes(4)
            end_after(max(LEAST_SECONDS, TIMES_AS_LONG * self.runs[item.nodeid].cpu_seconds), LONGEST_WAIT)
            if cannot_import or failure_of(item, None):
                return KILLED
        return SURVIVED
