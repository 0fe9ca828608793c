"""What one server of the sandbox sends to another."""

from pathlib import Path
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from sessions_sandbox import Sandbox
from sessions_sandbox.outgoing import SECONDS, send


def test_it_names_the_server_as_its_clients_do_and_who_asks(sandbox: Sandbox) -> None:
    headers = {"Host": "x", "User-Agent": "x", "Accept": "text/plain"}
    send("POST", f"{sandbox.app}/me?a=b", "http://app.localhost:8600", "a server", headers=headers, data="c")
    (exchange,) = sandbox.exchanges()
    sent = dict(exchange["request_headers"])
    assert (sent["Host"], sent["User-Agent"], sent["Accept"]) == (
        "app.localhost:8600",
        "a server",
        "text/plain",
    )
    assert (exchange["method"], exchange["request_body"]) == ("POST", "c")


def test_nothing_is_taken_from_the_environment(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No proxy, and no password of a file."""
    passwords = tmp_path / "netrc"
    passwords.write_text("machine app.acme.test login a password b\n")
    monkeypatch.setenv("NETRC", str(passwords))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("NO_PROXY", "")
    assert send("GET", f"{sandbox.app}/me", sandbox.app, "x").status_code == 401
    (exchange,) = sandbox.exchanges()
    assert "Authorization" not in dict(exchange["request_headers"])


def test_an_answer_is_not_waited_for_for_ever(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = HTTPAdapter.send

    def patient(adapter: HTTPAdapter, *args: Any, **options: Any) -> requests.Response:
        assert options["timeout"] == SECONDS
        return sent(adapter, *args, **options)

    monkeypatch.setattr(HTTPAdapter, "send", patient)
    assert send("GET", f"{sandbox.app}/me", sandbox.app, "x").status_code == 401


def test_no_redirect_is_followed_and_no_cookie_kept(sandbox: Sandbox) -> None:
    reply = send("GET", f"{sandbox.app}/bff/login", sandbox.app, "x")
    assert (reply.status_code, "Set-Cookie" in reply.headers) == (303, True)
    send("GET", f"{sandbox.app}/me", sandbox.app, "x")
    assert "Cookie" not in dict(sandbox.exchanges()[-1]["request_headers"])
    assert len(sandbox.exchanges()) == 2


@pytest.mark.parametrize(
    ("origin", "issuer"),
    [
        ("http://idp.localhost:8600", "http://idp.localhost:8600"),
        ("https://idp.localhost:8600", "https://idp.localhost:8600"),
        ("https://idp.acme.test", "https://idp.acme.test"),
        ("http://idp.acme.test", "https://idp.acme.test"),
    ],
)
def test_the_server_answers_as_what_its_clients_know_it_by(
    sandbox: Sandbox, origin: str, issuer: str
) -> None:
    """With TLS and without; a name of the lessons is always https."""
    reply = send("GET", f"{sandbox.org_issuer}/.well-known/openid-configuration", origin, "x")
    assert reply.json()["issuer"] == issuer
    assert sandbox.exchanges()[-1]["url"].startswith(f"{issuer}/")
