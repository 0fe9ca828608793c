"""The laboratory by keyboard, on a narrow screen, and as a screen reader has it, in both schemes."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from sessions_guide.bundle import REPOSITORY
from tests.web.conftest import FaultyServer
from tests.web.panel import Panel
from tests.web.run_block import LONGEST_RUN, RunBlock

AXE = REPOSITORY / "node_modules" / "axe-core" / "axe.min.js"
NARROWEST = 320  # CSS pixels


def test_the_keyboard_alone_is_enough(panel: Panel) -> None:
    keyboard = panel.page.keyboard
    panel.toggle.focus()
    keyboard.press("Enter")
    expect(panel.body).to_be_hidden()
    keyboard.press("Enter")
    expect(panel.body).to_be_visible()
    keyboard.press("Tab")
    step = panel.root.get_by_role("button", name="+1 s: ")
    expect(step).to_be_focused()
    assert step.evaluate("button => getComputedStyle(button).outlineStyle") == "solid"
    keyboard.press("Enter")
    expect(panel.clock).to_have_text("2026-01-05 09:00:01")
    expect(step).to_be_focused()
    expect(step).to_have_text("+1 s: 09:00:01 → 09:00:02")
    keyboard.press("Escape")
    expect(panel.body).to_be_hidden()
    expect(panel.toggle).to_be_focused()


def test_the_focus_stays_near_a_button_that_is_gone(panel: Panel) -> None:
    users, sessions = panel.part("users"), panel.part("idp_sessions")
    users.get_by_role("button", name="Disable alice@acme.test").press("Enter")
    expect(users.get_by_role("button", name="Enable alice@acme.test")).to_be_focused()
    sessions.get_by_role("button", name="Delete the session").press("Enter")
    expect(sessions.locator(".lab-part-toggle")).to_be_focused()


@pytest.fixture
def narrow(chromium: Browser, server: FaultyServer) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": NARROWEST, "height": 640})
    context.set_default_timeout(LONGEST_RUN)
    page = context.new_page()
    page.goto(server.address)
    yield page
    context.close()


def test_it_can_be_used_on_the_narrowest_screen_and_in_both_schemes(narrow: Page) -> None:
    panel = Panel(narrow)
    panel.open()
    RunBlock(narrow, "renew").press_run()
    for table in ("users", "keys", "system_log", "switches"):
        panel.part(table)
    panel.do("idp_sessions", "Delete")
    panel.do("users", "Disable alice@acme.test")
    widths = narrow.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1]
    narrow.evaluate(AXE.read_text("utf-8"))
    for scheme in ("default", "slate"):
        narrow.evaluate("scheme => document.body.dataset.mdColorScheme = scheme", scheme)
        found = narrow.evaluate("() => axe.run('.lab').then(({violations}) => violations)")
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
