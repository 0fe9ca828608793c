"""The start of Python: when it is fetched, and what the reader sees when it fails."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import FaultyServer
from tests.web.run_block import RunBlock

RUNTIME_FILES = (
    "worker.js",
    "pyodide.mjs",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "stdlib.zip",
    "packages.zip",
)
READERS_PATIENCE = 10  # seconds until the reader must know what failed
SAVES_DATA = "Object.defineProperty(navigator, 'connection', {value: {saveData: true}})"
ON_MOBILE_DATA = "Object.defineProperty(navigator, 'connection', {value: {type: 'cellular'}})"
IS_IDLE = "new Promise((resolve) => requestIdleCallback(() => requestIdleCallback(resolve)))"
STRICT_POLICY = (
    "default-src 'none'; connect-src 'self'; img-src data:; "
    "script-src 'self'; style-src 'self'; worker-src 'self'"
)


def runtime_asked(server: FaultyServer) -> list[str]:
    """The runtime files that were asked for."""
    return [name for path in server.asked if (name := path.rpartition("/")[2]) in RUNTIME_FILES]


def expect_failure(block: RunBlock, text: str) -> None:
    """The reader sees what failed, and a way to try again."""
    expect(block.status).to_contain_text(text, timeout=READERS_PATIENCE * 1000)
    expect(block.retry).to_be_visible()
    expect(block.root).to_have_attribute("data-state", "failed")


@pytest.mark.parametrize("connection", [SAVES_DATA, ON_MOBILE_DATA])
def test_nothing_is_fetched_where_bytes_cost_money(page: Page, server: FaultyServer, connection: str) -> None:
    page.add_init_script(connection)
    page.goto(server.address)
    page.evaluate(IS_IDLE)
    assert runtime_asked(server) == []
    with page.expect_worker():
        RunBlock(page, "count").root.hover()


def test_the_focus_fetches_where_idleness_does_not(page: Page, server: FaultyServer) -> None:
    page.add_init_script(SAVES_DATA)
    page.goto(server.address)
    with page.expect_worker():
        RunBlock(page, "count").run.focus()


def test_an_idle_browser_fetches_everything_and_then_runs_at_once(page: Page, server: FaultyServer) -> None:
    with page.expect_worker():
        page.goto(server.address)
    block = RunBlock(page, "count")
    block.press_run()
    assert sorted(runtime_asked(server)) == sorted(RUNTIME_FILES)


def test_the_start_is_told_in_words(page: Page, server: FaultyServer) -> None:
    server.hanging = {"stdlib.zip"}
    page.goto(server.address)
    block = RunBlock(page, "count")
    block.run.click()
    expect(block.status).to_have_text(re.compile(r"^Starting Python: 5 of 6 files…$"))
    expect(block.root).to_have_attribute("data-state", "booting")
    server.heal()
    block.wait_for("done")


@pytest.mark.parametrize("file", RUNTIME_FILES)
def test_a_missing_file_is_named_and_retry_works_when_it_is_back(
    page: Page, server: FaultyServer, file: str
) -> None:
    page.add_init_script(SAVES_DATA)
    server.missing = {file}
    page.goto(server.address)
    block = RunBlock(page, "count")
    block.run.click()
    expect_failure(block, file)
    server.heal()
    block.retry.click()
    block.wait_for("done")
    expect(block.retry).to_be_hidden()
    assert block.printed() == "count is 1\n"


@pytest.mark.parametrize("file", RUNTIME_FILES)
def test_a_file_that_never_comes_is_named(page: Page, server: FaultyServer, file: str) -> None:
    page.add_init_script(SAVES_DATA)
    page.clock.install()
    server.hanging = {file}
    page.goto(server.address)
    block = RunBlock(page, "count")
    block.run.click()
    last_sign_of_life = "Starting Python: 0 of" if file == "worker.js" else "Starting Python: 5 of"
    expect(block.status).to_contain_text(last_sign_of_life)
    page.clock.fast_forward(READERS_PATIENCE * 1000)
    expect_failure(block, f"{file} did not arrive: nothing came for")


def test_the_reader_waits_ten_seconds_at_most(page: Page, server: FaultyServer) -> None:
    page.add_init_script(SAVES_DATA)
    server.hanging = {"stdlib.zip"}
    page.goto(server.address)
    block = RunBlock(page, "count")
    block.run.click()
    expect(block.status).to_contain_text("5 of 6 files")
    expect_failure(block, "stdlib.zip did not arrive")
    server.heal()
    block.retry.click()
    block.wait_for("done")


@pytest.mark.parametrize(
    ("file", "media_type", "failure"),
    [
        ("pyodide.asm.wasm", "text/plain", "pyodide.asm.wasm could not be compiled"),
        ("pyodide.mjs", "text/plain", "pyodide.mjs could not be loaded"),
        ("worker.js", "text/plain", "worker.js could not be loaded"),
    ],
)
def test_a_file_of_the_wrong_type_is_named(
    page: Page, server: FaultyServer, file: str, media_type: str, failure: str
) -> None:
    page.add_init_script(SAVES_DATA)
    server.types = {file: media_type}
    page.goto(server.address)
    block = RunBlock(page, "count")
    block.run.click()
    expect_failure(block, failure)


def test_a_page_sent_in_place_of_an_archive_is_named(page: Page, server: FaultyServer) -> None:
    page.add_init_script(SAVES_DATA)
    server.replaced = {"packages.zip"}
    page.goto(server.address)
    block = RunBlock(page, "count")
    block.run.click()
    expect_failure(block, "packages.zip is not a zip archive")


def test_a_policy_without_webassembly_is_named(page: Page, server: FaultyServer) -> None:
    page.add_init_script(SAVES_DATA)
    server.content_policy = STRICT_POLICY
    page.goto(server.address)
    block = RunBlock(page, "count")
    block.run.click()
    expect_failure(block, "pyodide.asm.wasm could not be compiled")
    expect(block.status).to_contain_text("Content Security")


def test_a_strict_policy_with_webassembly_is_enough(page: Page, server: FaultyServer) -> None:
    server.content_policy = STRICT_POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(server.address)
    block = RunBlock(page, "sign_in")
    block.press_run()
    assert block.printed() == "200\n"
    assert [text for text in complaints if "Content Security Policy" in text] == []


def test_a_failed_start_that_nobody_waits_for_is_not_shown(page: Page, server: FaultyServer) -> None:
    server.missing = {"worker.js"}
    with page.expect_response("**/worker.js"):
        page.goto(server.address)
    block = RunBlock(page, "count")
    expect(block.status).to_have_text("")
    server.heal()
    block.press_run()
    expect(block.root).to_have_attribute("data-state", "done")
