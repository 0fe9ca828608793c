"""Run all, and run to here: every block down to one, each with its output."""

from playwright.sync_api import Page, expect

from tests.web.run_block import RunBlock

FAST_ENOUGH = 10_000  # milliseconds


def test_run_all_shows_what_each_block_prints_as_far_as_they_run(blocks: Page) -> None:
    blocks_shown = [RunBlock(blocks, section) for section in ("remember", "ask", "renew")]
    first = blocks_shown[0]
    expect(first.run_many).to_have_text("Run all")
    first.run_many.click()
    expect(first.status).to_have_text("All 3 blocks have run.", timeout=FAST_ENOUGH)
    assert [block.printed() for block in blocks_shown] == ["3600\n", "200\n", "200\n"]
    for block in blocks_shown:
        expect(block.label).to_have_text("Output")
        expect(block.root).to_have_attribute("data-state", "done")
    expect(first.run_many).to_be_focused()


def test_run_to_here_stops_here(blocks: Page) -> None:
    remember, ask, renew = (RunBlock(blocks, section) for section in ("remember", "ask", "renew"))
    expect(ask.run_many).to_have_text("Run to here")
    ask.run_many.click()
    expect(ask.status).to_have_text("All 2 blocks have run.", timeout=FAST_ENOUGH)
    expect(remember.label).to_have_text("Output")
    expect(renew.label).to_have_text("Recorded output")


def test_a_block_that_fails_is_the_last_that_runs(blocks: Page) -> None:
    remember, ask, renew = (RunBlock(blocks, section) for section in ("remember", "ask", "renew"))
    ask.rewrite("1 / 0")
    remember.run_many.click()
    expect(remember.status).to_have_text("Ended at “Ask”: Error in line 1.", timeout=FAST_ENOUGH)
    expect(remember.root).to_have_attribute("data-state", "done")
    expect(ask.root).to_have_attribute("data-state", "failed")
    expect(renew.root).to_have_attribute("data-state", "idle")
    ask.run_many.click()
    expect(ask.status).to_have_text("Error in line 1.")


def test_stop_ends_all(blocks: Page) -> None:
    remember, ask = RunBlock(blocks, "remember"), RunBlock(blocks, "ask")
    remember.rewrite("while True:\n    pass")
    remember.run_many.click()
    expect(remember.run_many).to_have_attribute("aria-disabled", "true")
    remember.stop.click()
    expect(remember.run_many).to_have_attribute("aria-disabled", "false")
    expect(remember.status).to_have_text("Stopped.")
    expect(ask.root).to_have_attribute("data-state", "idle")


def test_only_the_end_is_told_aloud(blocks: Page) -> None:
    remember, ask = RunBlock(blocks, "remember"), RunBlock(blocks, "ask")
    ask.run_many.click()
    expect(ask.status).to_have_text("All 2 blocks have run.", timeout=FAST_ENOUGH)
    expect(ask.status).to_have_attribute("aria-live", "polite")
    expect(remember.status).to_have_attribute("aria-live", "off")
    remember.press_run()
    expect(remember.status).to_have_attribute("aria-live", "polite")


def test_a_single_block_has_no_such_button(blocks: Page) -> None:
    expect(RunBlock(blocks, "sign_in").run_many).to_be_hidden()
    expect(blocks.get_by_role("button", name="Run to here: Ask", exact=True)).to_be_visible()


def test_leaving_the_page_ends_it(blocks: Page) -> None:
    RunBlock(blocks, "remember").rewrite("while True:\n    pass")
    RunBlock(blocks, "remember").run_many.click()
    RunBlock(blocks, "remember").wait_for("running")
    blocks.evaluate("localStorage.clear(); changePage()")
    count = RunBlock(blocks, "count")
    count.press_run()
    assert count.printed() == "count is 1\n"
    expect(RunBlock(blocks, "ask").root).to_have_attribute("data-state", "idle")
