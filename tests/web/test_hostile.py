"""Programs that mean harm: the page stays responsive while they run, and the next Run works."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.run_block import RunBlock

FROZEN = 2000
"""Milliseconds without an answer after which a page seems dead. How long it takes is for scripts/bench: here,
other programs may take the processor away."""
AWHILE = "new Promise((resolve) => setTimeout(resolve, 1500))"
WATCH = """
window.tasks = [];
window.watching?.disconnect();
window.watching = new PerformanceObserver((list) => {
  tasks.push(...list.getEntries().map((task) => task.duration));
});
watching.observe({type: "longtask"});
"""
LONGEST = "Math.max(0, ...tasks, ...watching.takeRecords().map((task) => task.duration))"

ENDLESS = {
    "an endless loop": "while True:\n    pass",
    "a loop that catches everything": """
while True:
    try:
        while True:
            print("x" * 79)
    except BaseException:
        pass
""",
}
ENDING = {
    "a flood of messages past the output": """
import js
while True:
    js.postMessage("x" * 1000)
""",
    "a flood of forged output": """
import js
message = js.JSON.parse('{"type": "output", "text": "xxxxxxxxxx"}')
while True:
    js.postMessage(message)
""",
    "endless output": "while True:\n    print('x' * 79)",
    "endless output of single letters": "while True:\n    print(end='x', flush=True)",
    "a line of ten million letters": "print('x' * 10_000_000)",
    "an error of ten million letters": "raise ValueError('x' * 10_000_000)",
    "thousands of prints": "for number in range(20_000):\n    print(number)",
    "thousands of exchanges": """
import requests
for number in range(2_000):
    requests.get(f"https://api.acme.test/{number}", timeout=5)
""",
    "an exchange of ten million letters": """
import requests
requests.post("https://api.acme.test/orders", data="x" * 10_000_000, timeout=5)
""",
    "a gigabyte at once": "print(len(bytearray(2**30)))",
    "a gigabyte in pieces": """
hoard = []
for _ in range(1024):
    hoard.append(bytearray(2**20))
""",
    "deep recursion": "def down():\n    down()\ndown()",
    "recursion deeper than the stack": """
import sys
sys.setrecursionlimit(10**9)
def down():
    down()
down()
""",
    "builtins that are gone": "import builtins\nfor name in dir(builtins):\n    delattr(builtins, name)",
    "builtins that lie": "import builtins\nbuiltins.print = builtins.len = builtins.range = None",
    "a closed stdout": "import sys\nsys.stdout.close()\nsys.stderr.close()\nsys.__stdout__.close()",
    "stdout replaced": "import sys\nsys.stdout = sys.stderr = sys.__stdout__ = None",
    "no modules": "import sys\nsys.modules.clear()",
    "json that is broken": "import json\njson.dumps = json.loads = None",
    "a forged result": """
import js
js.postMessage(js.JSON.parse('{"type": "result", "history": "[]"}'))
while True:
    pass
""",
    "a forged failure": """
import js
js.postMessage(js.JSON.parse('{"type": "failed", "reason": "forged"}'))
""",
    "messages of no kind": """
import js
for message in (None, 1, "x", js.JSON.parse("{}")):
    js.postMessage(message)
""",
    "a worker that closes itself": "import js\njs.self.close()",
    "an exit": "raise SystemExit",
    "an exit of the process": "import os\nos._exit(1)",
    "an abort": "import os\nos.abort()",
    "an interrupt": "raise KeyboardInterrupt",
}


def attack(block: RunBlock, source: str, wait: Callable[[], None]) -> float:
    """Run a program until `wait` returns. The longest task of the window meanwhile, in milliseconds."""
    page = block.root.page
    block.rewrite(source)
    page.evaluate(WATCH)
    block.run.click()
    wait()
    longest: float = page.evaluate(LONGEST)
    return longest


def expect_that_the_next_run_works(block: RunBlock) -> None:
    block.reset.click()
    block.press_run()
    assert block.printed() == "count is 1\n"


@pytest.mark.parametrize("name", ENDLESS)
def test_what_does_not_end_can_be_stopped(
    blocks: Page, name: str, record_property: Callable[[str, object], None]
) -> None:
    block = RunBlock(blocks, "count")
    longest = attack(block, ENDLESS[name], lambda: blocks.evaluate(AWHILE))
    record_property("longest task, ms", longest)
    block.stop.click(timeout=2000)
    expect(block.root).to_have_attribute("data-state", "stopped")
    expect_that_the_next_run_works(block)
    assert longest < FROZEN


@pytest.mark.parametrize("name", ENDING)
def test_what_ends_leaves_the_next_run_working(
    blocks: Page, name: str, record_property: Callable[[str, object], None]
) -> None:
    block = RunBlock(blocks, "count")
    longest = attack(block, ENDING[name], lambda: block.wait_for("done|failed"))
    record_property("longest task, ms", longest)
    expect_that_the_next_run_works(block)
    assert longest < FROZEN


def test_what_outlasts_a_run_is_out_of_reach(blocks: Page) -> None:
    block = RunBlock(blocks, "count")
    block.rewrite("""import js
names = ("close", "caches", "indexedDB", "BroadcastChannel", "SharedWorker", "Worker")
print([name for name in names if hasattr(js, name)])
print([name for name in ("locks", "serviceWorker", "storage") if hasattr(js.navigator, name)])""")
    block.press_run()
    assert block.printed() == "[]\n[]\n"


def test_control_characters_stay_in_the_text_that_holds_them(blocks: Page) -> None:
    hostile = "\x1b[31mred\x1b[0m \u202egnp.exe\u2066 \x07\x08 </pre><script>harmed = 1</script>"
    block = RunBlock(blocks, "count")
    block.rewrite(f"print({hostile!a})")
    block.press_run()
    assert block.printed() == f"{hostile}\n"
    assert block.output.evaluate("output => output.childElementCount") == 0
    assert block.output.evaluate("output => getComputedStyle(output).unicodeBidi") == "isolate"
