"""Writes the notebooks of the lessons."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat

from sessions_guide.errors import GuideError
from sessions_guide.lesson import Cell
from sessions_guide.page import Lesson, read_lessons
from sessions_guide.prose import definitions, for_notebook, resolver


def write_all(root: Path) -> list[Path]:
    """Write the notebook of each lesson of the checkout. Returns those that have changed.

    Raises GuideError for a fault in a page or program, and for a notebook that no lesson makes.
    """
    written = []
    for path, text in _generated(root).items():
        if not _holds(path, text):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            written.append(path)
    return written


def check_all(root: Path) -> None:
    """Raise GuideError if a committed notebook differs from what its page and program make."""
    stale = [
        path.relative_to(root).as_posix() for path, text in _generated(root).items() if not _holds(path, text)
    ]
    if stale:
        raise GuideError(f"out of date: {', '.join(stale)}; run scripts/build, which writes them")


def notebook(lesson: Lesson, lessons: set[str]) -> str:
    """The notebook of a lesson, as JSON text. Links lead to the notebooks of `lessons`, by their names."""
    cells = list(_cells(lesson, lessons))
    made = {
        "cells": cells,
        "metadata": {"language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    nbformat.validate(made)
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def _holds(path: Path, text: str) -> bool:
    return path.exists() and path.read_bytes() == text.encode()


def _generated(root: Path) -> dict[Path, str]:
    lessons = read_lessons(root)
    names = {lesson.name for lesson in lessons}
    made = {root / "notebooks" / f"{lesson.name}.ipynb": notebook(lesson, names) for lesson in lessons}
    for path in sorted((root / "notebooks").rglob("*.ipynb")):
        if path not in made and ".ipynb_checkpoints" not in path.parts:
            raise GuideError(f"{path.relative_to(root).as_posix()} belongs to no lesson; delete it")
    return made


def _cells(lesson: Lesson, lessons: set[str]) -> Iterator[dict[str, Any]]:
    markdown = [part for part in lesson.page.parts if isinstance(part, str)]
    resolve, defined = resolver(lesson.name, lessons), definitions("\n".join(markdown))
    hidden = list(lesson.program.cells)
    prose = ""
    for part in lesson.page.parts:
        if isinstance(part, str):
            prose = for_notebook(part, resolve, defined)
            continue
        yield _markdown_cell(f"before-{part.section}", f"{prose}\n\n**{part.title}**".strip())
        prose = ""
        while (cell := hidden.pop(0)).name != part.section:
            yield _code_cell(cell)
        yield _code_cell(cell)
    for cell in hidden:
        yield _code_cell(cell)
    if prose:
        yield _markdown_cell("end", prose)


def _markdown_cell(name: str, text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": _lines(text)}


def _code_cell(cell: Cell) -> dict[str, Any]:
    outputs = (
        [{"name": "stdout", "output_type": "stream", "text": _lines(cell.recorded)}] if cell.recorded else []
    )
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": cell.name,
        "metadata": {},
        "outputs": outputs,
        "source": _lines(_without_echo(cell.code.strip("\n"))),
    }


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    return [*(line + "\n" for line in lines[:-1]), *filter(None, lines[-1:])]


def _without_echo(code: str) -> str:
    """End the code with a semicolon if Jupyter would show the value of its last expression."""
    last = ast.parse(code).body[-1]
    if not isinstance(last, ast.Expr) or _is_print(last.value):
        return code
    assert last.end_lineno is not None
    lines = code.split("\n")
    line = lines[last.end_lineno - 1].encode()  # columns count bytes
    lines[last.end_lineno - 1] = (line[: last.end_col_offset] + b";" + line[last.end_col_offset :]).decode()
    return "\n".join(lines)


def _is_print(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "print"
