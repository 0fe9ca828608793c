"""What a block shows: recorded output, text that never becomes markup, errors by name."""

from playwright.sync_api import Browser, Page, expect

from tests.web.conftest import FaultyServer
from tests.web.run_block import RunBlock

TRACEBACK = """Traceback (most recent call last):
  File "play/cells.py", line 32, in <module>
    ratio(1)
    ~~~~~^^^
  File "play/cells.py", line 27, in ratio
    return whole / 0
           ~~~~~~^~~
ZeroDivisionError: division by zero
"""


def test_recorded_output_stands_below_the_code_and_not_in_it(blocks: Page) -> None:
    add = RunBlock(blocks, "add")
    assert add.code.text_content() == (
        "count += 1  # a comment that is not recorded output: #> 1\n"
        'for number in range(count):\n    print("number", number)\nprint("<b>bold</b>")\n'
    )
    assert add.printed() == "number 0\nnumber 1\n<b>bold</b>\n"
    expect(add.label).to_have_text("Recorded output")
    expect(add.code.locator(".k")).to_have_text("for")
    silent = RunBlock(blocks, "silent")
    expect(silent.label).to_be_hidden()
    expect(silent.output).to_be_hidden()


def test_a_section_that_prints_nothing_says_so(blocks: Page) -> None:
    silent = RunBlock(blocks, "silent")
    silent.press_run()
    expect(silent.status).to_have_text("Finished: it prints nothing.")
    expect(silent.label).to_be_hidden()


def test_output_is_text_and_never_markup(blocks: Page) -> None:
    blocks.evaluate("window.harmed = false")
    block = RunBlock(blocks, "count")
    block.rewrite("""hostile = '<img src=x onerror="harmed = true"><script>harmed = true</script>'
print(hostile)
raise ValueError(hostile)""")
    block.press_run()
    expect(block.output).to_contain_text("<img src=x")
    expect(block.error).to_contain_text("<img src=x")
    expect(block.root.locator(".run-output :is(img, script)")).to_have_count(0)
    assert blocks.evaluate("harmed") is False


def test_an_error_is_named_and_trimmed_to_the_readers_lines(blocks: Page) -> None:
    block = RunBlock(blocks, "fail")
    block.press_run()
    expect(block.root).to_have_attribute("data-state", "failed")
    assert block.printed() == "before\n"
    assert block.error.text_content() == TRACEBACK
    expect(block.root.locator(".run-error-label")).to_have_text("Error")
    expect(block.status).to_have_text("Error in line 3.")


def test_a_mistake_is_labelled(blocks: Page) -> None:
    label = RunBlock(blocks, "fail").root.evaluate("block => getComputedStyle(block, '::before').content")
    assert label == '"✗ Mistake: do not copy"'


def test_without_javascript_the_page_reads_whole(chromium: Browser, server: FaultyServer) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server.address)
    code = page.locator('.run[data-section="add"] pre')
    assert '    print("number", number)\n    #> number 0\n    #> number 1\n' in (code.text_content() or "")
    expect(page.get_by_role("button", name="Run")).to_have_count(0)
    assert not any("/assets/run/" in path for path in server.asked)
    context.close()
