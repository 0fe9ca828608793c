"""Pages that change without a reload: Python stays, new blocks work, no run is left behind."""

from playwright.sync_api import Page, expect

from tests.web.run_block import RunBlock


def test_python_survives_a_page_change(blocks: Page) -> None:
    RunBlock(blocks, "count").press_run()
    (worker,) = blocks.workers
    blocks.evaluate("changePage()")
    block = RunBlock(blocks, "count")
    expect(block.root).to_have_attribute("data-state", "idle")
    block.press_run()
    assert block.printed() == "count is 1\n"
    assert blocks.workers == [worker]


def test_a_page_that_is_announced_twice_gets_one_set_of_buttons(blocks: Page) -> None:
    blocks.evaluate("announcePage()")
    block = RunBlock(blocks, "count")
    expect(block.run).to_have_count(1)
    assert block.printed() == "count is 1\n"


def test_leaving_a_page_ends_its_hung_run(blocks: Page) -> None:
    block = RunBlock(blocks, "count")
    block.rewrite("while True:\n    pass")
    block.run.click()
    block.wait_for("running")
    blocks.evaluate("localStorage.clear(); changePage()")
    block.press_run()
    assert block.printed() == "count is 1\n"
