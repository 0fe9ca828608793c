"""Whether a test fails when a check is gone: a plugin for pytest, which takes over after collection."""

import gc
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import pytest

from tests.mutation.choice import Choice
from tests.mutation.killers import digest
from tests.mutation.loaded import Functions
from tests.mutation.mutants import Key, Mutant
from tests.mutation.recording import Run, record
from tests.mutation.round import Round

TESTS_OF_ACCEPTED = 8
"""How many tests are run against a mutant of which it is decided that no test can tell it."""


@dataclass
class Trials:
    """Tries mutants of modules below `root`.

    `known`: tests by the digest of the mutant that they told the last time. `accepted`: the keys of those
    that no test can tell; they are tried only where `tries_accepted`. `warm_up`: does beforehand what else
    each test would have to do anew. `killers`: by the key of what they told now. `faults`: why the trials
    mean nothing.
    """

    root: Path
    mutants: Sequence[Mutant]
    accepted: Set[Key] = frozenset()
    tries_accepted: bool = False
    warm_up: Callable[[], object] = bool
    known: Mapping[str, str] = field(default_factory=dict)
    killers: dict[Key, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try what told each mutant the last time; for the others, look for a test that runs their lines.

        A test takes part that passes in a process that stays alone, and leaves no choice to hypothesis: it
        gives the same result every time.
        """
        self.warm_up()
        gc.collect()
        functions = Functions()
        gc.freeze()
        items = [item for item in session.items if not _is_random(item)]
        self._try_what_is_known(items, functions)
        spared = self.killers.keys() if self.tries_accepted else self.killers.keys() | self.accepted
        others = [mutant for mutant in self.mutants if mutant.key not in spared]
        if others and not self.faults:
            self._search(others, items, functions)
        return True

    def _try_what_is_known(self, items: list[pytest.Item], functions: Functions) -> None:
        hints = {mutant.key: self.known.get(digest(mutant.key), "") for mutant in self.mutants}
        named = set(hints.values())
        items = [item for item in items if item.nodeid in named]
        runs = self._record(items)
        places = {item.nodeid: place for place, item in enumerate(items) if runs[item.nodeid].stayed}
        mutants = [mutant for mutant in self.mutants if hints[mutant.key] in places]
        trial = Round(self.root, items, runs, functions)
        trial.try_all(mutants, lambda mutant: [places[hints[mutant.key]]])
        self._note(trial)

    def _search(self, mutants: list[Mutant], items: list[pytest.Item], functions: Functions) -> None:
        runs = self._record(items, {self.root / mutant.file for mutant in mutants})
        items = [item for item in items if runs[item.nodeid].stayed]
        choice = Choice(self.root, items, runs, functions.files_that_keep_results)

        def tests_of(mutant: Mutant) -> Iterable[int]:
            return islice(choice.tests_of(mutant), TESTS_OF_ACCEPTED if mutant.key in self.accepted else None)

        trial = Round(self.root, items, runs, functions)
        trial.try_all(mutants, tests_of, choice.learn)
        self._note(trial)

    def _record(self, items: list[pytest.Item], files: Set[Path] = frozenset()) -> dict[str, Run]:
        runs = record(items, files)
        for name, run in runs.items():
            if run.failure and run.stayed:
                self.faults.append(f"{name} fails without any mutant:\n{run.failure}")
        return runs

    def _note(self, trial: Round) -> None:
        self.killers |= {mutant.key: item.nodeid for mutant, item in trial.told}
        self.faults += [f"This mutant cannot be made: {mutant}" for mutant in trial.impossible]


def _is_random(item: pytest.Item) -> bool:
    """Whether hypothesis chooses what the test tries."""
    return bool(getattr(getattr(item, "function", None), "is_hypothesis_test", False))
