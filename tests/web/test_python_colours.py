"""Edited code has the very colours that the page's code has."""

from pathlib import Path

import pytest
from playwright.sync_api import Page
from pygments.lexers.python import PythonLexer
from pygments.token import STANDARD_TYPES

from sessions_guide.bundle import REPOSITORY
from tests.web.modules import call
from tests.web.run_block import RunBlock

# What no theme that we know tells apart: a name and a constant, an operator and a bracket.
ALIKE = {"kn": "k", "s1": "s2", "vm": "n", "fm": "n", "p": "o", "sa": "", "kc": "n", "si": "s2", "ow": "o"}
MANY_KINDS = '''"""A docstring."""
import os.path as p, sys
from a.b import (c as d, e)


@decorator.of(x)
@property
class A(Base, metaclass=M):
    """Another."""
    x: int = 1_000

    async def f(self, *args: int, key: str = "a\\n", **kw) -> None:
        """A third."""
        match x:
            case [1, 2]:
                pass
        return f"{x!r:>{width}} a {y=} {z['k']}" + r"\\d" + b"x"


try:
    raise ValueError("a") from None  # a comment
except (KeyError, OSError) as error:
    print(len(x), end="", file=sys.stderr)
with open("x") as f, y:
    assert not (x is None and y in z or w)
lambda a, b=1: a @ b ** 2 // 3
x = [i for i in range(3) if i != 2] if True else {"a": ..., **b}
if (y := 3) and y >= 2:
    global q
    del x[1:2]
'''
COLOURS = """(root) => {
    const colours = [];
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
        for (const character of node.textContent.replaceAll(/\\s/g, "")) {
            colours.push(character + " " + getComputedStyle(node.parentElement).color);
        }
    }
    return colours;
}"""


def pygments_classes(code: str) -> list[str]:
    """The class of each character."""
    tokens = PythonLexer(stripnl=False, ensurenl=False).get_tokens_unprocessed(code)
    return [STANDARD_TYPES[kind] for _, kind, text in tokens for _ in text]


def our_classes(code: str) -> list[str]:
    """The class of each character, as in the editor."""
    return [name for text, name in call("editor/code_editor", "coloured", code) for _ in text]


def differences(code: str) -> list[tuple[int, str, str, str]]:
    """Where the two differ: the line, the character, and both classes."""
    found = []
    pairs = zip(code, pygments_classes(code), our_classes(code), strict=True)
    line = 1
    for character, theirs, ours in pairs:
        line += character == "\n"
        if not character.isspace() and ALIKE.get(theirs, theirs) != ALIKE.get(ours, ours):
            found.append((line, character, theirs, ours))
    return found


def test_every_kind_of_code_is_named_as_pygments_names_it() -> None:
    assert differences(MANY_KINDS) == []


@pytest.mark.parametrize("folder", sorted(path.name for path in (REPOSITORY / "snippets").glob("*/")))
def test_the_programs_are_named_as_pygments_names_them(folder: str) -> None:
    for path in sorted(Path(REPOSITORY / "snippets" / folder).glob("*.py")):
        assert differences(path.read_text("utf-8")) == [], path.name


@pytest.mark.parametrize("scheme", ["default", "slate"])
@pytest.mark.parametrize("section", ["add", "fail", "sign_in"])
def test_the_colours_are_those_of_the_page(blocks: Page, section: str, scheme: str) -> None:
    blocks.evaluate("scheme => document.body.dataset.mdColorScheme = scheme", scheme)
    blocks.evaluate("Promise.all(document.getAnimations().map((animation) => animation.finished))")
    block = RunBlock(blocks, section)
    before = block.code.evaluate(COLOURS)
    block.open_editor()
    editor = block.code_editor.element_handle()
    blocks.wait_for_function(
        f"([node, wanted]) => String(({COLOURS})(node)) === wanted", arg=[editor, ",".join(before)]
    )
    blocks.evaluate("document.body.dataset.mdColorScheme = 'default'")
