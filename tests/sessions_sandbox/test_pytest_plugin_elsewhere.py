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
REGISTERING = """
import pytest, requests
from sessions_sandbox.embedded import Sandbox
from sessions_sandbox.served.remote import RemoteSandbox

OWN = ["http://localhost:3000/callback?a=b", "http://localhost:3000/other"]

@pytest.fixture(scope="session")
def sandbox_registrations():
    return {
        "redirect_uris": {"web": OWN, "spa": "http://localhost:3001/"},
        "post_logout_redirect_uris": {"web": "http://localhost:3000/bye"},
        "backchannel_logout_uris": {"web": "http://127.0.0.1:9/told"},
    }

@pytest.mark.parametrize("kind", [Sandbox, pytest.param(RemoteSandbox, marks=pytest.mark.served_sandbox)])
def test_it_is_registered(kind, sessions_sandbox):
    assert type(sessions_sandbox) is kind
    sessions_sandbox.set(back_channel_logout=True)
    for client, uri in (("web", OWN[0]), ("web", OWN[1]), ("spa", "http://localhost:3001/")):
        asked = {"client_id": sessions_sandbox.client(client).id, "redirect_uri": uri, "state": "s"}
        url = f"{sessions_sandbox.issuer}/v1/authorize"
        assert requests.get(url, asked, allow_redirects=False).headers["Location"].startswith(uri)
    browser = sessions_sandbox.browser()
    hint = sessions_sandbox.sign_in("alice@acme.test", client="web", browser=browser)["id_token"]
    back = "&post_logout_redirect_uri=http://localhost:3000/bye"
    reply = browser.open(f"{sessions_sandbox.issuer}/v1/logout?id_token_hint={hint}{back}")
    assert reply.headers["Location"] == "http://localhost:3000/bye"
    assert "no answer: ConnectionError" in [row["detail"] for row in sessions_sandbox.log()]
"""
BADLY_REGISTERED = """
import pytest

@pytest.fixture(scope="session")
def sandbox_registrations():
    return REGISTRATIONS

@pytest.mark.parametrize("place", [1, pytest.param(2, marks=pytest.mark.served_sandbox)])
def test_it_is_explained(place, sessions_sandbox):
    pass
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


@pytest.mark.parametrize(
    ("registrations", "message"),
    [
        ({"redirect_uri": {}}, "some of redirect_uris, post_logout_redirect_uris, backchannel_logout_uris"),
        (None, "The fixture sandbox_registrations gives None: it must give a dict"),
        ({"redirect_uris": ["http://x"]}, "each with URIs by the name of their client"),
        ({"redirect_uris": {"web": "http://x/"}}, "'http://x/' is http, and x is not this machine"),
    ],
)
def test_registrations_of_a_bad_shape_are_explained(
    tmp_path: Path, registrations: object, message: str
) -> None:
    """Here and served."""
    source = BADLY_REGISTERED.replace("REGISTRATIONS", repr(registrations))
    output, _ = start_pytest(tmp_path, source).communicate(timeout=120)
    for place in output.partition("short test summary info")[0].split("ERROR at setup")[1:]:
        assert message in place, output
    assert "2 errors in" in output


@pytest.mark.parametrize(("source", "count"), [(PASSED_BY_OTHERS, 1), (LEAVES_NOTHING, 2), (REGISTERING, 2)])
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
