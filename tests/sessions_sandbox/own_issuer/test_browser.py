"""The reader's own browser: opened, and waited for, or asked for the address."""

import io
import threading
import webbrowser
from collections.abc import Callable

import pytest
import requests

from sessions_sandbox import SandboxError
from sessions_sandbox.errors import NotAtThisIssuer
from sessions_sandbox.own_issuer.browser import OwnBrowser
from sessions_sandbox.own_issuer.metadata import Metadata
from sessions_sandbox.served.process import unused_port

SERVER = Metadata(issuer="https://issuer.example")
ELSEWHERE = "https://app.example/callback"
ASKED = "https://issuer.example/authorize?state=mine"


@pytest.fixture(autouse=True)
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the browser was told to open."""
    urls: list[str] = []
    monkeypatch.setattr(webbrowser, "open", urls.append)
    return urls


def paste(monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(line))


def test_it_waits_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    here = f"http://127.0.0.1:{unused_port()}/callback"
    answer = f"{here}?code=c&state=mine"
    statuses: list[int] = []

    def go(url: str) -> None:
        assert (url, threading.current_thread() is threading.main_thread()) == (ASKED, False)
        with requests.Session() as session:
            session.trust_env = False
            statuses.append(session.get(answer, timeout=10).status_code)

    monkeypatch.setattr(webbrowser, "open", go)
    assert OwnBrowser(here, SERVER).sign_in(ASKED, "alice@acme.test", "any") == answer


def test_it_waits_no_longer_than_it_is_told() -> None:
    here = f"http://127.0.0.1:{unused_port()}/callback"
    with pytest.raises(SandboxError, match="nobody came back"):
        OwnBrowser(here, SERVER, seconds=0.01).sign_in(ASKED)


def test_elsewhere_the_address_is_pasted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    paste(monkeypatch, f"  {ELSEWHERE}?code=c&state=mine\n")
    assert OwnBrowser(ELSEWHERE, SERVER).sign_in(ASKED) == f"{ELSEWHERE}?code=c&state=mine"
    shown = capsys.readouterr()
    assert shown.out == ""
    assert ASKED in shown.err
    assert f"paste the address that begins with {ELSEWHERE}" in shown.err


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", "no address was pasted"),
        ("\n", "this is no answer to the sign-in"),
        (f"{ELSEWHERE}?code=c&state=other\n", "the state is not the one that was sent"),
    ],
)
def test_what_is_pasted_is_checked(monkeypatch: pytest.MonkeyPatch, line: str, message: str) -> None:
    paste(monkeypatch, line)
    with pytest.raises(SandboxError, match=message):
        OwnBrowser(ELSEWHERE, SERVER).sign_in(ASKED)


@pytest.mark.parametrize("url", ["https://issuer.example/authorize", f"{ASKED}&state=other"])
def test_a_request_without_its_one_state_is_not_made(url: str, opened: list[str]) -> None:
    with pytest.raises(SandboxError, match="needs one state"):
        OwnBrowser(ELSEWHERE, SERVER).sign_in(url)
    assert opened == []


USES: list[Callable[[OwnBrowser], object]] = [
    lambda browser: browser.open("https://app.example"),
    lambda browser: browser.submit(requests.Response(), username="alice"),
    lambda browser: browser.post_form("https://app.example", {}, from_origin="https://evil.example"),
]


@pytest.mark.parametrize("use", USES)
def test_it_fills_in_nothing_by_itself(use: Callable[[OwnBrowser], object]) -> None:
    with pytest.raises(NotAtThisIssuer, match="a browser that fills in forms by itself"):
        use(OwnBrowser(ELSEWHERE, SERVER))
