"""A program waits for the browser on this machine."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest
import requests

from sessions_sandbox import SandboxError
from sessions_sandbox.own_issuer import listener
from sessions_sandbox.own_issuer.answer import check_answer
from sessions_sandbox.own_issuer.listener import wait_for_redirect
from sessions_sandbox.own_issuer.metadata import Metadata
from sessions_sandbox.served.process import unused_port

SERVER = Metadata(issuer="https://issuer.example")
ENOUGH = 10
"""Seconds, which pass only when a test fails."""


@pytest.fixture(params=["127.0.0.1", "localhost", "[::1]"])
def here(request: pytest.FixtureRequest) -> str:
    """A redirect URI on this machine."""
    return f"http://{request.param}:{unused_port()}/callback"


class Visitor:
    """Somebody who comes from outside, in a thread of their own."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._pages: list[requests.Response] = []

    def later(self, *urls: str) -> Callable[[], None]:
        """What to call when these addresses are to be opened, one after the other."""

        def go() -> None:
            with requests.Session() as session:
                session.trust_env = False
                self._pages += [session.get(url, timeout=ENOUGH) for url in urls]

        self._thread = threading.Thread(target=go)
        return self._thread.start

    @property
    def pages(self) -> list[requests.Response]:
        """What came back, once all has."""
        if self._thread is not None and self._thread.ident is not None:
            self._thread.join()
        return self._pages


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    visitor = Visitor()
    yield visitor
    assert visitor.pages


def accept(callback: str) -> None:
    check_answer(callback, callback.partition("?")[0], "mine", SERVER)


def test_the_address_that_comes_in_is_given_whole(here: str, visitor: Visitor) -> None:
    url = f"{here}?code=a%2Bb&state=mine"
    assert wait_for_redirect(here, accept, ENOUGH, visitor.later(url)) == url
    (page,) = visitor.pages
    assert (page.status_code, "You are signed in" in page.text) == (200, True)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert "a+b" not in page.text


def test_other_paths_do_not_count(here: str, visitor: Visitor) -> None:
    icon = here.replace("callback", "favicon.ico") + "?code=c&state=mine"
    url = f"{here}?code=c&state=mine"
    assert wait_for_redirect(here, accept, ENOUGH, visitor.later(icon, url)) == url
    assert [page.status_code for page in visitor.pages] == [404, 200]


def test_a_redirect_uri_without_a_path(visitor: Visitor) -> None:
    here = f"http://127.0.0.1:{unused_port()}"
    url = f"{here}/?code=c&state=mine"

    def check(callback: str) -> None:
        check_answer(callback, here, "mine", SERVER)

    assert wait_for_redirect(here, check, ENOUGH, visitor.later(url)) == url


@pytest.mark.parametrize(
    ("query", "message"),
    [("code=c&state=other", "the state is not the one"), ("error=access_denied&state=mine", "access_denied")],
)
def test_a_refused_answer_ends_the_wait(visitor: Visitor, query: str, message: str) -> None:
    here = f"http://127.0.0.1:{unused_port()}/callback"
    with pytest.raises(SandboxError, match=message):
        wait_for_redirect(here, accept, ENOUGH, visitor.later(f"{here}?{query}"))
    (page,) = visitor.pages
    assert (page.status_code, "The sign-in was refused" in page.text) == (400, True)


def test_nobody_comes() -> None:
    here = f"http://127.0.0.1:{unused_port()}/callback"
    with pytest.raises(SandboxError, match=rf"nobody came back to {here} within 0\.01 seconds"):
        wait_for_redirect(here, accept, 0.01, lambda: None)


def test_the_port_is_free_again_afterwards() -> None:
    here = f"http://127.0.0.1:{unused_port()}/callback"
    for _ in range(2):
        with pytest.raises(SandboxError, match="nobody came back"):
            wait_for_redirect(here, accept, 0.01, lambda: None)


def test_only_this_machine_can_come() -> None:
    with listener._listen(f"http://localhost:{unused_port()}/callback", accept) as server:
        assert server.socket.getsockname()[0] == "127.0.0.1"


def test_a_port_that_is_taken_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        here = f"http://127.0.0.1:{taken.getsockname()[1]}/callback"
        with pytest.raises(SandboxError, match=f"nobody can wait at {here}: .*free that port"):
            wait_for_redirect(here, accept, ENOUGH, lambda: None)


def test_a_connection_that_says_nothing_does_not_hold_the_program(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener._Handler, "timeout", 0.01)
    port = unused_port()
    here = f"http://127.0.0.1:{port}/callback"
    with socket.socket() as silent:
        then = visitor.later(f"{here}?code=c&state=mine")

        def ready() -> None:
            silent.connect(("127.0.0.1", port))
            then()

        assert wait_for_redirect(here, accept, ENOUGH, ready).endswith("?code=c&state=mine")
