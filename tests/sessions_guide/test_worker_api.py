"""The worker's Python: JSON in, JSON out, one program at a time."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from sessions_guide.worker_api import OUTPUT_LIMIT, WorkerApi
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
import sys
from sessions_guide.worker_api import prepare
steps = []
sandbox = prepare(steps.append)
print(steps[0], steps[-1], sep="\\n")
print(sys.modules["urllib3.contrib.emscripten"].inject_into_urllib3())
print(sandbox.clock.now())
"""


@pytest.fixture
def sandbox() -> CountingSandbox:
    return CountingSandbox()


@pytest.fixture
def api(tmp_path: Path, sandbox: CountingSandbox) -> WorkerApi:
    archive = tmp_path / "packages.zip"
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


def test_preparing_tells_its_steps_and_keeps_urllib3_off_the_browsers_fetch() -> None:
    printed = subprocess.run(
        [sys.executable, "-c", PREPARE], capture_output=True, text=True, check=True
    ).stdout
    assert printed.splitlines() == ["importing urllib3", "starting the sandbox", "None", "1767603600"]
