"""The worker's Python: JSON in, JSON out, one program at a time."""

import builtins
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sessions_guide.worker_api import ERROR_LIMIT, OUTPUT_LIMIT, WorkerApi
from sessions_sandbox import Sandbox
from tests.sessions_guide.counting import CountingSandbox

COUNTER = '''"""Counts."""

# --8<-- [start:first]
number = 1
print("number", number)
#> number 1
# --8<-- [end:first]

# --8<-- [start:second]
number += 1
print("number", number)
#> number 2
# --8<-- [end:second]
'''


# In a process of its own: the sandbox that it starts would stop this one's clock.
PREPARE = """
import gc, random, sys, time
from sessions_guide.worker_api import prepare, start
prepare(["urllib3", "requests", "sessions_sandbox.embedded", "statistics"])
print("statistics" in sys.modules, gc.isenabled(), gc.get_freeze_count() > 0)
print(sys.modules["urllib3.contrib.emscripten"].inject_into_urllib3(), time.time() > 1767603600)
random.seed(1)
state = random.getstate()
api = start(sys.argv[1])
print(gc.isenabled(), random.getstate() != state)
from sessions_sandbox import sandbox
print(sandbox.clock.now(), time.time())
"""


@pytest.fixture
def sandbox() -> CountingSandbox:
    return CountingSandbox()


@pytest.fixture
def api(tmp_path: Path, sandbox: CountingSandbox) -> WorkerApi:
    archive = tmp_path / "programs.zip"
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr("snippets/a/counter.py", COUNTER)
        target.writestr("snippets/b/other.py", COUNTER.replace("number", "café"))
    return WorkerApi(str(archive), sandbox)


def run(api: WorkerApi, section: str, **request: Any) -> tuple[dict[str, Any], list[str]]:
    """The result, and the pieces of output as they came."""
    pieces: list[str] = []
    text = json.dumps({"file": "a/counter.py", "section": section, "edits": {}} | request)
    result: dict[str, Any] = json.loads(api.run(text, pieces.append))
    return result, pieces


def test_a_section_runs_after_those_above_it(api: WorkerApi) -> None:
    result, pieces = run(api, "second")
    assert pieces == ["number 2\n"]
    assert result["output"] == "number 2\n"
    assert result["error"] is None
    assert result["exchanges"] == []


def test_edits_reach_the_runner(api: WorkerApi) -> None:
    _, pieces = run(api, "second", edits={"first": "number = 41"})
    assert pieces == ["number 42\n"]


def test_a_program_is_begun_afresh_after_another_used_the_sandbox(
    api: WorkerApi, sandbox: CountingSandbox
) -> None:
    run(api, "first")
    assert run(api, "second", file="b/other.py")[1] == ["café 2\n"]
    before = sandbox.resets
    assert run(api, "second")[1] == ["number 2\n"]
    assert sandbox.resets == before + 1


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        ({"file": "a/missing.py"}, "There is no program `a/missing.py` here. Check the block's data-file."),
        ({"section": "third"}, "a/counter.py has no section `third`; it has: first, second"),
    ],
)
def test_what_does_not_exist_is_named(api: WorkerApi, request_: dict[str, str], error: str) -> None:
    result, pieces = run(api, **{"section": "first"} | request_)
    assert result["error"] == error
    assert pieces == []


def test_an_endless_print_ends_at_the_limit(api: WorkerApi) -> None:
    result, pieces = run(api, "first", edits={"first": "while True:\n    print('x' * 1000)"})
    assert len("".join(pieces)) == OUTPUT_LIMIT
    assert "This run printed more than 200,000 characters and was ended here." in result["error"]
    assert result["error_line"] == 2


def test_output_of_just_the_limit_is_whole(api: WorkerApi) -> None:
    result, pieces = run(api, "first", edits={"first": f"print('x' * {OUTPUT_LIMIT - 1})"})
    assert len("".join(pieces)) == OUTPUT_LIMIT
    assert result["error"] is None


def test_a_program_that_hides_the_limit_prints_no_more(api: WorkerApi) -> None:
    code = "for _ in range(3):\n    try:\n        print('x' * 150_000)\n    except Exception:\n        pass"
    result, pieces = run(api, "first", edits={"first": code})
    assert len("".join(pieces)) == OUTPUT_LIMIT
    assert result["error"] is None


def test_a_long_line_is_cut_in_the_result_too(api: WorkerApi) -> None:
    result, _ = run(api, "first", edits={"first": f"print('x' * {2 * OUTPUT_LIMIT})"})
    assert len(result["output"]) == OUTPUT_LIMIT


def test_a_long_error_keeps_its_beginning_and_its_end(api: WorkerApi) -> None:
    result, _ = run(api, "first", edits={"first": f"raise ValueError('x' * {ERROR_LIMIT} + 'end')"})
    assert result["error"].startswith("Traceback")
    assert result["error"].endswith("end\n")
    assert re.search(r"\n… \d+ characters are left out here …\n", result["error"])
    assert len(result["error"]) < ERROR_LIMIT + 100


