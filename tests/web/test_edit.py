"""Edit and reset: the reader's own version of a section, in CodeMirror once that has come."""

import re

from playwright.sync_api import Page, expect

from tests.web.conftest import FaultyServer
from tests.web.run_block import RunBlock

COUNT = 'count = 1\nprint("count is", count)'
CODE_EDITOR = "code_editor.js"


def test_the_editor_holds_the_code_without_its_recorded_output(blocks: Page) -> None:
    block = RunBlock(blocks, "count")
    block.open_editor()
    assert block.source() == COUNT
    expect(block.editor).to_be_focused()
    expect(block.code).to_be_hidden()


def test_the_script_of_the_editor_is_fetched_by_the_first_edit(page: Page, server: FaultyServer) -> None:
    page.goto(server.address)
    block = RunBlock(page, "count")
    block.press_run()
    assert not [path for path in server.asked if path.endswith(CODE_EDITOR)]
    for section in ("count", "add"):
        RunBlock(page, section).open_editor()
    assert len([path for path in server.asked if path.endswith(CODE_EDITOR)]) == 1


def test_what_is_typed_before_the_editor_has_come_is_kept(page: Page, server: FaultyServer) -> None:
    server.hanging = {CODE_EDITOR}
    page.goto(server.address)
    block = RunBlock(page, "count")
    block.edit.click()
    expect(block.plain_editor).to_be_focused()
    page.keyboard.type("# early")
    server.heal()
    expect(block.code_editor).to_be_focused()
    page.keyboard.type(" and late\n")
    assert block.source() == f"# early and late\n{COUNT}"


def test_the_editor_does_not_take_the_keyboard_from_elsewhere(page: Page, server: FaultyServer) -> None:
    server.hanging = {CODE_EDITOR}
    page.goto(server.address)
    block = RunBlock(page, "count")
    block.edit.click()
    page.keyboard.press("Tab")
    expect(block.run).to_be_focused()
    server.heal()
    expect(block.code_editor).to_be_visible()
    expect(block.run).to_be_focused()


def test_the_editor_waits_for_words_that_are_being_composed(page: Page, server: FaultyServer) -> None:
    server.hanging = {CODE_EDITOR}
    page.goto(server.address)
    block = RunBlock(page, "count")
    block.edit.click()
    block.plain_editor.dispatch_event("compositionstart")
    with page.expect_response(f"**/{CODE_EDITOR}"):
        server.heal()
    page.evaluate("new Promise(requestAnimationFrame)")
    expect(block.plain_editor).to_be_visible()
    block.plain_editor.dispatch_event("compositionend")
    expect(block.code_editor).to_be_visible()


def test_where_the_editor_cannot_be_had_the_plain_field_stays_and_says_so_once(
    page: Page, server: FaultyServer
) -> None:
    server.missing = {CODE_EDITOR}
    page.goto(server.address)
    block, other = RunBlock(page, "count"), RunBlock(page, "add")
    block.edit.click()
    expect(block.status).to_contain_text("could not be loaded")
    block.plain_editor.fill("print('plain')")
    block.press_run()
    assert block.printed() == "plain\n"
    expect(block.edited).to_be_visible()
    expect(block.changes).to_be_hidden()
    other.edit.click()
    expect(other.plain_editor).to_be_focused()
    expect(other.status).to_have_text("")
    block.reset.click()
    expect(block.editor).to_have_count(0)


def test_edited_code_runs_and_reset_brings_the_original_back(blocks: Page) -> None:
    block = RunBlock(blocks, "count")
    block.rewrite("count = 41\nprint(count)")
    block.press_run()
    assert block.printed() == "41\n"
    block.reset.click()
    expect(block.editor).to_have_count(0)
    expect(block.code).to_be_visible()
    expect(block.edit).to_be_focused()
    expect(block.label).to_have_text("Recorded output")
    assert block.printed() == "count is 1\n"
    block.press_run()
    assert block.printed() == "count is 1\n"


