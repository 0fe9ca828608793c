import re
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from sessions_guide.errors import GuideError
from sessions_guide.lesson import Program, parse_program
from sessions_guide.runner import LONG_LINE, Output, Runner
from tests.sessions_guide.counting import PROGRAM, CountingSandbox

Run = Callable[..., Any]


def program(**sections: str) -> Program:
    """A program `parts/some.py` with these sections, the first of which begins in line 3."""
    text = '"""A program."""\n'
    for name, source in sections.items():
        text += f"# --8<-- [start:{name}]\n{source.strip()}\n# --8<-- [end:{name}]\n"
    return parse_program("parts/some.py", text)


@pytest.fixture
def counting(sandbox: CountingSandbox) -> Runner:
    return Runner(parse_program("numbers/counting.py", PROGRAM), sandbox)


def failure(sandbox: CountingSandbox, source: str, **more: str) -> tuple[str, int | None]:
    """The error, and its line, of a program's last section."""
    sections = {"first": source, **more}
    result = Runner(program(**sections), sandbox).run(list(sections)[-1])
    assert result.error is not None
    return result.error, result.error_line


def test_a_section_runs_in_the_namespace_of_those_above(counting: Runner, sandbox: CountingSandbox) -> None:
    assert [counting.run(name).output for name in ("count", "skip", "go_on")] == ["1\n", "", "3\n"]
    assert sandbox.resets == 1


def test_the_sections_above_run_first_and_in_silence(counting: Runner, sandbox: CountingSandbox) -> None:
    heard: list[str] = []
    result = counting.run("go_on", on_output=heard.append)
    assert (result.section, result.output, result.error) == ("go_on", "3\n", None)
    assert (heard, sandbox.resets) == (["3\n"], 1)


def test_sections_that_lie_between_are_made_up_for(counting: Runner, sandbox: CountingSandbox) -> None:
    counting.run("count")
    assert counting.run("go_on").output == "3\n"
    assert sandbox.resets == 1


def test_a_section_run_again_begins_afresh(counting: Runner, sandbox: CountingSandbox) -> None:
    assert [counting.run(name).output for name in ("count", "count", "go_on", "count")] == [
        "1\n",
        "1\n",
        "3\n",
        "1\n",
    ]
    assert sandbox.resets == 3


def test_an_edit_runs_and_a_changed_one_above_begins_afresh(
    counting: Runner, sandbox: CountingSandbox
) -> None:
    counting.run("count")
    assert counting.run("go_on", {"skip": "for _ in range(5):\n    next(numbers)"}).output == "7\n"
    assert sandbox.resets == 1
    assert counting.run("go_on").output == "3\n"
    assert sandbox.resets == 2


def test_an_edit_that_changes_only_the_record_is_none(counting: Runner, sandbox: CountingSandbox) -> None:
    counting.run("count")
    unchanged = {"count": "import itertools\n\nnumbers = itertools.count(1)\nprint(next(numbers))"}
    assert counting.run("go_on", unchanged).output == "3\n"
    assert sandbox.resets == 1


def test_a_failed_section_leaves_nothing_to_go_on_from(sandbox: CountingSandbox) -> None:
    runner = Runner(program(a="numbers = []", b="numbers.append(1)\nprint(numbers)"), sandbox)
    assert runner.run("b", {"b": "numbers.append(1)\nnumbers.spoil()"}).error is not None
    assert runner.run("b").output == "[1]\n"
    assert sandbox.resets == 2


@pytest.mark.parametrize("request_of", [("gone", {}), ("count", {"gone": "x"})])
def test_an_unknown_section_is_refused(counting: Runner, request_of: tuple[str, dict[str, str]]) -> None:
    with pytest.raises(GuideError) as raised:
        counting.run(*request_of)
    assert str(raised.value) == "numbers/counting.py has no section `gone`; it has: count, skip, go_on"


def test_it_runs_as_main(sandbox: CountingSandbox) -> None:
    assert Runner(program(a="print(__name__, __doc__)"), sandbox).run("a").output == "__main__ A program.\n"


