"""A request is copied as a command or a program, and both do what the page did, at a served sandbox."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

from sessions_sandbox import Sandbox
from sessions_sandbox.served.process import sandbox_process
from tests.web.conftest import FaultyServer
from tests.web.modules import call
from tests.web.run_block import RunBlock

SERVED = "http://127.0.0.1:8600"
NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', {value: undefined})"


@pytest.fixture
def address() -> Iterator[str]:
    """A sandbox as `scripts/sandbox --clock fixed` serves it."""
    with sandbox_process("--clock=fixed") as address:
        yield address


@pytest.fixture(scope="module")
def sign_in() -> list[dict[str, Any]]:
    """The exchanges of a sign-in, in the embedded sandbox."""
    with Sandbox() as sandbox:
        sandbox.sign_in("alice@acme.test")
        return sandbox.exchanges()


def curl(command: str, address: str) -> tuple[str, str]:
    """Run a copied command; its output: head and body."""
    environment = {"PATH": os.environ["PATH"]}
    done = subprocess.run(
        ["/bin/sh", "-c", command.replace(SERVED, address)], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    head, _, body = done.stdout.partition("\n\n")
    return head, body


def python(program: str, address: str) -> str:
    """Run a copied program; what it prints."""
    environment = {"PATH": os.environ["PATH"]}
    command = [sys.executable, "-c", program.replace(SERVED, address)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_sign_in_by_curl_gives_the_same_tokens(sign_in: list[dict[str, Any]], address: str) -> None:
    """All ids come from one seed, so that the same requests give the same answers."""
    for exchange in sign_in:
        head, body = curl(call("wire/copy_request", "asCurl", exchange), address)
        assert f" {exchange['status']}" in head.splitlines()[0]
        assert body == exchange["response_body"]
    assert json.loads(body)["access_token"].startswith("eyJ")


def test_a_sign_in_by_python_gives_the_same_tokens(sign_in: list[dict[str, Any]], address: str) -> None:
    for exchange in sign_in:
        printed = python(call("wire/copy_request", "asPython", exchange), address)
        assert printed.startswith(f"{exchange['status']} ")
        assert exchange["response_body"] in printed
    assert '"access_token": "eyJ' in printed


def test_what_the_page_copies_works(page: Page, server: FaultyServer, address: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(server.address)
    block = RunBlock(page, "sign_in")
    block.rewrite("""import requests
from sessions_sandbox import sandbox

svc = sandbox.client("svc")
form = {"grant_type": "client_credentials", "scope": "orders:read"}
requests.post(f"{sandbox.issuer}/v1/token", form, auth=svc.credentials, timeout=5)
""")
    block.press_run()
    block.root.locator(".wire-arrow").first.click()
    copied = {}
    for name in ("curl", "Python"):
        page.get_by_role("button", name=f"Copy as {name}").click()
        expect(block.root.locator(".wire-copied")).to_contain_text(
            f"Copied as {name}, for a sandbox of your own"
        )
        copied[name] = page.evaluate("navigator.clipboard.readText()")
    head, body = curl(copied["curl"], address)
    assert "200" in head.splitlines()[0]
    token = json.loads(body)["access_token"]
    assert python(copied["Python"], address).startswith("200 ")
    headers = {"Host": "api.acme.test", "Authorization": f"Bearer {token}"}
    with requests.Session() as session:
        session.trust_env = False
        assert session.get(f"{address}/orders", headers=headers, timeout=5).status_code == 200


def test_without_a_clipboard_the_text_is_there_to_be_copied(page: Page, server: FaultyServer) -> None:
    page.add_init_script(NO_CLIPBOARD)
    page.goto(server.address)
    block = RunBlock(page, "sign_in")
    block.press_run()
    block.root.locator(".wire-arrow").first.click()
    page.get_by_role("button", name="Copy as curl").click()
    text = page.get_by_label("The request as curl")
    expect(text).to_be_focused()
    expect(text).to_have_value(f"""curl -i '{SERVED}/oauth2/default/v1/authorize?{query(page)}' \\
  -H 'Host: idp.acme.test' \\
  -H 'Accept: */*' \\
  -H 'Sec-Fetch-Site: none' \\
  -H 'Sec-Fetch-Mode: navigate' \\
  -H 'Sec-Fetch-Dest: document'""")
    assert (
        text.evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)")
        == text.input_value()
    )


def query(page: Page) -> str:
    """Of the URL in the message that is open."""
    text = page.locator(".run-request").text_content() or ""
    return text.splitlines()[0].partition("?")[2]


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        ({}, ["curl -i 'http://127.0.0.1:8600/me?a=b'", "  -H 'Host: app.acme.test'"]),
        ({"method": "HEAD"}, ["curl -i 'http://127.0.0.1:8600/me?a=b' --head", "  -H 'Host: app.acme.test'"]),
        (
            {"method": "POST"},
            ["curl -i 'http://127.0.0.1:8600/me?a=b'", "  -X 'POST'", "  -H 'Host: app.acme.test'"],
        ),
        (
            {"method": "POST", "request_body": "it's $HOME", "request_headers": [["X-A", "`id`"]]},
            [
                "curl -i 'http://127.0.0.1:8600/me?a=b'",
                "  -H 'Host: app.acme.test'",
                "  -H 'X-A: `id`'",
                "  -H 'Content-Type:'",
                "  --data-raw 'it'\\''s $HOME'",
            ],
        ),
        (
            {
                "method": "PUT",
                "request_body": "{}",
                "request_headers": [["content-type", "application/json"]],
            },
            [
                "curl -i 'http://127.0.0.1:8600/me?a=b'",
                "  -X 'PUT'",
                "  -H 'Host: app.acme.test'",
                "  -H 'content-type: application/json'",
                "  --data-raw '{}'",
            ],
        ),
    ],
)
def test_curl(changes: dict[str, Any], lines: list[str]) -> None:
    own = [["Host", "app.acme.test"], ["Connection", "close"], ["Content-Length", "3"], ["User-Agent", "x"]]
    plain = {
        "method": "GET",
        "url": "https://app.acme.test/me?a=b",
        "request_body": "",
        "request_headers": [],
    }
    exchange = plain | changes
    exchange["request_headers"] = own + exchange["request_headers"]
    assert call("wire/copy_request", "asCurl", exchange) == " \\\n".join(lines)
