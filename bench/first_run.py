"""How long a reader waits: from the click on Run to the first output, beside an empty Pyodide.

`python -m bench.first_run` needs a built site (scripts/build) and a Chromium. Every cold figure is taken in a
new browser context, so with an empty cache; the two pages take turns, so that the machine's load meets both.
A second visit is one in a context where a service worker has kept the first; a warm page has Python running.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from bench.report import Figure, machine
from bench.throttle import serve_slowly, slow_pages
from sessions_guide.chromium import LAUNCH_ARGS, find_chromium
from sessions_guide.serve import serve_in_background

ROOT = Path(__file__).parents[1]
LESSON = "revocation/revoked_but_accepted/"
ROUNDS = 5
WARM_ROUNDS = 15
SLOW_ROUNDS = 3
SLOW_LINE = 10e6
"""Bits a second."""
SLOW_FACTOR = 4

# The page must not boot ahead while we wait, so that the click meets nothing ready.
METERED = "Object.defineProperty(navigator, 'connection', {value: {saveData: true}})"

CLICK_TO_OUTPUT = """([button, output]) => new Promise((resolve, reject) => {
  const place = document.querySelector(output);
  place.textContent = '';
  const observer = new MutationObserver(() => {
    if (!place.textContent.trim()) return;
    observer.disconnect();
    resolve(performance.now() - began);
  });
  const began = performance.now();
  observer.observe(place, {childList: true, characterData: true, subtree: true});
  setTimeout(() => reject(new Error('no output within 60 s')), 60000);
  document.querySelector(button).click();
})"""

# Tasks of less than 50 ms are not told.
WATCH_LONG_TASKS = """
window.longest = 0;
new PerformanceObserver((list) => {
  window.longest = Math.max(window.longest, ...list.getEntries().map((task) => task.duration));
}).observe({type: 'longtask'});
"""
ALL_IS_KEPT = "navigator.serviceWorker.ready.then(() => caches.match(location.href)).then(Boolean)"
IS_THERE = "(output) => document.querySelector(output)?.textContent.trim()"
SINCE_NAVIGATION = "performance.now()"

STOCK_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Stock Pyodide</title>
<button id="run">Run</button><pre id="output"></pre><script type="module" src="stock.js"></script></html>"""
STOCK_SCRIPT = """document.querySelector('#run').onclick = () => {
  const worker = new Worker('stock_worker.js', {type: 'module'});
  worker.onmessage = (event) => { document.querySelector('#output').textContent = event.data; };
};"""
STOCK_WORKER = """import { loadPyodide } from './pyodide.mjs';
const python = await loadPyodide({stdout: (line) => postMessage(line)});
python.runPython('print(1)');"""


@contextmanager
def stock_site() -> Iterator[Path]:
    """A page that boots Pyodide as it comes, with its whole standard library, and prints 1."""
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder)
        for name in (
            "pyodide.mjs",
            "pyodide.asm.mjs",
            "pyodide.asm.wasm",
            "python_stdlib.zip",
            "pyodide-lock.json",
        ):
            shutil.copy(ROOT / "node_modules/pyodide" / name, site / name)
        for name, text in (
            ("index.html", STOCK_PAGE), ("stock.js", STOCK_SCRIPT), ("stock_worker.js", STOCK_WORKER)
        ):  # fmt: skip
            (site / name).write_text(text, "utf-8")
        yield site


def cold_click(browser: Browser, url: str, button: str, output: str) -> float:
    """Milliseconds from a click in a fresh context to the first output."""
    context = browser.new_context()
    context.add_init_script(METERED)
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector(button)
    waited = float(page.evaluate(CLICK_TO_OUTPUT, [button, output]))
    context.close()
    return waited


def bytes_loaded(browser: Browser, url: str, button: str, output: str) -> int:
    """Bytes of the bodies that a cold page loads until its first output."""
    context = browser.new_context()
    context.add_init_script(METERED)
    page, sizes = context.new_page(), []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    page.goto(url)
    page.wait_for_selector(button)
    page.evaluate(CLICK_TO_OUTPUT, [button, output])
    context.close()
    return sum(sizes)