def test_output_comes_as_it_is_written_from_both_streams(sandbox: CountingSandbox) -> None:
    source = """
import sys
print("a", 1)
print("b", end="")
sys.stderr.write("c\\nd")
sys.stdout.flush()
print("e\\nf")
print("g", end="")
"""
    heard: list[str] = []
    result = Runner(program(a=source), sandbox).run("a", on_output=heard.append)
    assert heard == ["a 1\n", "bc\n", "d", "e\n", "f\n", "g"]
    assert result.output == "".join(heard)


def test_a_stream_kept_from_an_earlier_section_prints_in_the_later(sandbox: CountingSandbox) -> None:
    sections = {
        "a": "import logging, sys\nlog = logging.Logger('a')\n"
        "log.addHandler(logging.StreamHandler(sys.stdout))",
        "b": "log.warning('b')",
    }
    heard: list[str] = []
    result = Runner(program(**sections), sandbox).run("b", on_output=heard.append)
    assert (result.output, heard) == ("b\n", ["b\n"])


def test_a_line_without_end_is_heard_too() -> None:
    heard: list[str] = []
    output = Output()
    output.begin(heard.append)
    for _ in range(5 * LONG_LINE):
        output.write("x")
    assert len(heard) == 4
    assert output.text == "".join(heard)


def test_the_exchanges_are_those_of_the_section(
    sandbox: CountingSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = ModuleType("counting_sandbox")
    module.sandbox = sandbox  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "counting_sandbox", module)
    sections = {
        "a": "from counting_sandbox import sandbox\nsandbox.send('one')\nsandbox.send('two')",
        "b": "sandbox.send('three')",
        "c": "sandbox.reset()\nfor n in range(5):\n    sandbox.send(f'new {n}')",
    }
    runner = Runner(program(**sections), sandbox)
    first, second, third = (runner.run(name) for name in sections)
    assert (first.exchanges, first.now) == ([{"url": "one"}, {"url": "two"}], 1_002)
    assert (second.exchanges, second.now) == ([{"url": "three"}], 1_003)
    assert [one["url"] for one in third.exchanges] == [f"new {n}" for n in range(5)]


def test_an_error_shows_the_readers_own_lines(sandbox: CountingSandbox) -> None:
    error, line = failure(
        sandbox, "import json\ndef read(text):\n    return json.loads(text)", b="x = 1\nread('{')"
    )
    lines = error.splitlines()
    assert [part.strip() for part in lines if part.startswith("  File")] == [
        'File "parts/some.py", line 9, in <module>',
        'File "parts/some.py", line 5, in read',
    ]
    assert {"    read('{')", "    return json.loads(text)"} <= set(lines)
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[-1].startswith("json.decoder.JSONDecodeError: ")
    assert line == 3


def test_an_edited_section_has_lines_of_its_own(sandbox: CountingSandbox) -> None:
    runner = Runner(program(a="def f(): raise ValueError('f')", b="x = 1"), sandbox)
    result = runner.run("b", {"b": "\nf()"})
    assert result.error is not None
    assert 'File "parts/some.py (your b)", line 2, in <module>\n    f()\n' in result.error
    assert 'File "parts/some.py", line 3, in f\n' in result.error
    assert (result.error_section, result.error_line) == ("a", 1)


def test_a_syntax_error_shows_where(sandbox: CountingSandbox) -> None:
    result = Runner(program(a="x = 1", b="y = 2"), sandbox).run("b", {"b": "y = 2\nz = = 3\n"})
    assert result.error is not None
    assert result.error.startswith('  File "parts/some.py (your b)", line 2\n    z = = 3\n')
    assert result.error.endswith("SyntaxError: invalid syntax\n")
    assert (result.error_section, result.error_line) == ("b", 2)


def test_chained_errors_stay_where_the_reader_had_a_part(sandbox: CountingSandbox) -> None:
    source = """
import json
try:
    json.loads("{")
except ValueError as error:
    raise LookupError("no") from error
"""
    error, line = failure(sandbox, source)
    assert error.count('File "parts/some.py"') == 2
    assert "direct cause" in error
    assert error.index("JSONDecodeError") < error.index("LookupError")
    assert line == 5


def test_chained_errors_of_libraries_alone_go(sandbox: CountingSandbox) -> None:
    error, _ = failure(sandbox, "import http.client\nhttp.client.HTTPConnection('host:port')")
    assert error.splitlines()[-1] == "http.client.InvalidURL: nonnumeric port: 'port'"
    assert "ValueError" not in error
    assert error.count("Traceback") == 1


