"""Every lesson on the built site, in a real browser: press Run, and see the recorded output appear."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from sessions_guide.page import Lesson, read_lessons
from tests.web.run_block import LONGEST_RUN, RunBlock

LESSONS = read_lessons(Path(__file__).parents[2])


@pytest.fixture(scope="module")
def window(chromium: Browser, site_address: str) -> Iterator[Page]:
    """One window for all lessons, with its Python started."""
    context = chromium.new_context()
    context.set_default_timeout(LONGEST_RUN)
    page = context.new_page()
    with page.expect_response("**/sitemap.xml"):  # from then on the theme changes pages without a reload
        page.goto(f"{site_address}/")
    yield page
    context.close()


def open_lesson(window: Page, name: str) -> None:
    """Go to a lesson by its link in the navigation: the window stays, and so does its Python."""
    window.locator(f'.md-nav--primary a[href$="{name}/"]').first.evaluate("link => link.click()")
    window.wait_for_url(f"**/{name}/")
    file = f"{name}.py"
    expect(window.locator(f'.highlight.run[data-file="{file}"][data-state]').first).to_be_visible()


def recorded(lesson: Lesson, section: str) -> str:
    """What the program's `#>` lines say that a section prints."""
    return next(cell.recorded for cell in lesson.program.cells if cell.name == section)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_pressing_run_from_the_top_prints_the_record(window: Page, lesson: Lesson) -> None:
    open_lesson(window, lesson.name)
    assert lesson.page.blocks
    for shown in lesson.page.blocks:
        block = RunBlock(window, shown.section)
        block.press_run()
        assert block.root.get_attribute("data-state") == "done", block.error.text_content()
        assert block.printed() == recorded(lesson, shown.section)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_pressing_only_the_last_run_button_prints_the_record(window: Page, lesson: Lesson) -> None:
    open_lesson(window, lesson.name)
    last = lesson.page.blocks[-1].section
    block = RunBlock(window, last)
    block.press_run()
    assert block.printed() == recorded(lesson, last)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_without_javascript_the_page_shows_the_record(
    chromium: Browser, site_address: str, lesson: Lesson
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site_address}/{lesson.name}/")
    for shown in lesson.page.blocks:
        code = page.locator(f'.highlight.run[data-section="{shown.section}"] code').inner_text()
        for line in recorded(lesson, shown.section).splitlines():
            assert f"#> {line}" in code
    context.close()


def test_a_revoked_token_is_accepted_here_refused_there_and_expires_by_the_clock(window: Page) -> None:
    open_lesson(window, "revocation/revoked_but_accepted")
    revoke, wait = RunBlock(window, "revoke"), RunBlock(window, "wait")
    revoke.press_run()
    assert "verified here: accepted" in revoke.printed()
    assert "introspected: refused" in revoke.printed()
    expect(revoke.exchanges.filter(has_text="/v1/revoke")).to_have_count(1)
    expect(revoke.exchanges.filter(has_text="/v1/introspect")).to_have_count(1)
    wait.press_run()
    assert "after 60:00: refused" in wait.printed()
