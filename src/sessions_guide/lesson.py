"""A lesson's program, parsed into its cells. It goes into the browser: the standard library only."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from sessions_guide.errors import LessonError

LONGEST_PROGRAM = 60  # lines
LONGEST_NAME = 50  # characters: a notebook's cell id must hold it
MISTAKE = "# MISTAKE:"

_MARKER = re.compile(r"# --8<-- \[(?P<edge>start|end):(?P<name>[^\]]*)\]")
_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_OUTPUT = re.compile(r"(?P<indent>[ \t]*)#>(?: (?P<text>.*))?")
_FORMATTED_OUTPUT = re.compile(r"[ \t]*# >(?: .*)?")

_Fault = Callable[[int, str, str], LessonError]


@dataclass(frozen=True)
class Cell:
    """One section of a program.

    `source` is the section as it stands in the file, `first_line` its first line there (from 1).
    `recorded` is what it prints, each line with its newline; "" if it prints nothing.
    """

    name: str
    source: str
    first_line: int
    recorded: str

    @property
    def code(self) -> str:
        """The source without its `#>` lines."""
        return without_output(self.source)

    @property
    def mistake(self) -> bool:
        """Whether the section shows unsafe code, as its first line then says."""
        return self.source.startswith(MISTAKE)


@dataclass(frozen=True)
class Program:
    """A lesson's program: its path as tracebacks show it, its docstring, its cells in order."""

    path: str
    docstring: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Statement:
    """A statement's first and last line (from 1), its indent, and whether it has a body of its own."""

    first: int
    last: int
    indent: str
    compound: bool


@dataclass(frozen=True)
class Section:
    """A section's name and the lines of its two markers (from 1). Its own lines stand between them."""

    name: str
    start: int
    end: int


@dataclass(frozen=True)
class Outline:
    """A program's lines, statements and sections, its `#>` lines not looked at."""

    lines: list[str]
    docstring: str
    statements: list[Statement]
    sections: list[Section]


def is_output(line: str) -> bool:
    """Whether this line of a program is a `#>` line, well formed or not."""
    return line.lstrip(" \t").startswith("#>")


def without_output(source: str) -> str:
    """The source without its `#>` lines."""
    # Not splitlines(): it splits at characters that end no line in Python.
    return "\n".join(line for line in source.split("\n") if not is_output(line))


def parse_program(path: str, text: str) -> Program:
    """Parse a program of snippets/ into its cells.

    Raises LessonError for the first fault: syntax, docstring, sections, `#>` lines, or too many lines.
    """
    outline = read_outline(path, text)
    length = len(outline.lines)
    if length > LONGEST_PROGRAM:
        raise LessonError(
            path, LONGEST_PROGRAM + 1, f"the program has {length} lines", f"keep it to {LONGEST_PROGRAM}"
        )
    printed = _read_outputs(partial(LessonError, path), outline)
    cells = []
    for section in outline.sections:
        inside = range(section.start + 1, section.end)
        source = "".join(outline.lines[number - 1] + "\n" for number in inside)
        recorded = "".join(printed[number] + "\n" for number in inside if number in printed)
        cells.append(Cell(section.name, source, section.start + 1, recorded))
    return Program(path, outline.docstring, tuple(cells))


def read_outline(path: str, text: str) -> Outline:
    """Read a program's statements and sections, whatever its `#>` lines say.

    Raises LessonError for a fault of syntax, docstring or sections, and for a `#>` line inside a statement.
    """
    fault = partial(LessonError, path)
    try:
        tree = ast.parse(text, path)
    except (SyntaxError, ValueError) as error:
        line, reason = getattr(error, "lineno", None) or 1, getattr(error, "msg", str(error))
        raise fault(line, f"Python cannot read this: {reason}", "mend the syntax") from None
    docstring = ast.get_docstring(tree)
    if not docstring:
        raise fault(1, "the program has no docstring", "say in its first line what the program shows")
    lines = text.removesuffix("\n").split("\n")
    sections = list(_read_sections(fault, lines))
    _check_statements_stand_in_sections(fault, tree.body[1:], sections)
    statements = [_statement(node, lines) for node in ast.walk(tree) if isinstance(node, ast.stmt)]
    for statement in statements:
        for number in range(statement.first + 1, statement.last + 1):
            if not statement.compound and is_output(lines[number - 1]):
                raise fault(number, "a `#>` line stands inside a statement", "put it beneath its last line")
    return Outline(lines, docstring, statements, sections)


def _read_sections(fault: _Fault, lines: list[str]) -> Iterator[Section]:
    seen: dict[str, int] = {}
    open_name = ""
    for number, line in enumerate(lines, start=1):
        if "--8<--" not in line:
            continue
        marker = _MARKER.fullmatch(line.rstrip())
        if marker is None:
            remedy = "write `# --8<-- [start:name]` or `# --8<-- [end:name]` at the left margin"
            raise fault(number, f"this is no section marker: {line.strip()}", remedy)
        name = marker["name"]
        if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
            remedy = f"use snake_case, {LONGEST_NAME} characters at most"
            raise fault(number, f"`{name}` is no name for a section", remedy)
        if marker["edge"] == "end":
            if name != open_name:
                raise fault(
                    number, f"section `{name}` ends here but is not open", f"put [start:{name}] before it"
                )
            yield Section(name, seen[name], number)
            open_name = ""
            continue
        if open_name:
            remedy = f"put [end:{open_name}] before it: sections do not nest"
            raise fault(number, f"section `{name}` starts inside section `{open_name}`", remedy)
        if name in seen:
            raise fault(number, f"section `{name}` stands in line {seen[name]} too", "give it another name")
        seen[name], open_name = number, name
    if open_name:
        raise fault(
            seen[open_name], f"section `{open_name}` is never closed", f"put [end:{open_name}] after it"
        )


def _check_statements_stand_in_sections(fault: _Fault, body: list[ast.stmt], sections: list[Section]) -> None:
    filled = set()
    for node in body:
        first, last = _first_line(node), node.end_lineno or node.lineno
        home = next((section for section in sections if section.start < first and last < section.end), None)
        if home is None:
            remedy = "put it between a [start:name] and its [end:name]"
            raise fault(first, "this statement stands outside the sections", remedy)
        filled.add(home)
    for section in sections:
        if section not in filled:
            raise fault(
                section.start, f"section `{section.name}` has no statement", "give it one or remove it"
            )


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _statement(node: ast.stmt, lines: list[str]) -> Statement:
    first = _first_line(node)
    line = lines[first - 1]
    indent = line[: len(line) - len(line.lstrip(" \t"))]
    compound = hasattr(node, "body") or hasattr(node, "cases")
    return Statement(first, node.end_lineno or node.lineno, indent, compound)


def _read_outputs(fault: _Fault, outline: Outline) -> dict[int, str]:
    """The text of each `#>` line, by its line number."""
    indents: dict[int, set[str]] = {}
    for statement in outline.statements:
        indents.setdefault(statement.last, set()).add(statement.indent)
    printed: dict[int, str] = {}
    above = 0  # the last line that is not a `#>` line
    for number, line in enumerate(outline.lines, start=1):
        if _FORMATTED_OUTPUT.fullmatch(line):
            remedy = "take the space out, and keep formatters away from snippets/"
            raise fault(number, "this `# >` looks like a `#>` line that a formatter has changed", remedy)
        if not is_output(line):
            above = number
            continue
        output = _OUTPUT.fullmatch(line)
        if output is None:
            raise fault(number, f"a broken `#>` line: {line.strip()}", "put a space after `#>`")
        if above not in indents:
            remedy = "put it directly beneath the one that prints, or run scripts/record"
            raise fault(number, "this `#>` line follows no statement", remedy)
        if output["indent"] not in indents[above]:
            remedy = "indent both alike, or run scripts/record"
            raise fault(number, f"this `#>` line is not indented like the statement in line {above}", remedy)
        printed[number] = output["text"] or ""
    return printed
