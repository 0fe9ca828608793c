"""Stop: a hung program ends, and the next one runs."""

from playwright.sync_api import Page, expect

from tests.web.conftest import FaultyServer
from tests.web.run_block import RunBlock

ENDLESS = "while True:\n    pass"


def test_stop_ends_a_hung_program_and_the_next_run_works(blocks: Page) -> None:
    block = RunBlock(blocks, "add")
    block.rewrite(f"print('before')\n{ENDLESS}")
    block.run.click()
    expect(block.output).to_have_text("before\n")
    block.stop.click()
    expect(block.root).to_have_attribute("data-state", "stopped")
    expect(block.status).to_have_text("Stopped.")
    expect(block.stop).to_be_hidden()
    expect(block.run).to_be_focused()
    assert block.printed() == "before\n"
    block.reset.click()
    block.press_run()
    assert block.printed() == "number 0\nnumber 1\n<b>bold</b>\n"


def test_a_spare_starts_at_once(blocks: Page) -> None:
    block = RunBlock(blocks, "count")
    block.rewrite(ENDLESS)
    block.run.click()
    block.wait_for("running")
    with blocks.expect_worker():
        block.stop.click()


def test_a_run_that_still_waits_for_python_can_be_stopped(page: Page, server: FaultyServer) -> None:
    server.hanging = {"snapshot.bin.gz"}
    page.goto(server.address)
    block = RunBlock(page, "count")
    block.run.click()
    block.stop.click()
    expect(block.root).to_have_attribute("data-state", "stopped")
    server.heal()
    block.press_run()
    assert block.printed() == "count is 1\n"


def test_an_endless_print_is_ended_with_a_notice(blocks: Page) -> None:
    block = RunBlock(blocks, "count")
    block.rewrite("while True:\n    print('x' * 79)")
    block.press_run()
    expect(block.root).to_have_attribute("data-state", "failed")
    expect(block.error).to_contain_text("printed more than 200,000 characters and was ended here")
    assert len(block.printed()) == 200_000
    assert block.output.evaluate("panel => panel.scrollHeight > panel.clientHeight && panel.tabIndex") == 0


def test_python_that_breaks_down_is_started_anew(blocks: Page) -> None:
    block = RunBlock(blocks, "count")
    block.rewrite("import ctypes\nctypes.string_at(1 << 31, 1 << 30)")
    block.press_run()
    expect(block.root).to_have_attribute("data-state", "failed")
    expect(block.status).to_have_text("Python broke down. The next run starts it anew.")
    block.reset.click()
    block.press_run()
    assert block.printed() == "count is 1\n"
