"""No state of the laboratory breaks a rule of axe: in either scheme, wide, and narrow as at 400 % zoom."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.site.states import LESSON, STATES, after_a_run

REPOSITORY = Path(__file__).parents[2]
AXE = (REPOSITORY / "node_modules/axe-core/axe.min.js").read_text("utf-8")
CHECK = """async () => {
  const {violations} = await axe.run(document, {resultTypes: ['violations']});
  return violations.flatMap(({id, nodes}) =>
    nodes.map(({html, failureSummary}) => `${id}: ${html.slice(0, 90)}: ${failureSummary.split('\\n')[1]}`));
}"""
WIDE, NARROW = 1280, 320  # CSS pixels; the narrow page is the wide one at 400 %
SCHEMES = {"light": "default", "dark": "slate"}
MOVING = """() => document.getAnimations().length + [...document.querySelectorAll('*')].filter((element) => {
  const {scrollBehavior, transitionDuration, transitionProperty} = getComputedStyle(element);
  const lasts = transitionDuration.split(', ').some((time) => parseFloat(time) > 0.001);
  return scrollBehavior === 'smooth' || (transitionProperty !== 'none' && lasts);
}).length"""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(reduced_motion="reduce")
    yield context.new_page()
    context.close()


def broken_rules(page: Page) -> list[str]:
    """What axe finds."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found: Any = page.evaluate(CHECK)
    return list(found)


def show(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    page.wait_for_selector(f"body[data-md-color-scheme={SCHEMES[scheme]}]")


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_laboratory_is_accessible_in_each_state(page: Page, site_address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site_address}{LESSON}")
    found: dict[str, list[str]] = {}
    for state in STATES:
        state(page)
        for scheme in SCHEMES:
            show(page, scheme)
            if broken := broken_rules(page):
                found[f"{state.__name__} in {scheme}"] = broken
        if page.evaluate(MOVING):
            found[f"{state.__name__} moves"] = ["although the reader wants no motion"]
        across = page.evaluate("document.documentElement.scrollWidth")
        if across > width:
            found[f"{state.__name__} scrolls sideways"] = [str(across)]
    assert found == {}


def test_what_axe_would_find_is_found(page: Page, site_address: str) -> None:
    page.goto(f"{site_address}{LESSON}")
    page.evaluate("document.querySelector('article').append(document.createElement('button'))")
    assert [broken.split(":")[0] for broken in broken_rules(page)] == ["button-name"]


def test_every_page_is_accessible_at_rest(page: Page, site_address: str, built_site: Path) -> None:
    found: dict[str, list[str]] = {}
    paths = re.findall(r"<loc>https?://[^/]+(/[^<]*)", (built_site / "sitemap.xml").read_text("utf-8"))
    assert len(paths) > 10
    for path in paths:
        page.goto(f"{site_address}{path}")
        for scheme in SCHEMES:
            show(page, scheme)
            if broken := broken_rules(page):
                found[f"{path} in {scheme}"] = broken
    assert found == {}


def test_the_diagram_has_the_colours_that_a_reader_forces(page: Page, site_address: str) -> None:
    page.emulate_media(forced_colors="active", color_scheme="dark")
    page.goto(f"{site_address}{LESSON}")
    page.evaluate("document.body.dataset.mdColorScheme = 'default'")  # light, on a dark ground
    after_a_run(page)
    forced = page.evaluate("""() => {
      const probe = document.body.appendChild(document.createElement('p'));
      probe.style.color = 'CanvasText';
      return getComputedStyle(probe).color;
    }""")
    for part, property_ in ((".wire-label", "fill"), (".wire-carried", "fill"), (".wire-line", "stroke")):
        drawn = page.locator(part).first.evaluate("(part, name) => getComputedStyle(part)[name]", property_)
        assert drawn == forced, part
