from pathlib import Path

import pytest

from sessions_guide.errors import GuideError, LessonError
from sessions_guide.run import run_program

PROGRAM = '''\
"""Says what it can."""

# --8<-- [start:needs]
from sessions_sandbox.errors import NotAtThisIssuer

def rows() -> int:
    raise NotAtThisIssuer.needs("rows")

print("one")
print("two", rows())
number = 2
# --8<-- [end:needs]

# --8<-- [start:also_needs]
print("three")
print(number)
# --8<-- [end:also_needs]

# --8<-- [start:needs_nothing]
print("four", __name__)
# --8<-- [end:needs_nothing]
'''


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "program.py"
    path.write_text(PROGRAM, encoding="utf-8")
    return path


def change(program: Path, old: str, new: str) -> None:
    program.write_text(PROGRAM.replace(old, new), encoding="utf-8")


def test_what_can_run_runs_and_the_rest_is_left_out(
    program: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_program(program) == ["needs", "also_needs"]
    shown = capsys.readouterr()
    assert shown.out == "one\nthree\nfour __main__\n"
    assert shown.err.splitlines() == [
        f"{program}:10: section needs is left out from here on: "
        "this needs rows: unset SESSIONS_ISSUER, and it runs in the sandbox",
        f"{program}:16: section also_needs is left out from here on: this needs what needs would have made",
    ]


def test_where_nothing_is_missing_everything_runs(program: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(program, 'raise NotAtThisIssuer.needs("rows")', "return 2")
    assert run_program(program) == []
    assert capsys.readouterr().out == "one\ntwo 2\nthree\n2\nfour __main__\n"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('NotAtThisIssuer.needs("rows")', "KeyError(7)", r"line 10, in <module>[\s\S]*KeyError: 7"),
        ('NotAtThisIssuer.needs("rows")', "SystemExit(3)", "SystemExit: 3"),
        ('print("one")', "print(one)", "NameError: name 'one' is not defined"),
    ],
)
def test_another_failure_ends_the_program(program: Path, old: str, new: str, message: str) -> None:
    change(program, old, new)
    with pytest.raises(GuideError, match=message) as raised:
        run_program(program)
    assert "sessions_guide/run.py" not in str(raised.value)


def test_a_program_is_stopped_by_ctrl_c(program: Path) -> None:
    change(program, 'NotAtThisIssuer.needs("rows")', "KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        run_program(program)


def test_a_program_must_be_one(program: Path) -> None:
    change(program, '"""Says what it can."""', "")
    with pytest.raises(LessonError, match="the program has no docstring"):
        run_program(program)
