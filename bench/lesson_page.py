"""Our own page beyond the first click: second visit, warm click, and how long it could not answer."""

from collections.abc import Iterator
from statistics import median

from playwright.sync_api import Browser, Page

from bench.report import Figure
from bench.stopwatch import LONGEST_WAIT, METERED, OURS, cold_page, press_and_wait, run_subject

VISITS = 5
WARM_ROUNDS = 15
EXCHANGES = 300
LONGEST_BLOCK = 50
"""Milliseconds that the page may not answer; tasks shorter than that are not told."""
BLOCK = '.highlight.run[data-section="revoke"]'
DONE = f'{BLOCK}[data-state="done"]'
MANY = f"""import requests
from sessions_sandbox import sandbox

for _ in range({EXCHANGES}):
    requests.get(f"{{sandbox.issuer}}/v1/keys", timeout=5)
"""

WATCH_LONG_TASKS = """
window.longest = 0;
window.watch = new PerformanceObserver(noteLongest);
function noteLongest(list) {
  window.longest = Math.max(window.longest, ...list.getEntries().map((task) => task.duration));
}
window.watch.observe({type: 'longtask'});
"""
# A task is told after it has ended, in a task of its own.
LONGEST_TASK = """() => new Promise((resolve) => setTimeout(() => {
  resolve(window.longest);
  window.longest = 0;
}, 200))"""
# wait_for_function() takes a promise for true, whatever comes of it; evaluate() waits for it.
ALL_IS_KEPT = "navigator.serviceWorker.ready.then(() => caches.match(location.href)).then(Boolean)"
POLL = 100
"""Milliseconds."""


def figures(browser: Browser, address: str) -> Iterator[Figure]:
    """All figures, each as soon as it is there."""
    yield from _second_visit(browser, address)
    yield from _warm_clicks(browser, address)
    yield from _many_exchanges(browser, address)


def _second_visit(browser: Browser, address: str) -> Iterator[Figure]:
    """The click to the output where a service worker kept the first visit, and nothing is booted ahead."""
    context = browser.new_context()
    first = context.new_page()
    run_subject(first, address, OURS)
    for _ in range(LONGEST_WAIT // POLL):
        if first.evaluate(ALL_IS_KEPT):
            break
        first.wait_for_timeout(POLL)
    else:
        raise RuntimeError(f"The service worker kept nothing within {LONGEST_WAIT / 1000} s")
    first.close()
    context.add_init_script(METERED)
    waits = []
    for _ in range(VISITS):
        page = context.new_page()
        waits.append(run_subject(page, address, OURS).from_click)
        page.close()
    context.close()
    yield Figure("lesson page, second visit, click to output", median(waits), "ms", at_most=1000)


def _warm_clicks(browser: Browser, address: str) -> Iterator[Figure]:
    """The click to the output where Python has started, and how long the page could not answer."""
    with cold_page(browser) as page:
        page.add_init_script(WATCH_LONG_TASKS)
        page.goto(f"{address}/{OURS.path}")
        page.wait_for_selector(f"{BLOCK} .run-button")
        page.evaluate(LONGEST_TASK)
        press_and_wait(page, OURS)
        page.wait_for_selector(DONE)
        yield _longest_task("first run", page)
        waits = []
        for _ in range(WARM_ROUNDS):
            waits.append(press_and_wait(page, OURS).from_click)
            page.wait_for_selector(DONE)
        yield Figure("lesson page, warm click to output", median(waits), "ms", at_most=100)
        yield _longest_task("warm runs", page)


def _many_exchanges(browser: Browser, address: str) -> Iterator[Figure]:
    """How long the page could not answer while a run of many exchanges was drawn, as diagram and as list."""
    with cold_page(browser) as page:
        page.add_init_script(WATCH_LONG_TASKS)
        run_subject(page, address, OURS)
        page.click(f"{BLOCK} .run-edit")
        page.fill(f"{BLOCK} .cm-content.run-editor", MANY)
        page.evaluate(LONGEST_TASK)
        page.click(f"{BLOCK} .run-button")
        page.wait_for_selector(f"{BLOCK}:not([data-state='done'])")
        page.wait_for_selector(DONE, timeout=LONGEST_WAIT)
        page.wait_for_function(f"document.querySelectorAll('{BLOCK} .wire-arrow').length === {2 * EXCHANGES}")
        yield _longest_task(f"{EXCHANGES} exchanges drawn", page)
        page.click(f"{BLOCK} .wire-view:text('List')")
        page.wait_for_function(f"document.querySelectorAll('{BLOCK} .run-exchange').length === {EXCHANGES}")
        yield _longest_task(f"{EXCHANGES} exchanges listed", page)


def _longest_task(what: str, page: Page) -> Figure:
    name = f"longest main-thread task, {what} (0: under {LONGEST_BLOCK})"
    return Figure(name, float(page.evaluate(LONGEST_TASK)), "ms", at_most=LONGEST_BLOCK)
