"""What the browser keeps for later: a runtime of one build, and pages for when there is no network."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.web.conftest import FaultyServer
from tests.web.run_block import RunBlock

SAVES_DATA = "Object.defineProperty(navigator, 'connection', {value: {saveData: true}})"
IS_KEPT = "navigator.serviceWorker.ready.then(() => true)"
PAGE_IS_KEPT = """async () => {
  const styles = [...document.querySelectorAll('link[rel=stylesheet]')].map((link) => link.href);
  return (await Promise.all([location.href, ...styles].map((url) => caches.match(url)))).every(Boolean);
}"""
KEPT = """async () => {
  const kept = {};
  for (const name of await caches.keys()) {
    kept[name] = (await (await caches.open(name)).keys()).map((request) => request.url);
  }
  return kept;
}"""
WASM_TYPE = """async (url) => (await caches.match(url)).headers.get('Content-Type')"""
NEWER = "0123456789abcdef"


def wait_until(page: Page, promised: str) -> None:
    """Wait until an async function promises something true; `wait_for_function` would take any promise."""
    waiting = f"""async () => {{
      const isSo = {promised};
      while (!(await isSo())) {{
        await new Promise((resolve) => setTimeout(resolve, 20));
      }}
      return true;
    }}"""
    assert page.evaluate(waiting)


def visit(page: Page, server: FaultyServer) -> None:
    """A first visit with a run, until all is kept."""
    page.goto(server.address)
    RunBlock(page, "count").press_run()
    page.evaluate(IS_KEPT)
    wait_until(page, PAGE_IS_KEPT)


def build(server: FaultyServer) -> str:
    (runtime,) = (server.site / "assets" / "run").glob("*/")
    return runtime.name


def expect_a_run(page: Page) -> None:
    block = RunBlock(page, "sign_in")
    block.press_run()
    assert block.printed() == "200\n"


def test_a_second_visit_asks_for_nothing_of_the_runtime(page: Page, server: FaultyServer) -> None:
    visit(page, server)
    server.asked.clear()
    page.reload()
    expect_a_run(page)
    assert [path for path in server.asked if build(server) in path] == []


def test_a_lesson_runs_without_a_network(page: Page, server: FaultyServer) -> None:
    visit(page, server)
    page.close()
    page.context.set_offline(True)
    page = page.context.new_page()
    page.goto(f"{server.address}/?h=word#part")
    expect(page.locator(".run-bar").first).to_have_css("display", "flex")  # by its style sheet
    expect_a_run(page)


def test_what_is_kept_is_of_this_site_and_of_one_build(page: Page, server: FaultyServer) -> None:
    visit(page, server)
    kept: dict[str, list[str]] = page.evaluate(KEPT)
    assert list(kept) == [f"{server.address}/ runtime {build(server)}", f"{server.address}/ pages"]
    assert all(url.startswith(server.address) for urls in kept.values() for url in urls)
    runtime, pages = kept.values()
    assert f"{server.address}/assets/run/run.js" in runtime
    assert f"{server.address}/assets/run.css" in pages
    wasm = f"{server.address}/assets/run/{build(server)}/pyodide.asm.wasm.gz"
    assert page.evaluate(WASM_TYPE, wasm) == "application/wasm"


def test_a_page_comes_from_the_network_while_there_is_one(page: Page, server: FaultyServer) -> None:
    visit(page, server)
    index = server.site / "index.html"
    before = index.read_text("utf-8")
    try:
        index.write_text(before.replace("<h1>Run blocks", "<h1>New blocks"), "utf-8")
        page.reload()
        expect(page.locator("h1")).to_have_text("New blocks")
    finally:
        index.write_text(before, "utf-8")


def test_nothing_is_kept_where_bytes_cost_money(page: Page, server: FaultyServer) -> None:
    page.add_init_script(SAVES_DATA)
    page.goto(server.address)
    RunBlock(page, "count").press_run()
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    assert not any(path.endswith("service_worker.js") for path in server.asked)


def test_a_site_whose_service_worker_fails_runs_all_the_same(page: Page, server: FaultyServer) -> None:
    server.missing = {"service_worker.js"}
    page.goto(server.address)
    expect_a_run(page)
    while not any(path.endswith("/service_worker.js") for path in server.asked):
        page.wait_for_timeout(20)
    page.reload()
    expect_a_run(page)
    assert page.evaluate("caches.keys()") == []


@pytest.fixture
def deployment(server: FaultyServer) -> Any:
    """Changes the site into one of another build, as a new deployment does, and back."""
    older = build(server)
    runtime, site = server.site / "assets" / "run", server.site

    def rename(old: str, new: str) -> None:
        (runtime / old).rename(runtime / new)
        for script in (runtime / "run.js", site / "service_worker.js"):
            script.write_bytes(script.read_bytes().replace(old.encode(), new.encode()))

    yield lambda: rename(older, NEWER)
    rename(NEWER, older)


def caches_of(context: BrowserContext, page: Page) -> list[str]:
    return [name.rpartition(" ")[2] for name in page.evaluate("caches.keys()")]


def test_a_new_build_replaces_the_old_one_when_its_pages_are_closed(
    page: Page, server: FaultyServer, deployment: Any
) -> None:
    visit(page, server)
    older = build(server)
    deployment()
    other = page.context.new_page()
    other.goto(server.address)
    expect_a_run(other)
    expect_a_run(page)  # of the older build, from the cache
    wait_until(other, "async () => (await navigator.serviceWorker.getRegistration()).waiting !== null")
    assert {older, NEWER} <= set(caches_of(page.context, page))
    page.close()
    other.close()
    last = page.context.new_page()
    last.goto(server.address)
    wait_until(last, f"async () => !(await caches.keys()).some((name) => name.endsWith('{older}'))")
    assert sorted(caches_of(page.context, last)) == [NEWER, "pages"]
    expect_a_run(last)


def test_a_script_of_another_build_is_not_kept(page: Page, server: FaultyServer) -> None:
    script: Path = server.site / "service_worker.js"
    before = script.read_bytes()
    name = build(server)
    (server.site / "assets" / "run" / NEWER).symlink_to(server.site / "assets" / "run" / name)
    try:
        script.write_bytes(before.replace(name.encode(), NEWER.encode()))
        page.goto(server.address)
        RunBlock(page, "count").press_run()
        wait_until(page, "async () => (await caches.keys()).length === 1")
        failed = "navigator.serviceWorker.getRegistration().then((it) => !it)"
        page.wait_for_function(failed)
    finally:
        (server.site / "assets" / "run" / NEWER).unlink()
        script.write_bytes(before)
