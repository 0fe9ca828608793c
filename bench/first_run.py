"""How long a reader waits from the click on Run to the first output, beside other ways to run Python.

`python -m bench first_run` needs a built site (scripts/build) and a Chromium. All pages come from local
servers of one kind, in one browser, and take turns, so that the machine's load meets all. Ours starts nothing
before the click here, though for readers it does; JupyterLite and marimo start when they are opened, which
favours them. What cannot be had on this machine is said to be not measured, and why.
"""

import sys
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Error as BrowserError

from bench import jupyterlite, lesson_page, marimo_export, slow_line, stock_pyodide
from bench.report import Figure, machine
from bench.shelf import NotMeasured
from bench.stopwatch import OURS, Subject, Wait, bytes_loaded, cold_wait
from sessions_guide.chromium import LAUNCH_ARGS, find_chromium
from sessions_guide.serve import serve_in_background

ROUNDS = 5
LESSON, EMPTY, PACKAGES = "lesson page", "empty stock Pyodide", "stock Pyodide + packages"
JUPYTERLITE = "JupyterLite"
OTHERS: dict[str, Callable[[Path], Subject]] = {
    EMPTY: stock_pyodide.empty,
    PACKAGES: stock_pyodide.with_packages,
    f"{JUPYTERLITE}, print(1)": jupyterlite.empty,
    JUPYTERLITE: jupyterlite.with_packages,
    "marimo, 1": marimo_export.empty,
    "marimo": marimo_export.with_packages,
}
CLICK_AT_MOST = {EMPTY: 0.45, JUPYTERLITE: 0.2}
"""The lesson page's wait, as a part of theirs."""
NOTES = """\
Program: the lesson's, to the first output of its second block. Empty stock Pyodide prints 1; micropip
installs the packages of the other. Where print(1) or 1 is named, that is the program.
click: from when the mouse is at the button, pressed once the page has loaded. JupyterLite's is pressed when
the page names its kernel, which starts then; marimo's page (run mode) has none: it starts when opened.
gzip: as from a host that compresses; what gzip would not make smaller counts as it is.
All have the same Pyodide, but for marimo (its own), and our stand-ins for cryptography and time-machine.
Pyodide's build of cryptography is not on PyPI; with it the others would load more."""


@dataclass(frozen=True)
class Served:
    """A subject and the address of its site."""

    subject: Subject
    address: str


def compare(browser: Browser) -> Iterator[Figure | str]:
    """Every figure as soon as it is there, and a line for each that could not be measured."""
    with ExitStack() as stack:
        served = yield from _serve_all(stack)
        clicks = yield from _cold_clicks(browser, served)
        for name, at_most in CLICK_AT_MOST.items():
            if name in clicks:
                ratio = clicks[LESSON] / clicks[name]
                yield Figure(f"cold click, {LESSON} to {name}", ratio, "", at_most)
        yield from _bytes(browser, {name: served[name].subject for name in clicks})
        yield from lesson_page.figures(browser, served[LESSON].address)
        slow = {name: served[name].subject for name in (LESSON, EMPTY, PACKAGES) if name in clicks}
        yield from slow_line.figures(browser, slow)


def _serve_all(stack: ExitStack) -> Generator[str, None, dict[str, Served]]:
    """Our page and what could be had of the others, served until the stack is closed."""
    served = {LESSON: Served(OURS, stack.enter_context(serve_in_background(OURS.site)))}
    for name, make in OTHERS.items():
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        try:
            subject = make(folder)
        except NotMeasured as reason:
            yield f"{name}: not measured: {reason}"
        else:
            served[name] = Served(subject, stack.enter_context(serve_in_background(subject.site)))
    return served


def _cold_clicks(
    browser: Browser, served: dict[str, Served]
) -> Generator[Figure | str, None, dict[str, float]]:
    """Medians from the click, by the names of those that printed what they should."""
    waits: dict[str, list[Wait]] = {name: [] for name in served}
    for number in range(1, ROUNDS + 1):
        _tell(f"cold, round {number} of {ROUNDS}")
        for name in list(waits):
            try:
                waits[name].append(cold_wait(browser, served[name].address, served[name].subject))
            except BrowserError as error:
                if name == LESSON:
                    raise
                del waits[name]
                yield f"{name}: not measured: {error.message.splitlines()[0]}"
    clicks = {name: median(wait.from_click for wait in taken) for name, taken in waits.items()}
    for name, taken in waits.items():
        if served[name].subject.button:
            yield Figure(f"{name}, cold: click to first output", clicks[name], "ms")
        opening = median(wait.from_opening for wait in taken)
        yield Figure(f"{name}, cold: opening to first output", opening, "ms")
    return clicks


def _bytes(browser: Browser, subjects: dict[str, Subject]) -> Iterator[Figure]:
    """What each loads until its first output; ours against stock Pyodide with the same packages."""
    loaded = {name: bytes_loaded(browser, subject) for name, subject in subjects.items()}
    for way, what in enumerate(("bytes to first output", "bytes to first output, gzip")):
        for name, sizes in loaded.items():
            limit = loaded[PACKAGES][way] / 1e6 if name == LESSON and PACKAGES in loaded else None
            yield Figure(f"{name}, {what}", sizes[way] / 1e6, "MB", limit)


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Measure, and print each figure when it is there. Ends the program where there is no built site."""
    if not (OURS.site / OURS.path / "index.html").is_file():
        sys.exit(f"There is no {OURS.path} in {OURS.site.name}/. Build the site: scripts/build")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=LAUNCH_ARGS)
        for line in compare(browser):
            print(line, flush=True)
        browser.close()
    print(NOTES)
    counts = f"{ROUNDS} cold, {lesson_page.WARM_ROUNDS} warm and {slow_line.ROUNDS} slow runs"
    print(f"Medians of {counts}, {machine('playwright')}.")


if __name__ == "__main__":
    main()
