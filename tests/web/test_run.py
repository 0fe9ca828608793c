"""Run: by mouse and by keyboard, with streamed output, one state for all sections of a program."""

import re

from playwright.sync_api import Page, expect

from tests.web.conftest import FaultyServer
from tests.web.run_block import RunBlock

TIMES_OF_OUTPUT = """
window.changes = [];
const watch = (node) => new MutationObserver(() => changes.push(node.textContent))
    .observe(node, {childList: true});
watch(document.querySelector('[data-section="count"] .run-output-text'));
"""


def test_the_button_runs_the_section(blocks: Page) -> None:
    block = RunBlock(blocks, "count")
    expect(block.root).to_have_attribute("data-state", "idle")
    expect(block.label).to_have_text("Recorded output")
    block.press_run()
    expect(block.root).to_have_attribute("data-state", "done")
    expect(block.label).to_have_text("Output")
    assert block.printed() == "count is 1\n"
    expect(block.status).to_have_text("Finished.")
    expect(block.error).to_be_hidden()


def test_the_sections_of_a_program_share_their_state(blocks: Page) -> None:
    RunBlock(blocks, "count").press_run()
    add = RunBlock(blocks, "add")
    add.press_run()
    assert add.printed() == "number 0\nnumber 1\n<b>bold</b>\n"
    add.press_run()
    assert add.printed() == "number 0\nnumber 1\n<b>bold</b>\n"


def test_a_section_runs_those_above_it_first_and_does_not_show_their_output(blocks: Page) -> None:
    add = RunBlock(blocks, "add")
    add.press_run()
    assert add.printed() == "number 0\nnumber 1\n<b>bold</b>\n"
    assert RunBlock(blocks, "count").printed() == "count is 1\n"
    expect(RunBlock(blocks, "count").label).to_have_text("Recorded output")


def test_the_keyboard_reaches_the_button_and_runs_it(blocks: Page) -> None:
    block = RunBlock(blocks, "count")
    blocks.get_by_role("button", name="Elsewhere").focus()
    blocks.keyboard.press("Tab")
    expect(block.run).to_be_focused()
    outline = block.run.evaluate("button => getComputedStyle(button).outlineStyle")
    assert outline == "solid"
    blocks.keyboard.press("Enter")
    block.wait_for("done")
    expect(block.run).to_be_focused()


def test_control_enter_runs_the_code_that_was_clicked(blocks: Page) -> None:
    block = RunBlock(blocks, "count")
    block.code.click()
    blocks.keyboard.press("Control+Enter")
    block.wait_for("done")
    expect(block.label).to_have_text("Output")


def test_command_enter_runs_the_code_that_is_edited(blocks: Page) -> None:
    block = RunBlock(blocks, "count")
    block.rewrite("print('edited')")
    blocks.keyboard.press("Meta+Enter")
    block.wait_for("done")
    assert block.printed() == "edited\n"
    assert block.source() == "print('edited')"


def test_buttons_are_named_after_their_block(blocks: Page) -> None:
    expect(blocks.get_by_role("button", name="Run: Count", exact=True)).to_be_visible()
    expect(blocks.get_by_role("button", name="Run: play/cells.py, add", exact=True)).to_be_visible()
    expect(blocks.get_by_role("button", name="Stop")).to_have_count(0)


def test_output_comes_while_the_program_still_runs(blocks: Page) -> None:
    block = RunBlock(blocks, "count")
    block.press_run()
    blocks.evaluate(TIMES_OF_OUTPUT)
    block.rewrite("print('first')\nprint('second')\nwhile True:\n    pass")
    block.run.click()
    expect(block.output).to_have_text("first\nsecond\n")
    block.wait_for("running")
    assert blocks.evaluate("changes").index("first\n") < blocks.evaluate("changes").index("first\nsecond\n")
    block.stop.click()


def test_a_second_run_waits_for_the_first_and_says_so(blocks: Page) -> None:
    hung, other = RunBlock(blocks, "count"), RunBlock(blocks, "sign_in")
    hung.rewrite("while True:\n    pass")
    hung.run.click()
    hung.wait_for("running")
    other.run.click()
    expect(other.status).to_have_text(re.compile("^Waiting for another run"))
    expect(other.root).to_have_attribute("data-state", "booting")
    hung.stop.click()
    other.wait_for("done")
    assert other.printed() == "200\n"


def test_a_waiting_run_can_be_called_off(blocks: Page) -> None:
    hung, other = RunBlock(blocks, "count"), RunBlock(blocks, "sign_in")
    hung.rewrite("while True:\n    pass")
    hung.run.click()
    hung.wait_for("running")
    other.run.click()
    other.stop.click()
    expect(other.root).to_have_attribute("data-state", "stopped")
    expect(hung.root).to_have_attribute("data-state", "running")


def test_one_python_serves_two_programs_in_turn(page: Page, server: FaultyServer) -> None:
    page.goto(server.address)
    count, sign_in = RunBlock(page, "count"), RunBlock(page, "sign_in")
    for _ in range(2):
        count.press_run()
        assert count.printed() == "count is 1\n"
        sign_in.press_run()
        assert sign_in.printed() == "200\n"
    assert sum(path.endswith("/worker.js") for path in server.asked) == 1
