"""The console's files: what they are served with, and what they keep from."""

import re
import subprocess
from pathlib import Path

import pytest
from werkzeug.test import Client

from sessions_guide.bundle import REPOSITORY
from sessions_guide.node import find_node, node_package
from sessions_sandbox import Sandbox
from sessions_sandbox.served import control
from sessions_sandbox.served.control import CONSOLE, Control

HOST = {"Host": "127.0.0.1:8600"}
FOLDER = Path(control.__file__).parent / "console"
SCRIPTS = sorted(FOLDER.glob("*.js"))


@pytest.fixture
def client(sandbox: Sandbox) -> Client:
    return Client(Control(sandbox))


@pytest.mark.parametrize("path", CONSOLE)
def test_each_file_is_served_and_confined(client: Client, path: str) -> None:
    name, kind = CONSOLE[path]
    reply = client.get(path, headers=HOST)
    assert (reply.status_code, reply.content_type) == (200, f"{kind}; charset=utf-8")
    assert reply.data == (FOLDER / name).read_bytes()
    assert reply.headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert reply.headers["Referrer-Policy"] == "no-referrer"
    assert reply.headers["Cache-Control"] == "no-store"
    assert client.head(path, headers=HOST).status_code == 200
    assert client.post(path, headers=HOST).status_code == 403


def test_nothing_else_of_the_folder_is_served(client: Client) -> None:
    assert {name for name, _ in CONSOLE.values()} == {path.name for path in FOLDER.iterdir()}
    for path in ("/console/", "/console/index.html", "/console/../control.py", "/console/%2e%2e/control.py"):
        assert client.get(path, headers=HOST).status_code == 403


@pytest.mark.parametrize("host", ["app.acme.test", "app.localhost:8600", "127.0.0.1.evil.example.net"])
def test_no_other_name_has_a_console(client: Client, host: str) -> None:
    reply = client.get("/", headers={"Host": host})
    assert "Sandbox console" not in reply.text
    assert client.get("/console/console.js", headers={"Host": host}).status_code in (404, 421)


def test_it_says_what_it_is_for() -> None:
    page = (FOLDER / "index.html").read_text("utf-8")
    assert re.search(r"<title>[^<]*TEST ONLY</title>", page)
    assert re.search(r"<h1>.*TEST ONLY.*</h1>", page)
    assert not re.search(r"(?i)\son[a-z]+=|\sstyle=|<style|https?://|<script(?! type=\"module\" src=)", page)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_nothing_is_read_as_html_or_as_a_program(script: Path) -> None:
    text = script.read_text("utf-8")
    unsafe = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|srcdoc|DOMParser"
    assert not re.search(unsafe, text)
    assert not re.search(r"https?://", text)


def checked(package: str, program: str, *arguments: str) -> None:
    """Run a package's program over the scripts; its complaints are the failure."""
    command = [str(find_node()), str(node_package(REPOSITORY, package) / "bin" / program), *arguments]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_types() -> None:
    options = "--noEmit --allowJs --checkJs --strict --noUncheckedIndexedAccess --noUnusedLocals"
    target = "--target ES2023 --lib ES2023,DOM,DOM.Iterable --module ESNext --moduleResolution Bundler"
    checked("typescript", "tsc", *options.split(), *target.split(), "--types", "", *map(str, SCRIPTS))


def test_lint_and_format() -> None:
    style = ("--indent-style=space", "--line-width=110")
    checked("@biomejs/biome", "biome", "check", *style, str(FOLDER))
