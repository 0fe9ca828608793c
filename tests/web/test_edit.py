"""Edit and reset: the reader's own version of a section."""

from playwright.sync_api import Page, expect

from tests.web.run_block import RunBlock


def test_the_editor_holds_the_code_without_its_recorded_output(blocks: Page) -> None:
    block = RunBlock(blocks, "count")
    block.edit.click()
    expect(block.editor).to_have_value('count = 1\nprint("count is", count)\n')
    expect(block.editor).to_be_focused()
    expect(block.code).to_be_hidden()


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


def test_an_edited_section_changes_those_below_it(blocks: Page) -> None:
    add = RunBlock(blocks, "add")
    add.press_run()
    RunBlock(blocks, "count").rewrite("count = 0")
    add.press_run()
    assert add.printed() == "number 0\n<b>bold</b>\n"


def test_tab_leaves_the_editor(blocks: Page) -> None:
    block = RunBlock(blocks, "count")
    block.edit.click()
    blocks.keyboard.press("Tab")
    expect(block.editor).not_to_be_focused()
    expect(block.run).to_be_focused()


def test_a_syntax_error_is_shown_as_such(blocks: Page) -> None:
    block = RunBlock(blocks, "count")
    block.rewrite("print('a'\n")
    block.press_run()
    expect(block.root).to_have_attribute("data-state", "failed")
    expect(block.error).to_contain_text("SyntaxError")
