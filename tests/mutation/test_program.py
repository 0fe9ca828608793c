"""T-MUT: a check that is not tested is found, in a small project of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
DOOR = '''
"""A door."""

SHUT_FOR = ["mallory"]


def admits(name: str, age: int) -> bool:
    if name in SHUT_FOR:
        return False
    if age < 18:
        raise ValueError("too young")
    if age > 200:
        age = 200
    return True
'''
TESTS = """
import pytest
from door import admits

def test_the_door():
    assert admits("alice", 18)
    assert admits("alice", 202)
    assert not admits("mallory", 18)
    with pytest.raises(ValueError):
        admits("alice", 17)
"""
ACCEPTED = """
[[accepted]]
file = "door.py"
function = "admits"
before = "{before}"
after = "{after}"
reason = "{reason}"
"""
SURVIVORS = [("age > 200", "True"), ("age > 200", "False"), ("age > 200", "age >= 200")]


def survivors_accepted(*others: tuple[str, str]) -> str:
    return "".join(
        ACCEPTED.format(before=before, after=after, reason="any age above 18 will do")
        for before, after in [*SURVIVORS, *others]
    )


def run(folder: Path, *, tests: str = TESTS, lists: str = "", door: str = DOOR) -> tuple[int, str]:
    """The exit status of a run over the project, and what it prints."""
    for name, text in (("src/door.py", door), ("tests/test_door.py", tests), ("lists.toml", lists)):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    program = (
        "import sys; from pathlib import Path; from tests.mutation.program import run;"
        f"folder = Path({str(folder)!r});"
        "hints = dict(killers_file=folder / 'killers.json', writes_killers=True);"
        "sys.exit(run(folder, folder / 'lists.toml', 'tests', **hints))"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", program],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


def told_not(output: str) -> list[str]:
    """The mutants that no test tells, as they are printed."""
    return [line for line in output.splitlines() if line.startswith("No test tells: ")]


def test_each_check_that_is_not_tested_is_named_with_its_line(tmp_path: Path) -> None:
    status, output = run(tmp_path, tests=TESTS.replace('"alice", 17', '"alice", 10'))
    assert status == 1
    assert told_not(output) == [
        "No test tells: door.py:12 in admits: age > 200  →  False",
        "No test tells: door.py:12 in admits: age > 200  →  True",
        "No test tells: door.py:12 in admits: age > 200  →  age >= 200",
    ]


@pytest.mark.parametrize(
    ("gone", "found"),
    [
        ('    assert not admits("mallory", 18)\n', "name in SHUT_FOR  →  False"),
        ('    assert not admits("mallory", 18)\n', 'door.py:4 in no function: "mallory"  →  (nothing)'),
        ('    assert admits("alice", 18)\n', "age < 18  →  age <= 18"),
        ('    with pytest.raises(ValueError):\n        admits("alice", 17)\n', "age < 18  →  False"),
    ],
)
def test_without_its_test_a_check_is_found(tmp_path: Path, gone: str, found: str) -> None:
    assert gone in TESTS
    status, output = run(tmp_path, tests=TESTS.replace(gone, ""), lists=survivors_accepted())
    assert status == 1
    assert any(line.endswith(found) for line in told_not(output)), output


def test_a_run_passes_when_every_survivor_is_accepted_with_a_reason(tmp_path: Path) -> None:
    status, output = run(tmp_path, lists=survivors_accepted())
    assert (status, told_not(output)) == (0, []), output
    assert "9 mutants of 1 modules; tests tell 6; of 3 it is accepted that none does" in output
    assert not list(tmp_path.rglob("*.pyc"))


def test_an_accepted_mutant_that_a_test_tells_fails_the_run(tmp_path: Path) -> None:
    status, output = run(tmp_path, lists=survivors_accepted(("age < 18", "False")))
    assert status == 1
    assert "This is accepted, but a test tells: door.py:10 in admits: age < 18  →  False" in output


def test_an_accepted_mutant_that_does_not_exist_fails_the_run(tmp_path: Path) -> None:
    status, output = run(tmp_path, lists=survivors_accepted(("age < 21", "False")))
    assert status == 1
    assert "There is no such mutant any more: door.py | admits | age < 21 | False | 1" in output


def test_a_module_that_is_left_out_must_exist(tmp_path: Path) -> None:
    status, output = run(tmp_path, lists='[modules]\n"door.py" = "data"\n"gate.py" = "data"\n')
    assert status == 1
    assert "No module is called gate.py" in output
    assert "0 mutants of 0 modules" in output


def test_a_test_that_fails_without_any_mutant_ends_the_run(tmp_path: Path) -> None:
    status, output = run(tmp_path, tests=TESTS + "\ndef test_no():\n    assert admits('mallory', 18)\n")
    assert status == 1
    assert "tests/test_door.py::test_no fails without any mutant" in output
    assert not told_not(output)


def test_tests_that_start_a_process_or_are_random_take_no_part(tmp_path: Path) -> None:
    others = """
import subprocess, sys
from hypothesis import given, strategies

@given(strategies.just("mallory"))
def test_random(name):
    assert not admits(name, 18)

def test_elsewhere():
    assert subprocess.run([sys.executable, "-c", ""]).returncode == 0
    assert not admits("mallory", 18)
"""
    gone = TESTS.replace('    assert not admits("mallory", 18)\n', "")
    status, output = run(tmp_path, tests=gone + others, lists=survivors_accepted())
    assert status == 1
    assert any("name in SHUT_FOR  →  False" in line for line in told_not(output)), output


def test_a_mutant_that_never_ends_is_told(tmp_path: Path) -> None:
    ends = "    while True:\n        age -= 1\n        if age < 200:\n            break\n"
    endless = DOOR.replace("    if age > 200:\n        age = 200\n", ends)
    status, output = run(tmp_path, door=endless, tests=TESTS.replace("202", "201"))
    assert status == 1
    assert "age < 200  →  True" in output
    assert "age < 200  →  False" not in output


def test_a_hint_that_is_wrong_is_only_a_hint(tmp_path: Path) -> None:
    first = run(tmp_path, lists=survivors_accepted())
    hints = tmp_path / "killers.json"
    told = hints.read_text("utf-8")
    assert told.count("tests/test_door.py::test_the_door") == 1
    hints.write_text(told.replace("test_the_door", "test_gone"), "utf-8")
    assert run(tmp_path, lists=survivors_accepted())[0] == first[0] == 0
    assert hints.read_text("utf-8") == told
    weaker = TESTS.replace('    assert not admits("mallory", 18)\n', "")
    assert run(tmp_path, tests=weaker, lists=survivors_accepted())[0] == 1
