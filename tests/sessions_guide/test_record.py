import os
import re
from pathlib import Path

import pytest

from sessions_guide.errors import GuideError, LessonError
from sessions_guide.record import record
from tests.sessions_guide.counting import CountingSandbox


def text_of(*sections: str) -> str:
    marked = (
        f"# --8<-- [start:s{n}]\n{body.strip()}\n# --8<-- [end:s{n}]\n" for n, body in enumerate(sections)
    )
    return '"""A program."""\n' + "".join(marked)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "program.py"


def recorded(path: Path, sandbox: CountingSandbox, *sections: str) -> str:
    """What these sections are once their output is recorded, which a second look must confirm."""
    path.write_text(text_of(*sections), encoding="utf-8")
    record(path, sandbox)
    assert record(path, sandbox, check=True) == ""
    return path.read_text(encoding="utf-8")


def refused(path: Path, sandbox: CountingSandbox, *sections: str) -> str:
    """Why these sections cannot be recorded. The file must stay as it was."""
    text = text_of(*sections)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LessonError) as raised:
        record(path, sandbox)
    assert path.read_text(encoding="utf-8") == text
    return str(raised.value).removeprefix(str(path))


@pytest.mark.parametrize(
    ("body", "printed"),
    [
        ("print(1)", "print(1)\n#> 1"),
        ("print(1)\n#> 2\n#> 3", "print(1)\n#> 1"),
        ("x = 1\n#> 2", "x = 1"),
        ("print(\n    1,\n    2,\n)", "print(\n    1,\n    2,\n)\n#> 1 2"),
        (
            "for n in range(3):\n    print(n)",
            "for n in range(3):\n    print(n)\n    #> 0\n    #> 1\n    #> 2",
        ),
        ("for n in range(2): print(n)", "for n in range(2): print(n)\n#> 0\n#> 1"),
        ("print('a\\n\\n b')", "print('a\\n\\n b')\n#> a\n#>\n#>  b"),
        ("print()", "print()\n#>"),
        ("print('ünï ✓')", "print('ünï ✓')\n#> ünï ✓"),
        ("print('a\\tb')", "print('a\\tb')\n#> a\tb"),
        ("print(1); print(2)", "print(1); print(2)\n#> 1\n#> 2"),
        ("print(1, end='')\nprint(2)", "print(1, end='')\nprint(2)\n#> 12"),
        ("import sys\nsys.stdout.write('a\\nb\\n')", "import sys\nsys.stdout.write('a\\nb\\n')\n#> a\n#> b"),
        ("import json, pprint\npprint.pprint([1])", "import json, pprint\npprint.pprint([1])\n#> [1]"),
        (
            "def show():\n    print(1)\nshow()\nshow()",
            "def show():\n    print(1)\n    #> 1\n    #> 1\nshow()\nshow()",
        ),
        (
            "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    print(error)\nelse:\n    pass",
            "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    print(error)\n    #> division by zero\n"
            "else:\n    pass",
        ),
        ("@print\ndef f(): pass", re.compile(r"@print\ndef f\(\): pass\n#> <function f at 0x\w+>")),
        ("x = [print(n) for n in 'ab']", "x = [print(n) for n in 'ab']\n#> a\n#> b"),
        ("class A:\n    print(__name__)", "class A:\n    print(__name__)\n    #> __main__"),
    ],
)
def test_output_is_written_beneath_what_printed(
    path: Path, sandbox: CountingSandbox, body: str, printed: str | re.Pattern[str]
) -> None:
    path.write_text(text_of(body), encoding="utf-8")
    record(path, sandbox)
    after = path.read_text(encoding="utf-8")
    if isinstance(printed, str):
        assert after == text_of(printed)
        assert record(path, sandbox, check=True) == ""
    else:
        assert printed.search(after)


def test_a_block_that_prints_at_its_end(path: Path, sandbox: CountingSandbox) -> None:
    body = "from contextlib import closing\nclass A:\n    close = print\nwith closing(A()):\n    print('in')"
    assert recorded(path, sandbox, body) == text_of(body + "\n    #> in\n#>")


def test_a_thread_prints_where_its_function_stands(path: Path, sandbox: CountingSandbox) -> None:
    work, rest = "def work():\n    print(1)\n", "thread = Thread(target=work)\nthread.start()\nthread.join()"
    body = f"from threading import Thread\n{work}"
    assert recorded(path, sandbox, body + rest) == text_of(f"{body}    #> 1\n{rest}")


def test_a_function_called_in_a_later_section_prints_there(path: Path, sandbox: CountingSandbox) -> None:
    definition = "def show(x):\n    print(x)"
    first, second = recorded(path, sandbox, f"{definition}\nshow(1)", "show(2)\nprint(3)").split(
        "# --8<-- [end:s0]"
    )
    assert "print(x)\n    #> 1\nshow(1)" in first
    assert "show(2)\n#> 2\nprint(3)\n#> 3" in second


