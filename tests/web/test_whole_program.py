"""The whole program behind an excerpt: complete, with the reader's edits, to copy and to download."""

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.web.conftest import FaultyServer
from tests.web.modules import call
from tests.web.programs import CELLS
from tests.web.run_block import RunBlock

WHAT_IS_COPIED = """
window.copied = [];
Object.defineProperty(navigator, "clipboard", {value: {writeText: async (text) => copied.push(text)}});
"""
NO_CLIPBOARD = 'Object.defineProperty(navigator, "clipboard", {value: undefined})'


def open_whole(page: Page, section: str) -> Locator:
    """Press the button; the dialog, once the program is there."""
    RunBlock(page, section).whole.click()
    dialog = page.get_by_role("dialog", name="play/cells.py", exact=True)
    expect(dialog.locator(".run-program-line").first).to_be_visible()
    return dialog


def test_it_is_the_complete_file_with_the_excerpt_marked(blocks: Page) -> None:
    dialog = open_whole(blocks, "add")
    assert dialog.locator("code").text_content() == CELLS
    marked = dialog.locator(".run-program-excerpt")
    assert "".join(marked.all_text_contents()) == CELLS.split("[start:add]\n")[1].split("# --8<--")[0]
    expect(dialog).to_contain_text("Lines 10 to 16, with a bar at their left, are the excerpt.")
    lines = [int(line) for line in marked.evaluate_all("lines => lines.map(line => line.dataset.line)")]
    assert (lines[0], lines[-1]) == (10, 16)


def test_it_has_the_colours_of_the_page(blocks: Page) -> None:
    dialog = open_whole(blocks, "add")
    colour = "node => getComputedStyle(node).color"
    in_dialog = dialog.locator(".nb", has_text="print").first
    on_page = RunBlock(blocks, "add").code.locator(".nb", has_text="print").first
    assert in_dialog.evaluate(colour) == on_page.evaluate(colour)


def test_the_readers_edits_are_in_place(blocks: Page) -> None:
    RunBlock(blocks, "count").rewrite("count = 1\ncount = 2\ncount = 3\n")
    dialog = open_whole(blocks, "add")
    text = dialog.locator("code").text_content() or ""
    assert "[start:count]\ncount = 1\ncount = 2\ncount = 3\n# --8<-- [end:count]\n" in text
    assert 'print("count is"' not in text
    expect(dialog).to_contain_text("Your edits are in place, in: count.")
    expect(dialog).to_contain_text("Lines 10 to 16")
    assert "".join(dialog.locator(".run-program-excerpt").all_text_contents()).startswith("count += 1")


def test_escape_and_the_button_close_it_and_the_focus_comes_back(blocks: Page) -> None:
    block = RunBlock(blocks, "add")
    dialog = open_whole(blocks, "add")
    blocks.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(block.whole).to_be_focused()
    open_whole(blocks, "add").get_by_role("button", name="Close").click()
    expect(blocks.locator("dialog.run-program")).to_have_count(0)
    expect(block.whole).to_be_focused()


def test_it_is_copied(page: Page, server: FaultyServer) -> None:
    page.add_init_script(WHAT_IS_COPIED)
    page.goto(server.address)
    dialog = open_whole(page, "count")
    dialog.get_by_role("button", name="Copy").click()
    expect(dialog.get_by_role("status")).to_have_text("Copied.")
    assert page.evaluate("copied") == [CELLS]


def test_where_copying_is_not_allowed_it_is_selected(page: Page, server: FaultyServer) -> None:
    page.add_init_script(NO_CLIPBOARD)
    page.goto(server.address)
    dialog = open_whole(page, "count")
    dialog.get_by_role("button", name="Copy").click()
    expect(dialog.get_by_role("status")).to_contain_text("The program is selected: press Ctrl+C or ⌘+C.")
    assert page.evaluate("getSelection().toString().replaceAll('\\n\\n', '\\n').length") > 100


def test_it_is_downloaded_as_a_file(blocks: Page, tmp_path: Path) -> None:
    dialog = open_whole(blocks, "count")
    with blocks.expect_download() as download:
        dialog.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "cells.py"
    download.value.save_as(tmp_path / "cells.py")
    assert (tmp_path / "cells.py").read_text("utf-8") == CELLS


def test_it_opens_without_python_and_without_the_editors_script(page: Page, server: FaultyServer) -> None:
    server.missing = {"worker.js", "code_editor.js"}
    page.goto(server.address)
    dialog = open_whole(page, "count")
    assert dialog.locator("code").text_content() == CELLS


def test_what_cannot_be_loaded_is_named(page: Page, server: FaultyServer) -> None:
    server.missing = {"cells.py"}
    page.goto(server.address)
    RunBlock(page, "count").whole.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("status")).to_have_text(
        "play/cells.py could not be loaded: the server answers 404."
    )
    expect(dialog.get_by_role("button")).to_have_text(["Close"])


def test_a_program_that_fits_no_screen_scrolls_by_keyboard(page: Page, server: FaultyServer) -> None:
    page.set_viewport_size({"width": 320, "height": 400})
    page.goto(server.address)
    dialog = open_whole(page, "count")
    code = dialog.get_by_role("region")
    code.focus()
    page.keyboard.press("End")
    page.wait_for_function("code => code.scrollTop > 0", arg=code.element_handle())
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_edits_move_the_lines_of_the_excerpt() -> None:
    file = (
        '"""D."""\n# --8<-- [start:a]\na = 1\n# --8<-- [end:a]\n# --8<-- [start:b]\nb = 1\n# --8<-- [end:b]\n'
    )
    assert call("editor/program_text", "wholeText", file, {}, "b") == {"text": file, "lines": [6, 6]}
    edits = {"a": "a = 2\n\na = 3\n\n", "b": "b = 2\nb = 3"}
    edited = call("editor/program_text", "wholeText", file, edits, "b")
    assert edited["text"] == file.replace("a = 1", "a = 2\n\na = 3").replace("b = 1", "b = 2\nb = 3")
    assert edited["lines"] == [8, 9]
