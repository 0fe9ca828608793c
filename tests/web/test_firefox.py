"""The site in Firefox: a lesson runs, in two tabs and without a network, and a hung program is stopped."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sessions_guide.firefox import ensure_firefox
from sessions_guide.node import find_node, node_package
from tests.web.conftest import FaultyServer

DRIVER = Path(__file__).with_name("firefox.mjs")
LONGEST_VISIT = 120  # seconds


@pytest.fixture(scope="module")
def steps(web_server: FaultyServer) -> Iterator[dict[str, Any]]:
    """What Firefox saw, by step."""
    node_package(Path(__file__).parents[2], "puppeteer-core")
    web_server.heal()
    command = [str(find_node()), str(DRIVER), str(ensure_firefox()), web_server.address]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as firefox:
        seen: dict[str, Any] = {}
        assert firefox.stdout is not None
        for line in firefox.stdout:
            step = json.loads(line)
            seen[step.pop("step")] = step
            if "kept" in seen:
                break
        web_server.is_gone = True
        rest, complaints = firefox.communicate("go on\n", timeout=LONGEST_VISIT)
        for line in rest.splitlines():
            step = json.loads(line)
            seen[step.pop("step")] = step
    assert firefox.returncode == 0, complaints
    yield seen
    web_server.heal()


def test_a_lesson_runs(steps: dict[str, Any]) -> None:
    assert steps["a lesson"] == {"state": "done", "status": "Finished.", "output": "200\n"}


def test_a_second_tab_uses_the_python_of_the_first(steps: dict[str, Any]) -> None:
    assert steps["a second tab"]["output"] == "number 0\nnumber 1\n<b>bold</b>\n"
    assert steps["a second tab"]["workers"] == 0


def test_a_program_that_hangs_is_stopped_and_python_goes_on(steps: dict[str, Any]) -> None:
    assert steps["stopped"]["status"] == "Stopped."
    assert steps["after the stop"]["output"] == "count is 1\n"


def test_a_lesson_runs_without_a_network(steps: dict[str, Any]) -> None:
    assert steps["without a network"]["output"] == "200\n"
