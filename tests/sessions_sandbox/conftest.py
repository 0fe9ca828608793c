"""A fresh sandbox for each test.

A test that holds the sandbox against its conformance specification names the rule at the start of its
docstring, such as `T-TOK-4`. `pytest -k T-TOK-4` runs it; `test_conformance.py` sees that every rule has one.
"""

import re
from collections.abc import Iterator

import pytest

from sessions_sandbox import Sandbox

RULE = re.compile(r"\bT-(?:UI\b|[A-Z]+-\d+)")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Started, with nobody signed in."""
    with Sandbox() as sandbox:
        yield sandbox


def pytest_itemcollected(item: pytest.Item) -> None:
    """Make a test known by its rules, for `-k`."""
    function = getattr(item, "function", None)
    item.extra_keyword_matches.update(RULE.findall(getattr(function, "__doc__", None) or ""))
