"""A page, and how long its reader waits for the first output.

Every cold figure is taken in a new browser context, so with an empty cache.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from bench.counting import serve_counting
from bench.shelf import ROOT

LESSON = "revocation/revoked_but_accepted/"
LONGEST_WAIT = 120_000
"""Milliseconds."""

# Our page must not boot ahead while we wait, so that the click meets nothing ready.
METERED = "Object.defineProperty(navigator, 'connection', {value: {saveData: true}})"

# Counted from when the mouse comes to the button, which may start what the click wants, or else from the
# press; where there is no button, from the opening. A text that stands there before, as the recorded output
# does, is taken away first.
EXPECT_OUTPUT = """([button, output, expected, longest]) => {
  const place = button && document.querySelector(output);
  if (place) place.textContent = '';
  let began = button ? undefined : 0;
  const note = () => { began ??= performance.now(); };
  for (const name of ['pointerover', 'pointerdown']) {
    if (button) document.querySelector(button).addEventListener(name, note, {capture: true, once: true});
  }
  window.firstOutput = new Promise((resolve, reject) => {
    const look = () => {
      if (began === undefined) return;
      const places = [...document.querySelectorAll(output)];
      if (!places.some((node) => node.textContent.includes(expected))) return;
      observer.disconnect();
      resolve([performance.now() - began, performance.now()]);
    };
    const observer = new MutationObserver(look);
    observer.observe(document, {childList: true, characterData: true, subtree: true});
    setTimeout(() => reject(new Error(`no output within ${longest / 1000} s`)), longest);
    look();
  });
}"""


@dataclass(frozen=True)
class Subject:
    """A page that is measured: where it is, what starts its program, where it prints, and what.

    `ready` is there when the button can be pressed. `button` None: the program runs when the page is opened.
    """

    site: Path
    path: str
    button: str | None
    output: str
    expected: str
    ready: str | None = None


@dataclass(frozen=True)
class Wait:
    """Milliseconds to the first output: from the click, if there is one, and from the opening of the page."""

    from_click: float
    from_opening: float


def run_block(section: str) -> tuple[str, str]:
    """The selectors of a block's Run button and of its output, on a page of ours."""
    block = f'.highlight.run[data-section="{section}"]'
    return f"{block} .run-button", f"{block} .run-output-text"


OURS = Subject(ROOT / "site", LESSON, *run_block("revoke"), "revoke: 200")


@contextmanager
def cold_page(browser: Browser) -> Iterator[Page]:
    """An empty page with nothing in its cache, which does not boot ahead."""
    context = browser.new_context()
    context.add_init_script(METERED)
    yield context.new_page()
    context.close()


def run_subject(page: Page, address: str, subject: Subject) -> Wait:
    """Open the page, press its button when it has loaded, and wait for the output.

    Raises Playwright's Error when there is none in time.
    """
    page.goto(f"{address}/{subject.path}", wait_until="load" if subject.button else "commit")
    for selector in (subject.button, subject.ready):
        if selector:
            page.wait_for_selector(selector, timeout=LONGEST_WAIT)
    return press_and_wait(page, subject)


def press_and_wait(page: Page, subject: Subject) -> Wait:
    """Press the button of the open page and wait for the output."""
    page.evaluate(EXPECT_OUTPUT, [subject.button, subject.output, subject.expected, LONGEST_WAIT])
    if subject.button:
        page.click(subject.button, timeout=LONGEST_WAIT)
    return Wait(*page.evaluate("window.firstOutput"))


def cold_wait(browser: Browser, address: str, subject: Subject) -> Wait:
    """The wait in a fresh context."""
    with cold_page(browser) as page:
        return run_subject(page, address, subject)


def bytes_loaded(browser: Browser, subject: Subject) -> tuple[int, int]:
    """Bytes that are sent for a cold page until its first output: as they are, and by gzip."""
    with serve_counting(subject.site) as server:
        cold_wait(browser, server.address, subject)
        return server.sizes()
