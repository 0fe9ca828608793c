"""Several tabs, one Python: each gets what it would get alone, and none waits for a tab that is gone."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.web.conftest import FaultyServer
from tests.web.run_block import RunBlock

ENDLESS = "while True:\n    pass"
WAITING = "Waiting for a run in another tab to end…"
SLEEP = """() => void setTimeout(() => {
  const end = performance.now() + 5000;
  while (performance.now() < end);
})"""  # longer than a tab waits for its host: as if the browser had suspended the window
NO_LOCKS = "Object.defineProperty(navigator, 'locks', {value: undefined})"


@pytest.fixture
def tabs(page: Page, server: FaultyServer) -> tuple[Page, Page]:
    """Two tabs of one browser, the first of which hosts Python."""
    page.goto(server.address)
    RunBlock(page, "count").press_run()
    other = page.context.new_page()
    other.goto(server.address)
    return page, other


def hang(tab: Page) -> RunBlock:
    """A run that never ends."""
    block = RunBlock(tab, "count")
    block.rewrite(ENDLESS)
    block.run.click()
    block.wait_for("running")
    return block


def workers(context: BrowserContext) -> list[int]:
    """How many workers each tab has."""
    return [len(tab.workers) for tab in context.pages]


def test_the_second_tab_uses_the_python_of_the_first(tabs: tuple[Page, Page]) -> None:
    _, other = tabs
    block = RunBlock(other, "sign_in")
    block.press_run()
    assert block.printed() == "200\n"
    assert workers(other.context) == [1, 0]


def test_tabs_take_turns_with_two_programs(tabs: tuple[Page, Page]) -> None:
    cells, wire = RunBlock(tabs[0], "add"), RunBlock(tabs[1], "sign_in")
    for _ in range(2):
        cells.press_run()
        assert cells.printed() == "number 0\nnumber 1\n<b>bold</b>\n"
        wire.press_run()
        assert wire.printed() == "200\n"


def test_two_edits_of_one_program_do_not_meet(tabs: tuple[Page, Page]) -> None:
    for tab, number in zip(tabs, (1, 2), strict=True):
        RunBlock(tab, "count").rewrite(f"count = {number}\nprint(count)")
        RunBlock(tab, "silent").rewrite("count += 10\nprint(count)")
    for tab, number in zip(tabs, (1, 2), strict=True):
        RunBlock(tab, "count").press_run()
        assert RunBlock(tab, "count").printed() == f"{number}\n"
    for tab, number in zip(tabs, (1, 2), strict=True):
        RunBlock(tab, "silent").press_run()
        assert RunBlock(tab, "silent").printed() == f"{number + 11}\n"


def test_a_run_waits_for_the_other_tab_and_says_so(tabs: tuple[Page, Page]) -> None:
    hung, block = hang(tabs[0]), RunBlock(tabs[1], "sign_in")
    block.run.click()
    expect(block.status).to_have_text(WAITING)
    hung.stop.click()
    block.wait_for("done")
    assert block.printed() == "200\n"


def test_the_tab_that_does_not_host_can_stop_its_run(tabs: tuple[Page, Page]) -> None:
    hung = hang(tabs[1])
    hung.stop.click()
    expect(hung.root).to_have_attribute("data-state", "stopped")
    for tab in tabs:
        RunBlock(tab, "sign_in").press_run()
        assert RunBlock(tab, "sign_in").printed() == "200\n"


def expect_that_what_waits_runs_when_closed(hung: Page, waiting: Page) -> None:
    hang(hung)
    block = RunBlock(waiting, "sign_in")
    block.run.click()
    expect(block.status).to_have_text(WAITING)
    hung.close()
    block.wait_for("done")
    assert block.printed() == "200\n"


def test_what_waits_when_the_host_is_closed_runs_in_another(tabs: tuple[Page, Page]) -> None:
    host, guest = tabs
    expect_that_what_waits_runs_when_closed(host, guest)
    assert workers(guest.context) == [1]


def test_a_hung_run_ends_with_its_tab(tabs: tuple[Page, Page]) -> None:
    host, guest = tabs
    expect_that_what_waits_runs_when_closed(guest, host)


def test_a_host_that_does_not_answer_is_replaced(tabs: tuple[Page, Page]) -> None:
    tabs[0].evaluate(SLEEP)
    block = RunBlock(tabs[1], "sign_in")
    block.press_run()
    assert block.printed() == "200\n"
    for tab in tabs:
        RunBlock(tab, "sign_in").press_run()
        assert RunBlock(tab, "sign_in").printed() == "200\n"
    assert workers(tabs[0].context) == [0, 1]


def test_a_tab_without_locks_has_its_own_python(page: Page, server: FaultyServer) -> None:
    page.context.add_init_script(NO_LOCKS)
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto(server.address)
        RunBlock(tab, "count").press_run()
        assert RunBlock(tab, "count").printed() == "count is 1\n"
    assert workers(page.context) == [1, 1]


def test_a_file_that_fails_in_the_host_is_named_in_the_other_tab(page: Page, server: FaultyServer) -> None:
    server.missing = {"programs.zip"}
    page.goto(server.address)
    other = page.context.new_page()
    other.goto(server.address)
    block = RunBlock(other, "count")
    block.run.click()
    expect(block.status).to_contain_text("Python did not start: programs.zip did not arrive")
    server.heal()
    block.retry.click()
    block.wait_for("done")
