"""Makes the picture of the README: lesson 11.1 on the built site, after its blocks have run."""

from pathlib import Path

from playwright.sync_api import sync_playwright

from sessions_guide.chromium import LAUNCH_ARGS, ensure_chromium
from sessions_guide.serve import serve_in_background

PICTURE = Path("docs/assets/screenshot.png")
LESSON = "revocation/revoked_but_accepted/"
SECTIONS = ("revoke", "serve_on", "wait")
WIDTH, HEIGHT = 1280, 1820  # CSS pixels


def take(site: Path, picture: Path) -> None:
    """Open the lesson in a built site, press Run, and write what a reader then sees."""
    with sync_playwright() as playwright, serve_in_background(site) as address:
        browser = playwright.chromium.launch(executable_path=ensure_chromium(), args=LAUNCH_ARGS)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(f"{address}/{LESSON}")
        for section in SECTIONS:
            block = f'.highlight.run[data-section="{section}"]'
            page.locator(f"{block} .run-button").click()
            page.locator(f'{block}[data-state="done"]').wait_for()
        page.locator(f'.highlight.run[data-section="{SECTIONS[0]}"]').evaluate(
            "block => scrollTo(0, block.getBoundingClientRect().top + scrollY - 120)"
        )
        page.add_style_tag(content=".md-top { display: none }")  # it stays a while after scrolling up
        page.screenshot(path=picture)
        browser.close()


if __name__ == "__main__":
    take(Path("site"), PICTURE)