def test_an_error_beyond_a_librarys_own_stays(sandbox: CountingSandbox) -> None:
    source = """
import functools
class Odd:
    def __eq__(self, other): raise OSError("first")
class Library:
    text = "def call(odd):\\n try:\\n  odd == 1\\n except OSError:\\n  raise KeyError"
    exec(compile(text, "library.py", "exec"))
try:
    Library.call(Odd())
except KeyError:
    raise RuntimeError("last")
"""
    error, _ = failure(sandbox, source)
    assert re.findall(r"^[A-Z]\w+Error|During", error, re.MULTILINE) == [
        "OSError",
        "During",
        "KeyError",
        "During",
        "RuntimeError",
    ]
    assert "library.py" not in error


def test_a_group_of_errors_is_trimmed_too(sandbox: CountingSandbox) -> None:
    source = """
import json
try:
    json.loads("{")
except ValueError as error:
    raise ExceptionGroup("some", [error])
"""
    error, _ = failure(sandbox, source)
    assert "JSONDecodeError" in error
    assert "decoder.py" not in error


def test_an_exit_is_an_error(sandbox: CountingSandbox) -> None:
    error, line = failure(sandbox, "import sys\nsys.exit('enough')")
    assert error.endswith("SystemExit: enough\n")
    assert line == 2


def test_ctrl_c_ends_the_run_and_leaves_nothing_to_go_on_from(sandbox: CountingSandbox) -> None:
    runner = Runner(program(a="x = 1", b="y = 2"), sandbox)
    runner.run("a")
    with pytest.raises(KeyboardInterrupt):
        runner.run("b", {"b": "print('lost', end='')\nraise KeyboardInterrupt"})
    result = runner.run("b")
    assert (result.error, result.output) == (None, "")
    assert sandbox.resets == 2


def test_a_section_above_that_fails_is_named(sandbox: CountingSandbox) -> None:
    heard: list[str] = []
    result = Runner(program(a="print('a')\n1 / 0", b="print('b')"), sandbox).run("b", on_output=heard.append)
    assert result.error is not None
    assert result.error.startswith("Section `a` runs before this one, and failed:\nTraceback")
    assert "ZeroDivisionError" in result.error
    assert (result.section, result.output, result.exchanges, heard) == ("b", "", [], [])
    assert (result.error_section, result.error_line) == ("a", 2)


def test_the_line_of_an_error_is_counted_in_the_code_without_its_output(sandbox: CountingSandbox) -> None:
    sections = {"a": "print('a')\n#> a\ndef f():\n    1 / 0", "b": "print('b')\n#> b\nf()", "c": "1 / 0\n"}
    runner = Runner(program(**sections), sandbox)
    result = runner.run("b")
    assert (result.error_section, result.error_line) == ("a", 3)
    result = runner.run("b", {"a": "x = 1\ndef f():\n\n    1 / 0"})
    assert (result.error_section, result.error_line) == ("a", 4)
    result = runner.run("c", {"a": "def f(): pass"})
    assert (result.error_section, result.error_line) == ("c", 1)


def test_an_error_that_no_line_of_the_readers_caused_has_no_line(sandbox: CountingSandbox) -> None:
    result = Runner(program(a="x = 1"), sandbox).run("a", {"a": "x = '\0'"})
    assert result.error is not None
    assert (result.error_section, result.error_line) == (None, None)


def test_each_section_is_told_before_it_runs_also_one_that_runs_silently() -> None:
    sandbox, told = CountingSandbox(), []
    runner = Runner(parse_program("some.py", PROGRAM), sandbox, lambda: told.append(sandbox.resets))
    runner.run("skip")
    assert told == [1, 1]
    runner.run("count")
    assert told == [1, 1, 2]


def test_a_sandbox_that_no_program_has_used_is_not_reset_before_the_first_start() -> None:
    sandbox = CountingSandbox()
    runner = Runner(parse_program("some.py", PROGRAM), sandbox, is_reset=True)
    assert runner.run("skip").error is None
    assert sandbox.resets == 0
    runner.run("count")
    assert sandbox.resets == 1
