"""A cold click with a slow line and a slow processor, and when the recorded output was there to read."""

from collections.abc import Iterator, Mapping
from statistics import median

from playwright.sync_api import Browser

from bench.report import Figure
from bench.stopwatch import LONGEST_WAIT, OURS, Subject, cold_page, press_and_wait
from bench.throttle import serve_slowly, slow_pages

ROUNDS = 3
LINE = 10e6
"""Bits a second."""
SLOWER = 4
"""The page's processes get one part in so many of the time."""

IS_THERE = "(output) => document.querySelector(output)?.textContent.trim()"
SINCE_OPENING = "performance.now()"


def figures(browser: Browser, subjects: Mapping[str, Subject]) -> Iterator[Figure]:
    """The medians; the subjects take turns."""
    waits: dict[str, list[float]] = {name: [] for name in subjects}
    recorded = []
    for _ in range(ROUNDS):
        for name, subject in subjects.items():
            with serve_slowly(subject.site, LINE) as address, cold_page(browser) as page:
                page.goto(f"{address}/{subject.path}", wait_until="commit")
                with slow_pages(SLOWER):
                    page.wait_for_selector(subject.button or subject.output, timeout=LONGEST_WAIT)
                    if subject is OURS:
                        page.wait_for_function(IS_THERE, arg=subject.output)
                        recorded.append(float(page.evaluate(SINCE_OPENING)))
                    waits[name].append(press_and_wait(page, subject).from_click)
    slow = f"{LINE / 1e6:.0f} Mbit/s, CPU 1/{SLOWER}"
    yield Figure(f"recorded output to read, {slow}", median(recorded), "ms")
    for name, taken in waits.items():
        yield Figure(f"{name}, cold click, {slow}", median(taken), "ms")
