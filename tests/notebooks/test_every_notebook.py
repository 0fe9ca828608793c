"""The committed notebooks: they are what their sources make, and their cells print what they show."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sessions_guide.kernel import Kernel
from sessions_guide.notebooks import check_all

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted(
    path for path in (ROOT / "notebooks").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts
)


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    with Kernel() as kernel:
        yield kernel


def test_the_notebooks_are_what_pages_and_programs_make() -> None:
    check_all(ROOT)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_each_cell_prints_what_the_notebook_shows(kernel: Kernel, path: Path) -> None:
    kernel.check(path)


def test_there_are_the_ten_lessons() -> None:
    assert len(NOTEBOOKS) >= 10
