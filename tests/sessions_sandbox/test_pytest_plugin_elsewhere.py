"""What the plugin for pytest costs and does in the test suites of others, each in a process of its own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PASSED_BY_OTHERS = """
import sys

def test_nothing_of_the_sandbox_is_imported():
    ours = {name for name in sys.modules if name.startswith("sessions_sandbox")}
    assert ours == {"sessions_sandbox", "sessions_sandbox.errors", "sessions_sandbox.pytest_plugin"}
    assert not {"jwt", "requests", "time_machine", "werkzeug", "granian"} & set(sys.modules)
"""
LEAVES_NOTHING = """
import http.client, os, socket, time
import pytest, requests, urllib3.connection, urllib3.util.connection

def state():
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    return (http.client.HTTPSConnection.connect, urllib3.connection.HTTPSConnection.connect,
            socket.create_connection, urllib3.util.connection.create_connection, environment)

before, started = state(), time.time()

@pytest.fixture(autouse=True)
def check():
    yield
    assert state() == before
    assert started <= time.time() < started + 3600

@pytest.mark.parametrize("place", [1, pytest.param(2, marks=pytest.mark.served_sandbox)])
def test_it_is_there(place, sessions_sandbox, sandbox_tokens):
    assert state() != before
    assert time.time() < started - 3600
"""
SERVED = """
import pytest

@pytest.mark.served_sandbox
@pytest.mark.parametrize("number", range(20))
def test_fresh(number, sessions_sandbox, sandbox_tokens):
    assert len(sessions_sandbox.rows("grants")) == 1
"""
NO_SERVER = """
import shutil, sys

def test_it(monkeypatch, request):
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    request.getfixturevalue("sandbox_server")
"""


def start_pytest(folder: Path, source: str) -> subprocess.Popen[str]:
    """Run the tests of `source` with no plugin but ours, found as pytest finds it in anybody's project."""
    (folder / "test_others.py").write_text(source, encoding="utf-8")
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environment.pop("PYTEST_ADDOPTS", None)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "sessions_sandbox", "--strict-markers", "."]
    return subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def test_a_server_that_does_not_start_is_explained(tmp_path: Path) -> None:
    output, _ = start_pytest(tmp_path, NO_SERVER).communicate(timeout=120)
    assert "The fixture sandbox_server: the sandbox did not start" in output
    assert "ended with status 1" in output


@pytest.mark.parametrize(("source", "count"), [(PASSED_BY_OTHERS, 1), (LEAVES_NOTHING, 2)])
def test_the_suites_of_others(tmp_path: Path, source: str, count: int) -> None:
    """Whoever has the plugin and does not use it imports none of it; who does finds nothing patched after."""
    output, _ = start_pytest(tmp_path, source).communicate(timeout=120)
    assert re.search(rf"^{count} passed in", output, re.MULTILINE), output


def test_runs_side_by_side_share_nothing(tmp_path: Path) -> None:
    """As the workers of pytest-xdist: each has its own server."""
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    for run in [start_pytest(folder, SERVED) for folder in folders]:
        output, _ = run.communicate(timeout=120)
        assert re.search("^20 passed in", output, re.MULTILINE), output