def test_it_returns_the_change(path: Path, sandbox: CountingSandbox) -> None:
    path.write_text(text_of("print(1)\n#> 2"), encoding="utf-8")
    change = record(path, sandbox).splitlines()
    assert change[:2] == [f"--- {path}", f"+++ {path} as it prints"]
    assert [line for line in change[2:] if line[0] in "+-"] == ["-#> 2", "+#> 1"]
    assert record(path, sandbox) == ""
    assert sandbox.resets == 2


def test_check_writes_nothing(path: Path, sandbox: CountingSandbox) -> None:
    text = text_of("print(1)\n#> 2")
    path.write_text(text, encoding="utf-8")
    assert "+#> 1" in record(path, sandbox, check=True)
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        (
            ["for n in 'ab':\n    print(n)\n    print(n)"],
            ":4: this prints after line 5 has printed, so the `#>` lines",
        ),
        (["def f(): print(1)\nprint(2)\nf()"], ":3: this prints after line 4 has printed"),
        (
            ["print(1, end='')"],
            ":3: section `s0` ends in an unfinished line: '1'; end the line within the section",
        ),
        (["x = 1\nprint(1, end='')", "print(2)"], ":4: section `s0` ends in an unfinished line: '1'"),
        (
            ["try:\n    print(1, end='')\nexcept Exception: pass", "print(2)"],
            ":4: section `s0` ends in an unfin",
        ),
        (
            ["print('a\\rb')"],
            ":3: this prints a character that no `#>` line can hold: 'a\\rb'; print its repr()",
        ),
        (["print('\\ud800')"], ":3: this prints a character that no `#>` line can hold: '\\ud800'"),
        (["print('\\u2028')"], ":3: this prints a character that no `#>` line can hold: '\\u2028'"),
        (
            ["import sys\nprint(1, file=sys.stderr)"],
            ":1: the program writes to stderr: 1; print to stdout only",
        ),
        (
            ["print('a ')"],
            ":3: this prints a line that ends in a blank, which editors take away: 'a '; print it",
        ),
        (['print(1); x = """\n"""'], ":4: a `#>` line stands inside a statement"),
        (["for n in range(58):\n    print(n)"], ":61: the program has 63 lines; keep it to 60"),
        (["print('x')\nprint(\n#> 1\n)"], ":5: a `#>` line stands inside a statement"),
    ],
)
def test_what_cannot_be_recorded_is_refused(
    path: Path, sandbox: CountingSandbox, sections: list[str], message: str
) -> None:
    assert refused(path, sandbox, *sections).startswith(message)


def test_output_from_outside_the_program_is_refused(path: Path, sandbox: CountingSandbox) -> None:
    body = "import threading\nt = threading.Thread(target=print, args=(1,))\nt.start()\nt.join()"
    assert ":1: something other than the program's own sections prints: '1'" in refused(path, sandbox, body)


@pytest.mark.parametrize(
    ("statement", "line", "last"),
    [
        ("import json\njson.loads('{')", 5, "json.decoder.JSONDecodeError"),
        ("raise SystemExit(3)", 4, "SystemExit: 3"),
    ],
)
def test_a_program_that_fails_stays_as_it_was(
    path: Path, sandbox: CountingSandbox, statement: str, line: int, last: str
) -> None:
    text = text_of(f"print(1)\n{statement}")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(GuideError) as raised:
        record(path, sandbox)
    lines = str(raised.value).splitlines()
    assert lines[0] == f"{path} fails, so its `#>` lines stay as they are:"
    assert [shown for shown in lines if shown.startswith("  File")] == [
        f'  File "{path}", line {line}, in <module>'
    ]
    assert lines[-1].startswith(last)
    assert path.read_text(encoding="utf-8") == text


def test_ctrl_c_is_not_held_up(path: Path, sandbox: CountingSandbox) -> None:
    path.write_text(text_of("raise KeyboardInterrupt"), encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        record(path, sandbox)


def test_the_file_is_replaced_whole_and_keeps_its_mode(
    path: Path, sandbox: CountingSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = text_of("print(1)")
    path.write_text(text, encoding="utf-8")
    path.chmod(0o640)

    def broken(*paths: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", broken)
        with pytest.raises(OSError, match="no space left"):
            record(path, sandbox)
    assert path.read_text(encoding="utf-8") == text
    assert os.listdir(path.parent) == [path.name]
    assert record(path, sandbox) != ""
    assert path.stat().st_mode & 0o777 == 0o640
    assert os.listdir(path.parent) == [path.name]