def test_a_block_says_that_it_is_edited(blocks: Page) -> None:
    block = RunBlock(blocks, "count")
    expect(block.edited).to_be_hidden()
    block.open_editor()
    expect(block.edited).to_be_hidden()
    expect(block.changes).to_be_hidden()
    block.rewrite("count = 2")
    expect(block.edited).to_have_text("Edited")
    expect(block.root).to_have_attribute("aria-label", "Count, edited")
    block.rewrite(COUNT)
    expect(block.edited).to_be_hidden()
    expect(block.root).to_have_attribute("aria-label", "Count")


def test_an_edited_section_changes_those_below_it(blocks: Page) -> None:
    add = RunBlock(blocks, "add")
    add.press_run()
    RunBlock(blocks, "count").rewrite("count = 0")
    add.press_run()
    assert add.printed() == "number 0\n<b>bold</b>\n"


def test_tab_indents_and_after_escape_it_leaves(blocks: Page) -> None:
    block = RunBlock(blocks, "count")
    block.open_editor()
    blocks.keyboard.press("Tab")
    assert block.source() == f"    {COUNT}"
    blocks.keyboard.press("Shift+Tab")
    assert block.source() == COUNT
    blocks.keyboard.press("Escape")
    blocks.keyboard.press("Tab")
    expect(block.run).to_be_focused()
    assert block.source() == COUNT


def test_the_keys_are_told_with_the_name(blocks: Page) -> None:
    block = RunBlock(blocks, "count")
    block.open_editor()
    expect(block.editor).to_have_accessible_name("Code: Count")
    expect(block.editor).to_have_accessible_description(re.compile("Escape, then Tab, leaves. Ctrl[+]Enter"))


def test_tab_leaves_the_plain_field(page: Page, server: FaultyServer) -> None:
    server.missing = {CODE_EDITOR}
    page.goto(server.address)
    block = RunBlock(page, "count")
    block.edit.click()
    page.keyboard.press("Tab")
    expect(block.run).to_be_focused()


def test_enter_indents_as_python_wants(blocks: Page) -> None:
    block = RunBlock(blocks, "count")
    block.rewrite("")
    blocks.keyboard.type("if True:\nprint('in')")
    assert block.source() == "if True:\n    print('in')"


def test_control_enter_runs_and_writes_nothing(blocks: Page) -> None:
    for key in ("Control+Enter", "Meta+Enter"):
        block = RunBlock(blocks, "count")
        block.rewrite("print('edited')")
        blocks.keyboard.press(key)
        block.wait_for("done")
        assert block.printed() == "edited\n"
        assert block.source() == "print('edited')"
        block.reset.click()


def test_a_syntax_error_is_shown_as_such(blocks: Page) -> None:
    block = RunBlock(blocks, "count")
    block.rewrite("print('a'\n")
    block.press_run()
    expect(block.root).to_have_attribute("data-state", "failed")
    expect(block.error).to_contain_text("SyntaxError")


def test_the_editor_stands_under_a_strict_policy(page: Page, server: FaultyServer) -> None:
    server.content_policy = (
        "default-src 'none'; connect-src 'self'; img-src data:; manifest-src 'self'; "
        "script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; worker-src 'self'"
    )
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(server.address)
    block = RunBlock(page, "fail")
    block.open_editor()
    block.code_editor.press("Control+Home")
    page.keyboard.type("x = (1\n/ 0)\n")
    block.press_run()
    expect(block.error_line).to_have_count(1)
    block.changes.click()
    block.whole.click()
    expect(page.locator("dialog.run-program")).to_contain_text("x = (1")
    assert [text for text in complaints if "Content Security Policy" in text] == []
    gutters = block.root.locator(".cm-gutters")  # which CodeMirror's own style sheet lays out
    assert gutters.evaluate("node => getComputedStyle(node).display") == "flex"
