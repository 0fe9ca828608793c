"""What the walk through a syntax tree needs to know of Python."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from tests.mutation.mutants import Edit

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
NOT_RUN = {
    ast.FunctionDef: ("args", "returns", "decorator_list", "type_params"),
    ast.AsyncFunctionDef: ("args", "returns", "decorator_list", "type_params"),
    ast.ClassDef: ("bases", "keywords", "decorator_list", "type_params"),
    ast.AnnAssign: ("annotation",),
    ast.Import: ("names",),
    ast.ImportFrom: ("names",),
}
"""Fields that hold annotations, names and defaults: no checks."""


@dataclass(frozen=True)
class Slot:
    """Where a node stands: a field of its parent, or one place in a list there."""

    parent: ast.AST
    field: str
    index: int | None

    def holding(self, *nodes: ast.AST) -> Edit:
        """The edit that puts nodes here: one, or in a list any number."""
        if self.index is None:
            (value,) = nodes
            return self.parent, self.field, value
        before = getattr(self.parent, self.field)
        return self.parent, self.field, [*before[: self.index], *nodes, *before[self.index + 1 :]]


def below(node: ast.AST) -> Iterator[tuple[Slot, ast.AST]]:
    """The children of a node that may hold checks, and where they stand."""
    for field, value in ast.iter_fields(node):
        if field in NOT_RUN.get(type(node), ()):
            continue
        if isinstance(value, ast.AST):
            yield Slot(node, field, None), value
        elif isinstance(value, list):
            for index, child in enumerate(value):
                if isinstance(child, ast.AST):
                    yield Slot(node, field, index), child


def header(node: ast.AST) -> frozenset[int]:
    """The lines of a statement, without those of the statements in it."""
    start = node.pattern if isinstance(node, ast.match_case) else node
    first, last = getattr(start, "lineno", 0), getattr(start, "end_lineno", 0)
    body = getattr(node, "body", None)
    if isinstance(body, list):
        last = body[0].lineno - 1
    return frozenset(range(first, max(first, last) + 1))


def without_link(node: ast.Compare, index: int) -> ast.Compare:
    """`a < b < c` without its first link is `b < c`; without its last, `a < b`."""
    operands = [node.left, *node.comparators]
    if index == 0:
        return ast.Compare(operands[1], node.ops[1:], operands[2:])
    return ast.Compare(node.left, node.ops[:index], operands[1 : index + 1])


def is_constant(node: ast.expr) -> bool:
    """A text, a name in capitals, or what a starred name holds."""
    if isinstance(node, ast.Name):
        return node.id.isupper()
    return isinstance(node, ast.Starred) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def is_no_check(parent: ast.AST, node: ast.AST) -> bool:
    """What only type checkers and `import *` look at, and the fields of a dataclass."""
    if isinstance(parent, ast.ClassDef) and isinstance(node, ast.AnnAssign):
        return True
    if isinstance(node, ast.If):
        return "TYPE_CHECKING" in (getattr(node.test, "id", ""), getattr(node.test, "attr", ""))
    return isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__"


def is_super(function: ast.expr) -> bool:
    """Whether it is a method as the base class has it: `super().reset`."""
    call = function.value if isinstance(function, ast.Attribute) else None
    return isinstance(call, ast.Call) and getattr(call.func, "id", "") == "super"