def test_a_prepared_python_starts_the_sandbox_when_it_wakes(tmp_path: Path) -> None:
    archive = tmp_path / "programs.zip"
    zipfile.ZipFile(archive, "w").close()
    command = [sys.executable, "-c", PREPARE, str(archive)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert printed.splitlines() == ["True False True", "None True", "True True", "1767603600 1767603600.0"]


def test_a_token_is_inspected(tmp_path: Path) -> None:
    archive = tmp_path / "programs.zip"
    zipfile.ZipFile(archive, "w").close()
    with Sandbox() as real:
        question = {"kind": "inspect", "token": real.mint()}
        answer = json.loads(WorkerApi(str(archive), real).ask(json.dumps(question)))
    assert answer["status"] == 200


class Tab:
    """A reader who shares a Python with others, and what their sandbox came to."""

    def __init__(self, name: str, api: WorkerApi) -> None:
        self._name = name
        self.api = api
        self.history = "[]"

    def run(self, section: str, **request: Any) -> str:
        """What the section printed."""
        self.api.turn_to(self._name, self.history)
        output: str = run(self.api, section, **request)[0]["output"]
        self.history = self.api.history()
        return output

    def ask(self, question: dict[str, Any]) -> Any:
        """The answer."""
        self.api.turn_to(self._name, self.history)
        answer = json.loads(self.api.ask(json.dumps(question)))
        self.history = self.api.history()
        return answer

    def act(self, **act: Any) -> Any:
        """What the reader does by hand, and then the state."""
        return self.ask({"kind": "act", "act": act})


CLOCKED = '''"""Tells the time."""

# --8<-- [start:first]
start = sandbox.clock.now()
# --8<-- [end:first]

# --8<-- [start:second]
print(sandbox.clock.now() - start)
#> 0
# --8<-- [end:second]
'''


@pytest.fixture
def tabs(tmp_path: Path) -> Iterator[tuple[Tab, Tab]]:
    """Two tabs with one Python, whose sandbox is a real one."""
    archive = tmp_path / "programs.zip"
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr("snippets/a/counter.py", COUNTER)
        target.writestr("snippets/a/clocked.py", CLOCKED)
    with Sandbox() as real:
        builtins.sandbox = real  # type: ignore[attr-defined]
        api = WorkerApi(str(archive), real)
        yield Tab("one", api), Tab("two", api)
        del builtins.sandbox  # type: ignore[attr-defined]


def test_tabs_that_take_turns_each_keep_their_state(tabs: tuple[Tab, Tab]) -> None:
    one, two = tabs
    assert one.run("first", edits={"first": "number = 10\nprint(number)"}) == "10\n"
    assert two.run("first", edits={"first": "number = 20\nprint(number)"}) == "20\n"
    assert one.run("second", edits={"first": "number = 10\nprint(number)"}) == "number 11\n"
    assert two.run("second", edits={"first": "number = 20\nprint(number)"}) == "number 21\n"


def test_what_a_reader_did_by_hand_is_done_again_after_another_tab(tabs: tuple[Tab, Tab]) -> None:
    one, two = tabs
    one.run("first", file="a/clocked.py")
    one.act(do="advance", seconds=60)
    one.act(do="turn", switches={"latency_ms": 7})
    assert two.run("second", file="a/clocked.py") == "0\n"
    state = one.ask({"kind": "state"})
    assert state["turned"] == ["latency_ms"]
    assert two.ask({"kind": "state"})["turned"] == []
    assert one.run("second", file="a/clocked.py") == "60\n"


def test_what_a_reader_did_is_done_again_in_another_python(tabs: tuple[Tab, Tab]) -> None:
    one, elsewhere = tabs
    one.run("first", file="a/clocked.py")
    one.act(do="advance", seconds=60)
    elsewhere.history = one.history
    assert elsewhere.run("second", file="a/clocked.py") == "60\n"


def test_a_new_beginning_forgets_all_but_the_switches(tabs: tuple[Tab, Tab]) -> None:
    one, two = tabs
    one.run("first", file="a/clocked.py")
    one.act(do="turn", switches={"latency_ms": 7})
    one.act(do="advance", seconds=60)
    one.run("first", file="a/clocked.py")
    assert len(json.loads(one.history)) == 2
    two.run("first")
    assert one.run("second", file="a/clocked.py") == "0\n"
    assert one.ask({"kind": "state"})["turned"] == ["latency_ms"]


def test_a_reset_leaves_no_history(tabs: tuple[Tab, Tab]) -> None:
    one, _ = tabs
    one.run("first")
    one.act(do="turn", switches={"latency_ms": 7})
    one.act(do="reset")
    assert one.history == "[]"


def test_what_fails_is_no_part_of_a_history(tabs: tuple[Tab, Tab]) -> None:
    one, _ = tabs
    assert "error" in one.act(do="unheard of")
    one.run("third")
    assert one.history == "[]"
