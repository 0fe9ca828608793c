"""Edits last from visit to visit, and their differences from the page's code can be seen."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import FaultyServer
from tests.web.run_block import RunBlock

KEY = "sessions-guide edit play/cells.py count"
FORBIDDEN = """
Object.defineProperty(window, "localStorage", {get() { throw new DOMException("no", "SecurityError"); }});
"""
FULL = """
Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };
"""


def keep(page: Page, text: str, original: str) -> None:
    """Have the browser keep an edit, as an earlier visit would have."""
    page.evaluate(
        "([key, kept]) => localStorage.setItem(key, kept)",
        [KEY, json.dumps({"text": text, "original": original})],
    )


def test_an_edit_is_there_after_a_reload_and_gone_after_a_reset(page: Page, server: FaultyServer) -> None:
    page.goto(server.address)
    RunBlock(page, "count").rewrite("count = 41\nprint(count)")
    page.reload()
    block = RunBlock(page, "count")
    expect(block.code_editor).to_be_visible()
    assert block.source() == "count = 41\nprint(count)"
    expect(block.edited).to_be_visible()
    expect(page.locator(":focus")).to_have_count(0)
    block.press_run()
    assert block.printed() == "41\n"
    expect(RunBlock(page, "add").editor).to_have_count(0)
    block.reset.click()
    page.reload()
    expect(block.edit).to_be_visible()
    expect(block.editor).to_have_count(0)
    assert page.evaluate("localStorage.length") == 0


def test_code_that_is_as_it_was_is_not_kept(blocks: Page) -> None:
    block = RunBlock(blocks, "count")
    block.open_editor()
    source = block.source()
    block.rewrite("other")
    assert blocks.evaluate("localStorage.length") == 1
    block.rewrite(source)
    assert blocks.evaluate("localStorage.length") == 0


def test_an_edit_is_of_one_section(blocks: Page) -> None:
    RunBlock(blocks, "count").rewrite("count = 5")
    RunBlock(blocks, "add").rewrite("print(count)")
    blocks.evaluate("changePage()")
    add = RunBlock(blocks, "add")
    assert add.source() == "print(count)"
    assert RunBlock(blocks, "count").source() == "count = 5"
    add.press_run()
    assert add.printed() == "5\n"


@pytest.mark.parametrize("hindrance", [FULL, FORBIDDEN])
def test_where_nothing_may_be_kept_one_edits_all_the_same(
    page: Page, server: FaultyServer, hindrance: str
) -> None:
    page.add_init_script(hindrance)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(server.address)
    block = RunBlock(page, "count")
    block.rewrite("print('edited')")
    block.press_run()
    assert block.printed() == "edited\n"
    block.reset.click()
    expect(block.code).to_be_visible()
    assert errors == []


def test_what_is_no_edit_of_ours_is_left_alone(blocks: Page) -> None:
    for nonsense in ("no JSON", "null", "[]", '{"text": 1, "original": "x"}', '{"text": "x"}'):
        blocks.evaluate("([key, kept]) => localStorage.setItem(key, kept)", [KEY, nonsense])
        blocks.evaluate("changePage()")
        block = RunBlock(blocks, "count")
        expect(block.edit).to_be_visible()
        expect(block.editor).to_have_count(0)


def test_the_reader_is_told_when_the_page_has_changed_since(blocks: Page) -> None:
    keep(blocks, "count = 7", original="count = 0")
    blocks.evaluate("changePage()")
    block = RunBlock(blocks, "count")
    notice = block.root.locator(".run-notice")
    expect(notice).to_contain_text("The page's code has changed since you edited it.")
    block.rewrite("count = 8")
    blocks.evaluate("changePage()")
    expect(notice).to_be_visible()
    blocks.get_by_role("button", name="Keep mine: Count").click()
    expect(notice).to_have_count(0)
    expect(block.code_editor).to_be_focused()
    blocks.evaluate("changePage()")
    assert block.source() == "count = 8"
    expect(notice).to_have_count(0)


def test_an_edit_of_a_page_that_has_changed_can_be_dropped(blocks: Page) -> None:
    keep(blocks, "count = 7", original="count = 0")
    blocks.evaluate("changePage()")
    block = RunBlock(blocks, "count")
    block.reset.click()
    expect(block.root.locator(".run-notice")).to_have_count(0)
    expect(block.code).to_be_visible()
    assert blocks.evaluate("localStorage.length") == 0


def test_an_edit_that_the_page_has_taken_over_is_no_edit(blocks: Page) -> None:
    keep(blocks, 'count = 1\nprint("count is", count)', original="count = 0")
    blocks.evaluate("changePage()")
    expect(RunBlock(blocks, "count").editor).to_have_count(0)
    assert blocks.evaluate("localStorage.length") == 0


def test_changes_are_shown_against_the_code_of_the_page(blocks: Page) -> None:
    block = RunBlock(blocks, "count")
    block.rewrite('count = 2\nprint("count is", count)\nprint("new")')
    expect(block.changes).to_have_attribute("aria-pressed", "false")
    block.changes.click()
    expect(block.changes).to_have_attribute("aria-pressed", "true")
    expect(block.root.locator(".cm-deletedLine")).to_have_text("count = 1")
    expect(block.root.locator(".cm-changedLine")).to_have_text(["count = 2", 'print("new")'])
    expect(block.root.locator(".cm-deletedLine")).to_have_count(1)
    block.changes.click()
    expect(block.root.locator(".cm-deletedLine")).to_have_count(0)
    block.changes.click()
    block.code_editor.press("Control+a")
    blocks.keyboard.insert_text('count = 1\nprint("count is", count)')
    expect(block.root.locator(".cm-deletedLine")).to_have_count(0)
    expect(block.changes).to_be_hidden()
    blocks.keyboard.insert_text("x")
    expect(block.changes).to_have_attribute("aria-pressed", "false")
    expect(block.root.locator(".cm-deletedLine")).to_have_count(0)
