"""A small checkout with one lesson, and a sandbox that only counts."""

from pathlib import Path

import pytest

from tests.sessions_guide.counting import PAGE, PROGRAM, CountingSandbox


@pytest.fixture
def sandbox() -> CountingSandbox:
    return CountingSandbox()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder that holds the lesson numbers/counting, without its notebook."""
    for path, text in (("snippets/numbers/counting.py", PROGRAM), ("docs/numbers/counting.md", PAGE)):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path
