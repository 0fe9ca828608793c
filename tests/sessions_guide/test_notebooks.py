import json
from pathlib import Path
from typing import Any

import pytest

from sessions_guide.errors import GuideError
from sessions_guide.notebooks import check_all, write_all
from sessions_guide.page import read_lessons
from tests.sessions_guide.counting import PAGE, PROGRAM

NOTEBOOK = "notebooks/numbers/counting.ipynb"


def written(checkout: Path) -> dict[str, Any]:
    write_all(checkout)
    notebook: dict[str, Any] = json.loads((checkout / NOTEBOOK).read_text(encoding="utf-8"))
    return notebook


def last_code(checkout: Path, source: str) -> str:
    """The code of the notebook's cell for a section of this source."""
    program = PROGRAM.replace("next(numbers)\n# --8<-- [end:skip", f"{source}\n# --8<-- [end:skip")
    (checkout / "snippets/numbers/counting.py").write_text(program, encoding="utf-8")
    cells = {cell["id"]: "".join(cell["source"]) for cell in written(checkout)["cells"]}
    return cells["skip"]


def test_a_notebook_is_the_page_with_all_sections_of_the_program(checkout: Path) -> None:
    cells = written(checkout)["cells"]
    assert [(cell["id"], cell["cell_type"], "".join(cell["source"])) for cell in cells] == [
        ("before-count", "markdown", "# Counting\n\n**Count**"),
        ("count", "code", "import itertools\n\nnumbers = itertools.count(1)\nprint(next(numbers))"),
        ("before-go_on", "markdown", "And on:\n\n**Go on**"),
        ("skip", "code", "next(numbers);"),
        ("go_on", "code", "# MISTAKE: one number is lost.\nprint(next(numbers))"),
    ]
    assert [cell["outputs"] for cell in cells if cell["cell_type"] == "code"] == [
        [{"name": "stdout", "output_type": "stream", "text": ["1\n"]}],
        [],
        [{"name": "stdout", "output_type": "stream", "text": ["3\n"]}],
    ]


def test_its_metadata_lets_each_jupyter_pick_its_kernel(checkout: Path) -> None:
    notebook = written(checkout)
    assert notebook["metadata"] == {"language_info": {"name": "python"}}
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert all(cell["metadata"] == {} for cell in notebook["cells"])


def test_what_follows_the_last_block_comes_last(checkout: Path) -> None:
    page = (
        PAGE.replace("go_on", "skip").replace(".mistake ", "")
        + "\nThe [RFC][rfc].\n\n[rfc]: https://rfc.example\n"
    )
    (checkout / "docs/numbers/counting.md").write_text(page, encoding="utf-8")
    cells = written(checkout)["cells"]
    assert [cell["id"] for cell in cells] == ["before-count", "count", "before-skip", "skip", "go_on", "end"]
    assert "".join(cells[-1]["source"]) == "The [RFC](https://rfc.example)."


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("x = 1", "x = 1"),
        ("abs(1)  # why", "abs(1);  # why"),
        ("('ü' +\n 'b')", "('ü' +\n 'b');"),
        ("'üü'; abs(1)", "'üü'; abs(1);"),
        ("for x in 'a':\n    abs(1)", "for x in 'a':\n    abs(1)"),
        ("print(end='')\n#>", "print(end='')"),
    ],
)
def test_no_value_is_echoed(checkout: Path, source: str, shown: str) -> None:
    assert last_code(checkout, source) == shown


def test_the_same_sources_make_the_same_bytes(checkout: Path) -> None:
    path = checkout / NOTEBOOK
    assert write_all(checkout) == [path]
    first = path.read_bytes()
    assert write_all(checkout) == []
    path.unlink()
    assert write_all(checkout) == [path]
    assert path.read_bytes() == first
    assert first.endswith(b"}\n")
    check_all(checkout)


@pytest.mark.parametrize("change", ["program", "notebook", "gone"])
def test_a_notebook_that_differs_from_its_sources_is_named(checkout: Path, change: str) -> None:
    write_all(checkout)
    path = checkout / NOTEBOOK
    if change == "program":
        (checkout / "snippets/numbers/counting.py").write_text(
            PROGRAM.replace("#> 3", "#> 4"), encoding="utf-8"
        )
    elif change == "notebook":
        path.write_text(path.read_text(encoding="utf-8").replace("And on", "Go on"), encoding="utf-8")
    else:
        path.unlink()
    with pytest.raises(GuideError) as raised:
        check_all(checkout)
    assert str(raised.value) == f"out of date: {NOTEBOOK}; run scripts/build, which writes them"


def test_a_notebook_without_a_lesson_is_named_and_kept(checkout: Path) -> None:
    write_all(checkout)
    stray = checkout / "notebooks/stray.ipynb"
    stray.write_text("{}", encoding="utf-8")
    checkpoint = checkout / "notebooks/.ipynb_checkpoints/counting.ipynb"
    checkpoint.parent.mkdir()
    checkpoint.write_text("{}", encoding="utf-8")
    for command in (check_all, write_all):
        with pytest.raises(GuideError) as raised:
            command(checkout)
        assert str(raised.value) == "notebooks/stray.ipynb belongs to no lesson; delete it"
    assert stray.exists()


def test_a_fault_in_a_lesson_stops_the_writing(checkout: Path) -> None:
    (checkout / "docs/numbers/counting.md").write_text(PAGE.replace("go_on", "gone"), encoding="utf-8")
    with pytest.raises(GuideError, match="has no section `gone`"):
        write_all(checkout)
    assert not (checkout / NOTEBOOK).exists()


def test_links_between_lessons_lead_to_notebooks(checkout: Path) -> None:
    lesson = "docs/numbers/counting.md"
    (checkout / lesson).write_text(PAGE.replace("And on:", "[Back](counting.md)"), encoding="utf-8")
    assert "[Back](counting.ipynb)" in "".join(written(checkout)["cells"][2]["source"])
    assert [lesson.name for lesson in read_lessons(checkout)] == ["numbers/counting"]
