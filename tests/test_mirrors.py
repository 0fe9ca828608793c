"""A lesson stands in four places under one name: page, program, notebook and test."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
LESSONS = 10


def names(folder: str, ending: str) -> set[str]:
    """The paths below a folder, without their ending."""
    return {
        path.relative_to(ROOT / folder).with_suffix("").as_posix()
        for path in (ROOT / folder).rglob(f"*{ending}")
        if ".ipynb_checkpoints" not in path.parts
    }


def test_every_program_has_its_page() -> None:
    programs = names("snippets", ".py")
    assert len(programs) >= LESSONS
    assert programs <= names("docs", ".md")


def test_every_program_has_its_notebook_and_no_notebook_stands_alone() -> None:
    assert names("notebooks", ".ipynb") == names("snippets", ".py")


def test_every_program_has_its_test() -> None:
    tests = {name.rpartition("/")[0] + "/" + name.rpartition("/")[2].removeprefix("test_")
             for name in names("tests/snippets", ".py") if "/test_" in name}  # fmt: skip
    assert tests == names("snippets", ".py")


def test_every_page_that_runs_something_has_its_program() -> None:
    running = {
        page.relative_to(ROOT / "docs").with_suffix("").as_posix()
        for page in (ROOT / "docs").rglob("*.md")
        if ".run" in page.read_text("utf-8") and "data-file=" in page.read_text("utf-8")
    }
    assert running == names("snippets", ".py")