def measure() -> list[Figure]:
    """All figures of the first run, medians over the rounds."""
    with sync_playwright() as playwright, stock_site() as stock:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=LAUNCH_ARGS)
        with serve_in_background(ROOT / "site") as ours_at, serve_in_background(stock) as stock_at:
            lesson = (f"{ours_at}/{LESSON}", *run_block("revoke"))
            empty = (f"{stock_at}/index.html", "#run", "#output")
            ours, theirs = [], []
            for _ in range(ROUNDS):
                theirs.append(cold_click(browser, *empty))
                ours.append(cold_click(browser, *lesson))
            figures = [
                Figure("empty stock Pyodide, cold click to output", median(theirs), "ms"),
                Figure("lesson 11.1, cold click to output", median(ours), "ms"),
                Figure("ratio", median(ours) / median(theirs), ""),
                *second_visit(browser, lesson),
                *warm_click(browser, lesson[0]),
                *slow_click(browser, stock),
                Figure("bytes to output, empty stock Pyodide", bytes_loaded(browser, *empty) / 1e6, "MB"),
                Figure("bytes to output, lesson 11.1", bytes_loaded(browser, *lesson) / 1e6, "MB"),
            ]
        browser.close()
    return figures


def run_block(section: str) -> tuple[str, str]:
    """The selectors of a block's Run button and of its output."""
    block = f'.highlight.run[data-section="{section}"]'
    return f"{block} .run-button", f"{block} .run-output-text"


def second_visit(browser: Browser, lesson: tuple[str, str, str]) -> list[Figure]:
    """The click to the output where a service worker has kept the first visit."""
    url, button, output = lesson
    context = browser.new_context()
    first = context.new_page()
    first.goto(url)
    first.click(button)
    first.wait_for_function(ALL_IS_KEPT)
    first.close()
    context.add_init_script(METERED)
    waits = []
    for _ in range(ROUNDS):
        page = context.new_page()
        page.goto(url)
        page.wait_for_selector(button)
        waits.append(float(page.evaluate(CLICK_TO_OUTPUT, [button, output])))
        page.close()
    context.close()
    return [Figure("lesson 11.1, second visit, click to output", median(waits), "ms")]


def slow_click(browser: Browser, stock: Path) -> list[Figure]:
    """A cold click with a slow line and a slow processor, and when the recorded output was there to read."""
    waits: dict[str, list[float]] = {"ours": [], "stock": [], "recorded": []}
    lesson = run_block("revoke")
    for _ in range(SLOW_ROUNDS):
        for name, site, path, button, output in (
            ("stock", stock, "index.html", "#run", "#output"),
            ("ours", ROOT / "site", LESSON, *lesson),
        ):
            with serve_slowly(site, SLOW_LINE) as address:
                context = browser.new_context()
                context.add_init_script(METERED)
                page = context.new_page()
                page.goto(f"{address}/{path}", wait_until="commit")
                with slow_pages(SLOW_FACTOR):
                    page.wait_for_selector(button)
                    if name == "ours":
                        page.wait_for_function(IS_THERE, arg=output)
                        waits["recorded"].append(float(page.evaluate(SINCE_NAVIGATION)))
                    waits[name].append(float(page.evaluate(CLICK_TO_OUTPUT, [button, output])))
                context.close()
    slow = f"10 Mbit/s, CPU 1/{SLOW_FACTOR}"
    return [
        Figure(f"{slow}: recorded output to read, lesson 11.1", median(waits["recorded"]), "ms"),
        Figure(f"{slow}: cold click to output, lesson 11.1", median(waits["ours"]), "ms"),
        Figure(f"{slow}: cold click to output, empty Pyodide", median(waits["stock"]), "ms"),
    ]


def warm_click(browser: Browser, url: str) -> list[Figure]:
    """The click to the output where Python has started, and how long the page could not answer."""
    context = browser.new_context()
    page: Page = context.new_page()
    page.add_init_script(WATCH_LONG_TASKS)
    page.goto(url)
    button, output = run_block("revoke")
    page.click(button)
    page.wait_for_selector('.highlight.run[data-section="revoke"][data-state="done"]')
    cold = float(page.evaluate("window.longest"))
    page.evaluate("window.longest = 0")
    waits = []
    for _ in range(WARM_ROUNDS):
        waits.append(float(page.evaluate(CLICK_TO_OUTPUT, [button, output])))
        page.wait_for_selector('.highlight.run[data-section="revoke"][data-state="done"]')
    longest = float(page.evaluate("window.longest"))
    context.close()
    return [
        Figure("lesson 11.1, warm click to output", median(waits), "ms"),
        Figure("longest main-thread task of page and first run (0: under 50)", cold, "ms"),
        Figure("longest main-thread task of warm runs (0: under 50)", longest, "ms"),
    ]


def main() -> None:
    """Measure and print."""
    for figure in measure():
        print(figure)
    rounds = f"{ROUNDS} cold, {WARM_ROUNDS} warm and {SLOW_ROUNDS} slow runs"
    print(f"Medians of {rounds}, {machine('playwright')}.")


if __name__ == "__main__":
    main()
