"""What run blocks look like: readable in both schemes, and on a narrow screen."""

import pytest
from playwright.sync_api import Page

from tests.web.conftest import FaultyServer
from tests.web.run_block import RunBlock

LEAST_CONTRAST = 4.5
NARROW = 320  # pixels
TEXTS = (
    *(".run-button", ".run-edit", ".run-reset", ".run-status", ".run-editor", ".run-output-label"),
    *(".run-output-text", ".run-error-label", ".run-error", ".run-exchange-url", ".run-exchange-status"),
    *(".run-request", ".run-mark"),
)
CONTRAST = """(node) => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
    const paint = (colors) => {
        canvas.clearRect(0, 0, 1, 1);
        for (const color of colors) {
            canvas.fillStyle = color;
            canvas.fillRect(0, 0, 1, 1);
        }
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const luminance = (colors) => {
        const [red, green, blue] = paint(colors).map((part) => part / 255)
            .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const grounds = ["white"];
    for (let at = node, place = 1; at; at = at.parentElement) {
        grounds.splice(place, 0, getComputedStyle(at).backgroundColor);
    }
    const [light, dark] = [luminance(grounds), luminance([...grounds, getComputedStyle(node).color])]
        .sort((one, other) => other - one);
    return (light + 0.05) / (dark + 0.05);
}"""


def show_everything(page: Page) -> None:
    """Bring every kind of text onto the page."""
    RunBlock(page, "fail").press_run()
    block = RunBlock(page, "sign_in")
    block.edit.click()
    block.press_run()
    block.show("List")
    for toggle in block.root.locator(".run-exchange-toggle").all():
        toggle.click()


@pytest.mark.parametrize("scheme", ["default", "slate"])
def test_every_text_stands_out_from_its_ground(blocks: Page, scheme: str) -> None:
    blocks.evaluate("scheme => document.body.dataset.mdColorScheme = scheme", scheme)
    show_everything(blocks)
    for text in TEXTS:
        locator = blocks.locator(f"{text}:visible")
        assert locator.count() > 0, text
        for one in locator.all():
            assert one.evaluate(CONTRAST) >= LEAST_CONTRAST, f"{text} in {scheme}"
    blocks.evaluate("document.body.dataset.mdColorScheme = 'default'")


def test_a_narrow_screen_needs_no_scrolling_sideways(page: Page, server: FaultyServer) -> None:
    page.set_viewport_size({"width": NARROW, "height": 640})
    page.goto(server.address)
    show_everything(page)
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW
