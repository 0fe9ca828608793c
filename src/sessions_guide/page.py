"""The lesson pages of docs/: their run blocks, and whether these agree with the programs they show."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sessions_guide.errors import GuideError, LessonError
from sessions_guide.lesson import MISTAKE, Cell, Program, parse_program

LONGEST_EXCERPT = 25  # lines
EXAMPLE = '--8<-- "examples/'
"""Begins the inclusion of a program that does not run on the page, and so has no notebook either."""

FENCE = re.compile(r"(?P<indent>[ \t]*)(?P<mark>`{3,}|~{3,})[ \t]*(?P<info>(?!.*```).*)")
_ATTRIBUTE = re.compile(
    r"""\s*(?:\.(?P<class>[\w-]+)|(?P<key>[\w-]+)=(?P<quote>["'])(?P<value>.*?)(?P=quote))"""
)
_MEANT_TO_RUN = re.compile(r"""(?:^|[\s{])(?:\.run\b|data-(?:file|section)=)""")
_INCLUDE = re.compile(r"""--8<-- (?P<quote>["'])(?P<file>[^"':]*):(?P<section>[^"':]*)(?P=quote)""")
_FRONT_MATTER = re.compile(r"---\n.*?\n(?:---|\.\.\.)\n", re.DOTALL)
_RUN_ATTRIBUTES = {"data-file", "data-section", "title"}

_Fault = Callable[[str, str], LessonError]


@dataclass(frozen=True)
class RunBlock:
    """A block that the reader can run, and the line of the page (from 1) that opens it."""

    file: str
    section: str
    title: str
    mistake: bool
    line: int


@dataclass(frozen=True)
class Page:
    """A page: its path from the checkout, and its parts in order: markdown as str. No front matter."""

    path: str
    parts: tuple[str | RunBlock, ...]

    @property
    def blocks(self) -> list[RunBlock]:
        """The run blocks, in order."""
        return [part for part in self.parts if isinstance(part, RunBlock)]


@dataclass(frozen=True)
class Lesson:
    """A page and the program that it shows. `name` is the path that they share: "cookies/logout"."""

    name: str
    page: Page
    program: Program


def read_lessons(root: Path) -> list[Lesson]:
    """Every lesson of the checkout, in the order of their names.

    Raises GuideError with all that is wrong with their pages and programs.
    """
    lessons, faults = _read_all(root)
    if faults:
        raise GuideError("\n".join(str(fault) for fault in faults))
    return lessons


def check_pages(root: Path) -> list[LessonError]:
    """What is wrong with the pages and programs of the checkout: the first fault of each."""
    return _read_all(root)[1]


def parse_page(path: str, text: str) -> Page:
    """Split a page into markdown and run blocks. Raises LessonError for a block of the wrong form."""
    fault = partial(LessonError, path)
    front = _FRONT_MATTER.match(text)
    skipped = front.group().count("\n") if front else 0
    parts: list[str | RunBlock] = []
    prose: list[str] = []
    example = 0  # the line that includes one
    lines = enumerate(text.removesuffix("\n").split("\n")[skipped:], start=skipped + 1)
    for number, line in lines:
        fence = FENCE.fullmatch(line)
        body = [] if fence is None else list(_body(path, number, fence["mark"], lines))
        block = None if fence is None else _read_run_block(partial(fault, number), number, fence, body)
        if block is not None:
            parts += [*_joined(prose), block]
            prose = []
            continue
        for offset, text_line in enumerate([line, *body]):
            if text_line.lstrip().startswith(EXAMPLE):
                example = number + offset
            elif text_line.lstrip().startswith("--8<--"):
                remedy = "show a section of the page's own program in a run block"
                raise fault(number + offset, "only a run block may include a file", remedy)
        prose += [line, *body]
    if example and any(isinstance(part, RunBlock) for part in parts):
        raise fault(example, "a page with run blocks includes no example", "show it on a page of its own")
    return Page(path, (*parts, *_joined(prose)))


def check_page(lesson: Lesson) -> None:
    """Hold a lesson's page against its program. Raises LessonError for the first thing that disagrees."""
    cells = lesson.program.cells
    names = [cell.name for cell in cells]
    last = -1
    for block in lesson.page.blocks:
        fault = partial(LessonError, lesson.page.path, block.line)
        if block.file != f"{lesson.name}.py":
            remedy = f'write data-file="{lesson.name}.py"'
            raise fault(f"a page shows its own program, not {block.file}", remedy)
        if block.section not in names:
            remedy = f"take one of: {', '.join(names)}"
            raise fault(f"{block.file} has no section `{block.section}`", remedy)
        position = names.index(block.section)
        if position == last:
            raise fault(f"section `{block.section}` is shown twice", "remove one of the blocks")
        if position < last:
            remedy = "show the sections in the program's order, each once"
            raise fault(f"section `{block.section}` comes too late on the page", remedy)
        _check_excerpt(fault, cells[position])
        _check_mistake(fault, block, cells[position])
        last = position


def check_program(program: Program) -> None:
    """Check what a program must keep to beyond its form. Raises LessonError for the first fault."""
    for cell in program.cells:
        fault = partial(LessonError, program.path, cell.first_line)
        body = ast.parse(cell.source)
        if _imports_naive(body) and not cell.mistake:
            remedy = f"begin the section with a comment `{MISTAKE} …`"
            raise fault(f"section `{cell.name}` imports sessions_sandbox.naive", remedy)
        if _prints(body) and not cell.recorded:
            raise fault(f"section `{cell.name}` prints but has no recorded output", "run scripts/record")


def _read_all(root: Path) -> tuple[list[Lesson], list[LessonError]]:
    lessons: list[Lesson] = []
    faults: list[LessonError] = []
    pages, programs = _names(root / "docs", ".md"), _names(root / "snippets", ".py")
    for name in sorted(pages | programs):
        try:
            page = parse_page(f"docs/{name}.md", _read(root, f"docs/{name}.md")) if name in pages else None
            if name in programs:
                lessons.append(_read_lesson(root, name, page))
            elif page is not None and page.blocks:
                what = f"this page has a run block but no program snippets/{name}.py"
                raise LessonError(
                    page.path, page.blocks[0].line, what, "write the program, or move the block"
                )
        except LessonError as fault:
            faults.append(fault)
    return lessons, faults


def _names(folder: Path, suffix: str) -> set[str]:
    return {file.relative_to(folder).with_suffix("").as_posix() for file in folder.rglob(f"*{suffix}")}


def _read(root: Path, path: str) -> str:
    return (root / path).read_text(encoding="utf-8")


def _read_lesson(root: Path, name: str, page: Page | None) -> Lesson:
    path = f"snippets/{name}.py"
    program = parse_program(path, _read(root, path))
    check_program(program)
    if page is None or not page.blocks:
        raise LessonError(path, 1, "no page shows this program", f"show its sections in docs/{name}.md")
    lesson = Lesson(name, page, program)
    check_page(lesson)
    return lesson


def _joined(prose: list[str]) -> list[str]:
    text = "\n".join(prose).strip("\n")
    return [text] if text.strip() else []


def _body(path: str, start: int, mark: str, lines: Iterator[tuple[int, str]]) -> Iterator[str]:
    """The lines of a fence up to the one that closes it, and that one too."""
    for _, line in lines:
        yield line
        if line.strip() == mark:
            return
    raise LessonError(path, start, "this code block is never closed", f"end it with a line `{mark}`")


def _read_run_block(fault: _Fault, number: int, fence: re.Match[str], body: list[str]) -> RunBlock | None:
    """The run block that a fence is, or None if it is an ordinary one."""
    info = fence["info"].strip()
    if not _MEANT_TO_RUN.search(info):
        return None
    classes, values = _read_attributes(fault, info)
    if not {"python", "run"} <= classes:
        raise fault("a block with data-file or data-section must be a run block", "write { .python .run … }")
    if set(values) != _RUN_ATTRIBUTES or not all(values.values()):
        raise fault(
            "a run block needs data-file, data-section and a title, and nothing else", "write all three"
        )
    if fence["indent"]:
        raise fault("a run block is indented", "move it to the left margin: notebooks need it there")
    file, section = values["data-file"], values["data-section"]
    include = _INCLUDE.fullmatch(body[0].strip()) if len(body) == 2 else None
    if include is None or (include["file"], include["section"]) != (file, section):
        raise fault("the block's body is not the section that it names", f'write --8<-- "{file}:{section}"')
    return RunBlock(file, section, values["title"], "mistake" in classes, number)


def _read_attributes(fault: _Fault, info: str) -> tuple[set[str], dict[str, str]]:
    classes: set[str] = set()
    values: dict[str, str] = {}
    inner = info[1:-1].strip() if info.startswith("{") and info.endswith("}") else ""
    position = 0
    while position < len(inner):
        attribute = _ATTRIBUTE.match(inner, position)
        if attribute is None:
            break
        if attribute["class"]:
            classes.add(attribute["class"])
        else:
            values[attribute["key"]] = attribute["value"]
        position = attribute.end()
    if not inner or position < len(inner):
        remedy = 'write ``` { .python .run data-file="…" data-section="…" title="…" }'
        raise fault(f"the attributes of this run block cannot be read: {info}", remedy)
    return classes, values


def _check_excerpt(fault: _Fault, cell: Cell) -> None:
    length = cell.source.count("\n")
    if length > LONGEST_EXCERPT:
        what = f"section `{cell.name}` shows {length} lines"
        raise fault(what, f"keep an excerpt to {LONGEST_EXCERPT}: split the section")


def _check_mistake(fault: _Fault, block: RunBlock, cell: Cell) -> None:
    if block.mistake and not cell.mistake:
        what = f"this block is a .mistake, but section `{cell.name}` does not say so"
        raise fault(what, f"begin the section with a comment `{MISTAKE} …`")
    if cell.mistake and not block.mistake:
        raise fault(f"section `{cell.name}` shows a mistake", "write { .python .run .mistake … }")


def _imports_naive(body: ast.Module) -> bool:
    imported = set()
    for node in ast.walk(body):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported |= {f"{node.module}.{alias.name}" for alias in node.names}
    return any(f"{name}.".startswith("sessions_sandbox.naive.") for name in imported)


def _prints(body: ast.AST) -> bool:
    """Whether running this prints; a function's own prints count only where it is called."""
    called_later = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    for node in ast.iter_child_nodes(body):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            return True
        if not isinstance(node, called_later) and _prints(node):
            return True
    return False
