"""Makes the pictures of the README: a lesson of the site after a run, light and dark, wide and narrow."""

from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from sessions_guide.chromium import LAUNCH_ARGS, ensure_chromium
from sessions_guide.serve import serve_in_background

FOLDER = Path("docs/assets")
LESSON = "refresh/theft_detected/"
SECTION = "thief_comes_second"
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
SIZES: dict[str, ViewportSize] = {
    "wide": {"width": 1280, "height": 1140},  # CSS pixels
    "narrow": {"width": 390, "height": 1500},
}
ABOVE = 60  # CSS pixels that the header covers
AT_THE_TOP = """(element, above) => {
  document.querySelector(".md-top").style.display = "none";  // it stays a while after scrolling up
  scrollTo(0, element.getBoundingClientRect().top + scrollY - above);
}"""


def take_all(site: Path, folder: Path) -> None:
    """Write `laboratory-{light,dark}-{wide,narrow}.png` of a built site."""
    with sync_playwright() as playwright, serve_in_background(site) as address:
        browser = playwright.chromium.launch(executable_path=ensure_chromium(), args=LAUNCH_ARGS)
        for scheme in SCHEMES:
            for name, size in SIZES.items():
                take(browser, f"{address}/{LESSON}", scheme, size, folder / f"laboratory-{scheme}-{name}.png")
        browser.close()


def take(
    browser: Browser, address: str, scheme: Literal["light", "dark"], size: ViewportSize, picture: Path
) -> None:
    """Open the lesson, press Run, open the laboratory, and write what a reader then sees."""
    context = browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce")
    page = context.new_page()
    page.goto(address)
    block = page.locator(f'.highlight.run[data-section="{SECTION}"]')
    block.locator(".run-button").click()
    page.locator(f'.highlight.run[data-section="{SECTION}"][data-state="done"]').wait_for()
    page.locator(".lab-toggle").click()
    page.locator(".lab-time").wait_for()
    block.locator(".run-bar").evaluate(AT_THE_TOP, ABOVE)
    page.mouse.move(0, 0)
    page.screenshot(path=picture)
    context.close()


if __name__ == "__main__":
    take_all(Path("site"), FOLDER)
