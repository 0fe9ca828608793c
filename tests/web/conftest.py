"""A small site of run blocks, a server for it that can fail, and a browser."""

import functools
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from sessions_guide.bundle import build_bundle
from sessions_guide.serve import SiteHandler, SiteServer
from tests.once_a_run import once_a_run
from tests.web.panel import Panel
from tests.web.programs import write_programs, write_site
from tests.web.run_block import RunBlock

LONGEST_WAIT = 20_000  # milliseconds


class FaultyServer(SiteServer):
    """Serves a folder and notes the paths that are asked for. Fails on demand, by the names of files.

    `missing`: 404. `hanging`: no answer. `replaced`: the front page instead, as some hosts do for 404.
    `types`: another media type. `encoded`: with `Content-Encoding: gzip`, as some hosts send *.gz.
    `content_policy`: a Content-Security-Policy for every answer. `is_gone`: it hangs up on everybody.
    """

    def __init__(self, site: Path) -> None:
        super().__init__(site)
        self.RequestHandlerClass = functools.partial(FaultyHandler, directory=str(site))
        self.site = site
        self.let_go = threading.Event()
        self.heal()

    def heal(self) -> None:
        """Fail no more, and forget what was asked for."""
        self.let_go.set()
        self.let_go = threading.Event()
        self.asked: list[str] = []
        self.missing: set[str] = set()
        self.hanging: set[str] = set()
        self.replaced: set[str] = set()
        self.types: dict[str, str] = {}
        self.encoded: set[str] = set()
        self.content_policy = ""
        self.is_gone = False


class FaultyHandler(SiteHandler):
    server: FaultyServer

    def send_head(self) -> Any:
        name = self.path.rpartition("/")[2]
        if self.server.is_gone:
            raise ConnectionAbortedError
        self.server.asked.append(self.path)
        if name in self.server.hanging:
            self.server.let_go.wait(30)
        if name in self.server.replaced:
            self.path = "/index.html"
        if name in self.server.missing:
            self.send_error(404)
            return None
        return super().send_head()

    def guess_type(self, path: Any) -> str:
        return self.server.types.get(Path(path).name) or super().guess_type(path)

    def end_headers(self) -> None:
        if self.path.rpartition("/")[2] in self.server.encoded:
            self.send_header("Content-Encoding", "gzip")
        if self.server.content_policy:
            self.send_header("Content-Security-Policy", self.server.content_policy)
        super().end_headers()


@pytest.fixture(scope="session")
def web_server(request: pytest.FixtureRequest) -> Iterator[FaultyServer]:
    """The server of the test page, with the real runtime."""
    with FaultyServer(once_a_run(request, "test_page", _make_site)) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.heal()
        server.shutdown()
        thread.join()


def _make_site(site: Path) -> None:
    snippets = site.with_name("test_page_snippets")
    write_programs(snippets)
    build_bundle(site, snippets)
    write_site(site, snippets)


@pytest.fixture
def server(web_server: FaultyServer) -> Iterator[FaultyServer]:
    """The server, sound at the start of each test."""
    web_server.heal()
    yield web_server
    web_server.heal()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """An empty page in a context of its own."""
    context = chromium.new_context()
    context.set_default_timeout(LONGEST_WAIT)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def warm_page(chromium: Browser, web_server: FaultyServer) -> Iterator[Page]:
    context = chromium.new_context()
    context.set_default_timeout(LONGEST_WAIT)
    page = context.new_page()
    page.goto(f"{web_server.address}/changing.html")
    yield page
    context.close()


@pytest.fixture
def blocks(warm_page: Page) -> Page:
    """A fresh page of run blocks in a window whose Python runs already."""
    warm_page.evaluate("localStorage.clear(); changePage()")
    return warm_page


@pytest.fixture
def panel(blocks: Page) -> Panel:
    """The laboratory of a page that just ran a sign-in; before it, all was as in the seed."""
    panel = Panel(blocks)
    panel.open()
    panel.press(panel.reset)
    RunBlock(blocks, "remember").press_run()
    expect(panel.summary).to_have_text("09:00:00 · 1 session · 1 grant · 5 log lines")
    return panel
