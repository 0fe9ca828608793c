"""Which tests to run against a mutant, and in which order: soon comes one that tells it, if there is one."""

import inspect
import re
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from pathlib import Path

import pytest

from tests.mutation.mutants import Mutant
from tests.mutation.recording import Run

WORD = re.compile(r"[a-z0-9]{2,}")


class Choice:
    """Learns as it goes: what told one mutant of a function may well tell the next.

    `keeping`: the files with functions that keep their results, whose lines run in the first test that needs
    them only.
    """

    def __init__(
        self,
        root: Path,
        items: Sequence[pytest.Item],
        runs: Mapping[str, Run],
        keeping: Container[str],
    ) -> None:
        self._root = root
        self._keeping = keeping
        self._items = items
        self._runs = runs
        self._words = [_words(f"{item.nodeid} {_source(item)}") for item in items]
        self._common = Counter(word for words in self._words for word in words)
        self._effort = [sum(map(len, runs[item.nodeid].lines.values())) for item in items]
        self._told: Counter[tuple[str, str, int]] = Counter()

    def tests_of(self, mutant: Mutant) -> list[int]:
        """The places in `items` of the tests that run the mutant's lines.

        First those that told most mutants of the same function, then those that have rare words in common
        with the mutant, then those that run least.
        """
        file = str(self._root / mutant.file)
        about = _words(f"{mutant.file} {mutant.function} {mutant.before} {mutant.text}")

        def worth(place: int) -> tuple[float, float, int]:
            shared = sum(1 / self._common[word] for word in about & self._words[place])
            return -self._told[mutant.file, mutant.function, place], -shared, self._effort[place]

        runs = (self._runs[item.nodeid].lines.get(file, set()) for item in self._items)
        places = [
            place
            for place, lines in enumerate(runs)
            if not mutant.lines or mutant.lines & lines or (lines and file in self._keeping)
        ]
        return sorted(places, key=worth)

    def learn(self, mutant: Mutant, place: int) -> None:
        """That a test told a mutant."""
        self._told[mutant.file, mutant.function, place] += 1


def _words(text: str) -> set[str]:
    return set(WORD.findall(text.lower()))


def _source(item: pytest.Item) -> str:
    return inspect.getsource(item.function) if isinstance(item, pytest.Function) else ""
