"""The states that a reader brings a lesson's page into, one after the other, on one open page."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.web.panel import Panel
from tests.web.run_block import RunBlock

LESSON = "/revocation/revoked_but_accepted/"
FIRST, SECOND, THIRD = "two_checks", "revoke", "wait"


def nothing_done(page: Page) -> None:
    expect(RunBlock(page, FIRST).run).to_be_visible()


def after_a_run(page: Page) -> None:
    RunBlock(page, FIRST).press_run()
    RunBlock(page, SECOND).press_run()
    expect(RunBlock(page, SECOND).root.locator(".wire-views")).to_be_visible()


def message_open_in_the_diagram(page: Page) -> None:
    block = RunBlock(page, SECOND)
    block.show("Diagram")  # a narrow page begins with the list
    block.root.locator(".wire-arrow").first.click()
    expect(block.root.locator(".run-request").first).to_be_visible()


def exchange_open_in_the_list(page: Page) -> None:
    block = RunBlock(page, SECOND)
    block.show("List")
    for toggle in block.root.locator(".run-exchange-toggle:visible").all():
        toggle.click()
    expect(block.root.locator(".run-response").first).to_be_visible()
    block.root.locator(".wire-follow:visible").first.click()


def token_inspector_open(page: Page) -> None:
    page.locator(".token-open:visible").first.click()
    expect(page.locator("dialog.token-inspector .token-verdict li").first).to_be_visible()


def token_inspector_with_a_change(page: Page) -> None:
    area = page.locator("dialog.token-inspector .token-text")
    area.focus()
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.type("x")
    expect(page.locator("dialog.token-inspector .token-button", has_text="Undo changes")).to_be_visible()


def token_inspector_closed(page: Page) -> None:
    page.keyboard.press("Escape")
    expect(page.locator("dialog.token-inspector")).to_be_hidden()


def laboratory_open(page: Page) -> None:
    panel = Panel(page)
    panel.open()
    for part in panel.root.locator(".lab-part-toggle:visible").all():
        if part.get_attribute("aria-expanded") == "false":
            part.click()


def whole_program_open(page: Page) -> None:
    RunBlock(page, FIRST).whole.click()
    expect(page.locator("dialog.run-program .run-program-line").first).to_be_visible()


def whole_program_closed(page: Page) -> None:
    page.keyboard.press("Escape")
    expect(page.locator("dialog.run-program")).to_be_hidden()


def editing(page: Page) -> None:
    block = RunBlock(page, FIRST)
    block.rewrite("import requests\n\nif requests:\n    print('one', 2)\n    raise ValueError('three')")
    block.changes.click()


def after_an_error(page: Page) -> None:
    RunBlock(page, FIRST).press_run()
    expect(RunBlock(page, FIRST).error).to_be_visible()


def while_it_runs(page: Page) -> None:
    block = RunBlock(page, FIRST)
    block.changes.click()
    block.rewrite("print('before')\nwhile True:\n    pass")
    block.run.click()
    expect(block.stop).to_be_visible()
    RunBlock(page, THIRD).run.click()  # it waits


def after_a_stop(page: Page) -> None:
    RunBlock(page, THIRD).stop.click()
    block = RunBlock(page, FIRST)
    block.stop.click()
    expect(block.root).to_have_attribute("data-state", "stopped")


STATES: tuple[Callable[[Page], None], ...] = (
    nothing_done,
    after_a_run,
    message_open_in_the_diagram,
    exchange_open_in_the_list,
    token_inspector_open,
    token_inspector_with_a_change,
    token_inspector_closed,
    laboratory_open,
    whole_program_open,
    whole_program_closed,
    editing,
    after_an_error,
    while_it_runs,
    after_a_stop,
)
