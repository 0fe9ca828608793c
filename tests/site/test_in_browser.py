"""Every page of the built site in Chromium: private, readable, and usable by keyboard."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request, ViewportSize

SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 700}

TO_THE_END = """() => new Promise((done) => {
  window.scrollTo(0, document.body.scrollHeight);
  requestAnimationFrame(() => requestAnimationFrame(done));
})"""

# Text whose contrast with what lies behind it is below 4.5:1, or 3:1 where it is large (WCAG 2.2, 1.4.3).
HARD_TO_READ = """() => {
  const brush = Object.assign(document.createElement('canvas'), {width: 1, height: 1})
    .getContext('2d', {willReadFrequently: true});
  const luminance = (colours) => {
    for (const colour of ['white', ...colours]) { brush.fillStyle = colour; brush.fillRect(0, 0, 1, 1); }
    const [r, g, b] = [...brush.getImageData(0, 0, 1, 1).data].map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = new Map();
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
    const text = own.map((node) => node.data).join('').trim();
    if (!text || !element.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
    const style = getComputedStyle(element);
    const grounds = [];
    for (let at = element; at; at = at.parentElement) grounds.unshift(getComputedStyle(at).backgroundColor);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const key = [...grounds, style.color, large].join();
    if (found.has(key)) continue;
    const [dark, light] = [luminance(grounds), luminance([...grounds, style.color])].sort((a, b) => a - b);
    const ratio = (light + 0.05) / (dark + 0.05);
    found.set(key, ratio < (large ? 3 : 4.5) && `${ratio.toFixed(2)} <${element.className}> ${text}`);
  }
  return [...found.values()].filter(Boolean);
}"""


@dataclass
class Visit:
    """What a browser did and saw on one page."""

    asked: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    width_on_phone: int = 0
    hard_to_read: dict[str, list[str]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def addresses(built_site: Path, site_address: str) -> list[str]:
    paths = re.findall(r"<loc>https?://[^/]+(/[^<]*)", (built_site / "sitemap.xml").read_text("utf-8"))
    assert len(paths) > 10
    return [f"{site_address}{path}" for path in paths]


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with new_page(chromium) as page:
        yield page


@contextmanager
def new_page(chromium: Browser) -> Iterator[Page]:
    """A page on a connection that asks for few bytes, so that Python does not start by itself."""
    context = chromium.new_context(viewport=DESKTOP, reduced_motion="reduce")
    context.add_init_script("Object.defineProperty(navigator, 'connection', {value: {saveData: true}})")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def visits(chromium: Browser, addresses: list[str]) -> dict[str, Visit]:
    """One visit to each page: to its end, with all that is folded open, in both schemes, on a phone."""
    with new_page(chromium) as page:
        return {address: visit(page, address) for address in addresses}


def visit(page: Page, address: str) -> Visit:
    seen = Visit()

    def note_request(request: Request) -> None:
        seen.asked.append(request.url)

    def note_error(error: Error) -> None:
        seen.errors.append(str(error))

    def note_message(message: ConsoleMessage) -> None:
        if message.type == "error":
            seen.errors.append(message.text)

    page.on("request", note_request)
    page.on("pageerror", note_error)
    page.on("console", note_message)
    page.set_viewport_size(DESKTOP)
    page.goto(address)
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    page.evaluate(TO_THE_END)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.wait_for_selector(f"body[data-md-color-scheme={'slate' if scheme == 'dark' else 'default'}]")
        seen.hard_to_read[scheme] = page.evaluate(HARD_TO_READ)
    page.set_viewport_size(PHONE)
    seen.width_on_phone = page.evaluate("document.documentElement.scrollWidth")
    page.remove_listener("request", note_request)
    page.remove_listener("pageerror", note_error)
    page.remove_listener("console", note_message)
    return seen


def test_no_page_asks_another_host(visits: dict[str, Visit], site_address: str) -> None:
    own = (f"{site_address}/", "data:", "blob:")
    asked = [(address, url) for address, visit in visits.items() for url in visit.asked]
    assert len(asked) > len(visits)
    assert [(address, url) for address, url in asked if not url.startswith(own)] == []


def test_no_page_starts_python_unasked(visits: dict[str, Visit]) -> None:
    assert [url for visit in visits.values() for url in visit.asked if url.endswith((".wasm", ".zip"))] == []


def test_no_page_reports_an_error(visits: dict[str, Visit]) -> None:
    assert {address: visit.errors for address, visit in visits.items() if visit.errors} == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_text_can_be_read(visits: dict[str, Visit], scheme: str) -> None:
    hard = {address: visit.hard_to_read[scheme] for address, visit in visits.items()}
    assert {address: texts for address, texts in hard.items() if texts} == {}


def test_no_page_is_wider_than_a_phone(visits: dict[str, Visit]) -> None:
    widths = {address: visit.width_on_phone for address, visit in visits.items()}
    assert {address: width for address, width in widths.items() if width > PHONE["width"]} == {}


def test_pages_change_without_a_reload(page: Page, addresses: list[str]) -> None:
    with page.expect_response("**/sitemap.xml"):
        page.goto(addresses[0])
    page.evaluate("window.survives = true")
    page.click("nav.md-nav--primary a[href*='revoked_but_accepted']")
    page.wait_for_url("**/revoked_but_accepted/")
    page.wait_for_selector(".highlight.run")
    assert page.evaluate("window.survives") is True


def test_the_keyboard_reaches_the_text_past_the_navigation(page: Page, addresses: list[str]) -> None:
    page.goto(addresses[0])
    page.keyboard.press("Tab")
    link = page.locator(":focus")
    assert link.inner_text().strip() == "Skip to content"
    assert link.evaluate("link => getComputedStyle(link).opacity") == "1"
    box = link.bounding_box()
    assert box is not None
    assert box["y"] >= 0
    page.keyboard.press("Enter")
    page.wait_for_url("**#*")


def test_controls_have_names(page: Page, addresses: list[str]) -> None:
    page.goto(addresses[0])
    assert page.locator("[role=dialog]").get_attribute("aria-label") == "Search"
    nameless = page.locator("button, [role=button], input:not([type=hidden])").evaluate_all(
        """found => found
             .filter((element) => element.checkVisibility() && !element.textContent.trim())
             .filter((element) => !element.getAttribute('aria-label') && !element.labels?.length)
             .map((element) => element.outerHTML)"""
    )
    assert nameless == []


def test_links_in_text_are_underlined(page: Page, addresses: list[str]) -> None:
    page.goto(addresses[0])
    lines = page.locator("article p a, article li a").evaluate_all(
        "links => links.map(link => getComputedStyle(link).textDecorationLine)"
    )
    assert lines
    assert set(lines) == {"underline"}
