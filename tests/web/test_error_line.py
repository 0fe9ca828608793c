"""The line that failed is marked where it stands: in the page's code, in the editor, in a block above."""

from playwright.sync_api import Page, expect

from tests.web.run_block import RunBlock

HERE = "← error in this line"


def test_a_line_of_the_pages_own_code_is_marked(blocks: Page) -> None:
    block = RunBlock(blocks, "fail")
    before = block.code.text_content() or ""
    block.press_run()
    expect(block.error_line).to_have_text("    return whole / 0")
    expect(block.code).to_contain_text(HERE)
    expect(block.status).to_have_text("Error in line 3.")
    blocks.evaluate("localStorage.clear(); announcePage()")
    block.open_editor()
    assert block.source() == before.rstrip()
    expect(block.error_line).to_have_count(1)


def test_the_mark_stays_as_long_as_its_error(blocks: Page) -> None:
    count, add, silent = (RunBlock(blocks, section) for section in ("count", "add", "silent"))
    before = add.code.text_content()
    count.rewrite("count = 'one'")
    silent.press_run()
    expect(add.error_line).to_have_text("count += 1  # a comment that is not recorded output: #> 1")
    count.press_run()
    expect(add.error_line).to_have_count(1)
    count.reset.click()
    silent.press_run()
    expect(add.error_line).to_have_count(0)
    assert add.code.text_content() == before


def test_a_line_of_an_edit_is_marked(blocks: Page) -> None:
    block = RunBlock(blocks, "count")
    block.rewrite('text = """a\nb"""\nint(text)\nprint(1)')
    block.press_run()
    expect(block.error_line).to_have_text(f"int(text){HERE}")
    expect(block.status).to_have_text("Error in line 3.")
    assert block.source() == 'text = """a\nb"""\nint(text)\nprint(1)'


def test_the_mark_keeps_to_its_line_until_that_is_changed(blocks: Page) -> None:
    block = RunBlock(blocks, "count")
    block.rewrite("a = 1\n1 / 0\nb = 2")
    block.press_run()
    blocks.keyboard.press("Control+Home")
    block.code_editor.press("Control+Home")
    blocks.keyboard.type("# new\n")
    expect(block.error_line).to_have_text(f"1 / 0{HERE}")
    blocks.keyboard.press("ArrowDown")
    blocks.keyboard.type("2 + ")
    expect(block.error_line).to_have_count(0)
    assert block.source() == "# new\na = 1\n2 + 1 / 0\nb = 2"


def test_a_line_of_a_block_above_is_marked_there(blocks: Page) -> None:
    count, add = RunBlock(blocks, "count"), RunBlock(blocks, "add")
    count.rewrite("count = 1\ncount += 'one'")
    add.press_run()
    expect(count.error_line).to_contain_text("count += 'one'")
    expect(add.error_line).to_have_count(0)
    expect(add.status).to_have_text("Error in line 2 of “Count”.")
    expect(add.error).to_contain_text("Section `count` runs before this one, and failed:")


def test_a_block_that_is_opened_after_the_error_shows_the_mark_in_the_editor(blocks: Page) -> None:
    block = RunBlock(blocks, "fail")
    block.press_run()
    block.open_editor()
    expect(block.error_line).to_have_text(f"    return whole / 0{HERE}")
    block.reset.click()
    expect(block.error_line).to_have_count(0)
