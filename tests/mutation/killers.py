"""Which test told which mutant the last time: a hint, so that a run tries that test first.

It is not trusted: where the test does not tell the mutant any more, the others are tried as without a hint.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from tests.mutation.mutants import Key


def digest(key: Key) -> str:
    """Ten characters that stand for a mutant."""
    return sha256("\0".join(map(str, key)).encode()).hexdigest()[:10]


def read_killers(path: Path) -> dict[str, str]:
    """The node id of the test that told a mutant, by the digest of its key; empty without the file."""
    files = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return {one: test for tests in files.values() for test, told in tests.items() for one in told.split()}


def write_killers(path: Path, tried: list[str], killers: Mapping[Key, str]) -> None:
    """Replace what the file says of the modules that were `tried`, by what told their mutants this time."""
    files = json.loads(path.read_text("utf-8")) if path.exists() else {}
    for file in tried:
        files.pop(file, None)
    told: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for key, test in killers.items():
        told[key[0]][test].append(digest(key))
    for file, tests in told.items():
        files[file] = {test: " ".join(sorted(of_test)) for test, of_test in tests.items()}
    path.write_text(json.dumps(files, indent=0, sort_keys=True) + "\n", "utf-8")
