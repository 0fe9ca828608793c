"""The start of Python: when it is fetched, and what the reader sees when it fails."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import FaultyServer
from tests.web.run_block import RunBlock

RUNTIME_FILES = (
    "worker.js",
    "pyodide.mjs",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm.gz",
    "snapshot.bin.gz",
    "programs.zip",
)
LIBRARY_FILES = ("stdlib.zip", "packages.zip")
READERS_PATIENCE = 10  # seconds until the reader must know what failed
NO_SERVICE_WORKER = "Object.defineProperty(Navigator.prototype, 'serviceWorker', {value: undefined})"
"""It would ask for files once more, to keep them."""
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


def runtime(server: FaultyServer) -> Path:
    """The folder of what the worker loads."""
    (folder,) = (server.site / "assets" / "run").glob("*/")
    return folder


def all_but(late: str, server: FaultyServer) -> str:
    """What the reader sees while all is there but one file."""
    sizes = {
        name: (runtime(server) / name).stat().st_size for name in RUNTIME_FILES if name != "worker.js"
    }
    here = 0 if late == "worker.js" else sum(size for name, size in sizes.items() if name != late)
    return f"Starting Python: {here / 1e6:.1f} of {sum(sizes.values()) / 1e6:.1f} MB…"


def expect_failure(block: RunBlock, text: str | re.Pattern[str]) -> None:
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
    page.add_init_script(NO_SERVICE_WORKER)
    with page.expect_worker():
        page.goto(server.address)
    block = RunBlock(page, "count")
    block.press_run()
    assert sorted(runtime_asked(server)) == sorted(RUNTIME_FILES)


def test_the_start_is_told_in_words(page: Page, server: FaultyServer) -> None:
    server.hanging = {"snapshot.bin.gz"}
    page.goto(server.address)
    block = RunBlock(page, "count")
    block.run.click()
    expect(block.status).to_have_text(re.compile(r"^Starting Python: \d\.\d of 1\d\.\d MB…$"))
    expect(block.root).to_have_attribute("data-state", "booting")
    bar = block.root.get_by_role("progressbar", name="Download of Python", exact=True)
    expect(block.status).to_have_text(all_but("snapshot.bin.gz", server))
    total = sum((runtime(server) / name).stat().st_size for name in RUNTIME_FILES if name != "worker.js")
    late = (runtime(server) / "snapshot.bin.gz").stat().st_size
    assert bar.evaluate("bar => [bar.value, bar.max]") == [total - late, total]
    expect(block.status).to_have_attribute("aria-live", "off")
    server.heal()
    block.wait_for("done")
    expect(bar).to_be_hidden()


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
    expect(block.status).to_contain_text(all_but(file, server))
    page.clock.fast_forward(READERS_PATIENCE * 1000)
    # another may have come, and still be unpacked
    expect_failure(block, re.compile(rf"{re.escape(file)}(, \S+)* did not arrive: nothing came for"))


def test_the_reader_waits_ten_seconds_at_most(page: Page, server: FaultyServer) -> None:
    page.add_init_script(SAVES_DATA)
    server.hanging = {"snapshot.bin.gz"}
    page.goto(server.address)
    block = RunBlock(page, "count")
    block.run.click()
    expect(block.status).to_contain_text(all_but("snapshot.bin.gz", server))
    expect_failure(block, "snapshot.bin.gz did not arrive")
    server.heal()
    block.retry.click()
    block.wait_for("done")


@pytest.mark.parametrize(
    ("file", "media_type", "failure"),
    [
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


@pytest.mark.parametrize(
    ("file", "failure"),
    [
        ("programs.zip", "programs.zip is not a zip archive"),
        ("snapshot.bin.gz", "snapshot.bin.gz is not a picture of Python's memory"),
        ("pyodide.asm.wasm.gz", "pyodide.asm.wasm.gz could not be compiled"),
    ],
)
def test_a_page_sent_in_place_of_a_file_is_named(
    page: Page, server: FaultyServer, file: str, failure: str
) -> None:
    page.add_init_script(SAVES_DATA)
    server.replaced = {file}
    page.goto(server.address)
    block = RunBlock(page, "count")
    block.run.click()
    expect_failure(block, failure)


def test_a_host_may_unpack_what_it_sends(page: Page, server: FaultyServer) -> None:
    server.encoded = {"snapshot.bin.gz", "pyodide.asm.wasm.gz"}
    page.goto(server.address)
    block = RunBlock(page, "count")
    block.press_run()
    assert block.printed() == "count is 1\n"


def test_the_library_is_fetched_by_a_program_that_imports_more(page: Page, server: FaultyServer) -> None:
    page.goto(server.address)
    block = RunBlock(page, "count")
    block.press_run()
    assert not [path for path in server.asked if path.endswith(LIBRARY_FILES)]
    block.rewrite("import statistics\nprint(statistics.mean([1, 2, 3]))")
    block.press_run()
    assert block.printed() == "2\n", block.root.text_content()
    fetched = [path.rpartition("/")[2] for path in server.asked if path.endswith(LIBRARY_FILES)]
    assert fetched == ["stdlib.zip"]


def test_a_library_that_does_not_come_fails_the_import_and_no_more(page: Page, server: FaultyServer) -> None:
    server.missing = {"stdlib.zip"}
    page.goto(server.address)
    block = RunBlock(page, "count")
    block.rewrite("import statistics")
    block.press_run()
    expect(block.root).to_have_attribute("data-state", "failed")
    server.heal()
    block.press_run()
    expect(block.root).to_have_attribute("data-state", "done")


def test_a_policy_without_webassembly_is_named(page: Page, server: FaultyServer) -> None:
    page.add_init_script(SAVES_DATA)
    server.content_policy = STRICT_POLICY
    page.goto(server.address)
    block = RunBlock(page, "count")
    block.run.click()
    expect_failure(block, "pyodide.asm.wasm.gz could not be compiled")
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
