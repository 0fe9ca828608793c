"""What is decided by hand, each with its reason: what is left out, and which mutants cannot be told."""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from tests.mutation.mutants import Key, Mutant


@dataclass(frozen=True)
class Lists:
    """`modules` and `tests` that take no part: patterns of paths, and node ids. `accepted`: keys of mutants
    that no test can tell. Each with its reason."""

    modules: dict[str, str]
    tests: dict[str, str]
    accepted: dict[Key, str]

    def modules_below(self, source: Path, patterns: Sequence[str] = ()) -> list[str]:
        """The modules that take part, as paths below `source`; with patterns, those that match one."""
        files = sorted(path.relative_to(source).as_posix() for path in source.rglob("*.py"))
        return [
            file
            for file in files
            if not any(fnmatch(file, left_out) for left_out in self.modules)
            and (not patterns or any(fnmatch(file, f"*{pattern}*") for pattern in patterns))
        ]

    def stale(self, source: Path, files: Sequence[str], mutants: Iterable[Mutant]) -> list[str]:
        """What the lists name that does not exist, or no longer."""
        paths = [path.relative_to(source).as_posix() for path in source.rglob("*.py")]
        made = {mutant.key for mutant in mutants}
        gone = [pattern for pattern in self.modules if not any(fnmatch(path, pattern) for path in paths)]
        unknown = [
            key
            for key in self.accepted
            if key not in made and (key[0] in files or key[0] not in paths)
        ]
        return [f"No module is called {pattern}" for pattern in gone] + [
            f"There is no such mutant any more: {' | '.join(map(str, key))}" for key in unknown
        ]


def read_lists(path: Path) -> Lists:
    """The lists of a TOML file. Raises `ValueError` when an entry has no reason, or stands there twice."""
    text = tomllib.loads(path.read_text("utf-8"))
    accepted: dict[Key, str] = {}
    for entry in text.get("accepted", []):
        key = _key(entry)
        if key in accepted:
            raise ValueError(f"{path.name} has this twice: {key}")
        accepted[key] = entry["reason"]
    lists = Lists(text.get("modules", {}), text.get("tests", {}), accepted)
    for name, reason in [*lists.modules.items(), *lists.tests.items(), *lists.accepted.items()]:
        if not reason.strip():
            raise ValueError(f"{path.name} gives no reason for {name}")
    return lists


def _key(entry: dict[str, Any]) -> Key:
    return entry["file"], entry["function"], entry["before"], entry["after"], entry.get("number", 1)
