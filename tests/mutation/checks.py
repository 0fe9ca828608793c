"""The list of all mutants of a module. It follows from the syntax tree alone: no check can be forgotten.

A check is whatever decides or protects: a condition, one operand of `and` or `or`, the bound of a
comparison, a `raise`, an early `return`, a call for its effect (`_check_verifier(…)`), a handler of an
exception, an entry of a list or a dict (claims, headers, algorithms), a keyword argument (`httponly=True`),
`fullmatch`, `escape`.
"""

import ast
from collections import Counter

from tests.mutation.mutants import NOTHING, Edit, Mutant
from tests.mutation.syntax import (
    FUNCTIONS,
    Slot,
    below,
    header,
    is_constant,
    is_no_check,
    is_super,
    without_link,
)

PROTECTIVE = {"escape", "fingerprint"}
"""Calls that a value must go through: the mutant uses the value as it came."""
BOUNDS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}


def mutants_of(file: str, source: str) -> list[Mutant]:
    """All mutants of a module, from top to bottom. `file` is how they name it."""
    return _Walk(file, source).mutants


class _Walk:
    """Visits each node once, with the method for its kind, and notes the mutants that differ there."""

    def __init__(self, file: str, source: str) -> None:
        self._file = file
        self._source = source
        self._texts = source.splitlines()
        self._tree = ast.parse(source)
        self._scope: list[str] = []
        self._in_function = self._returns_bool = False
        self._lines: frozenset[int] = frozenset()
        self._conditions: set[ast.AST] = set()
        """What is a condition or a part of one, and so needs no forcing of its own."""
        self._guarded: dict[ast.AST, frozenset[int]] = {}
        """What runs when an `or` holds; without one of its operands, it holds less often."""
        self._same: Counter[tuple[str, str, str]] = Counter()
        self.mutants: list[Mutant] = []
        for index, statement in enumerate(self._tree.body):
            self._top = statement
            self._visit(Slot(self._tree, "body", index), statement)
        self.mutants.sort(key=lambda mutant: (mutant.line, mutant.before, mutant.after))

    def _visit(self, slot: Slot, node: ast.AST) -> None:
        if is_no_check(slot.parent, node):
            return
        outer = self._lines, self._in_function, self._returns_bool
        if isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case):
            self._lines = header(node)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            self._scope.append(node.name)
            if not isinstance(node, ast.ClassDef):
                self._in_function = True
                self._returns_bool = isinstance(node.returns, ast.Name) and node.returns.id == "bool"
            self._go_on(node)
            self._scope.pop()
        else:
            rule = getattr(self, f"_{type(node).__name__}", None)
            if rule is not None:
                rule(slot, node)
            self._go_on(node)
        self._lines, self._in_function, self._returns_bool = outer

    def _go_on(self, node: ast.AST) -> None:
        for slot, child in below(node):
            self._visit(slot, child)

    def _note(self, node: ast.AST, after: str, *edits: Edit, lines: frozenset[int] | None = None) -> None:
        segment = ast.get_source_segment(self._source, node) or ast.unparse(node)
        before, function = " ".join(segment.split()), ".".join(self._scope)
        line = getattr(node, "lineno", 1)
        self._same[function, before, after] += 1
        self.mutants.append(
            Mutant(
                file=self._file,
                function=function,
                before=before,
                after=after,
                number=self._same[function, before, after],
                line=line,
                text=self._texts[line - 1],
                lines=(lines or self._lines) if self._in_function else frozenset(),
                tree=self._tree,
                statement=self._top,
                edits=edits,
            )
        )

    def _replace(self, slot: Slot, node: ast.AST, new: ast.AST, lines: frozenset[int] | None = None) -> None:
        self._note(node, ast.unparse(new), slot.holding(new), lines=lines)

    def _remove(self, slot: Slot, node: ast.AST) -> None:
        self._note(node, NOTHING, slot.holding())

    def _force(self, slot: Slot, node: ast.AST) -> None:
        for value in (True, False):
            self._replace(slot, node, ast.Constant(value))

    # Conditions

    def _condition(self, node: ast.AST, test: ast.expr, runs: list[ast.stmt] | None = None) -> None:
        """A condition that always holds, and one that never does. `runs`: the statements that it guards.

        Where an `and` always holds, a test tells that already when one of its operands does; so with `or`.
        """
        slot, operator = Slot(node, "test", None), getattr(test, "op", None)
        self._is_condition(test)
        if not isinstance(operator, ast.And) and not isinstance(node, ast.While):
            self._replace(slot, test, ast.Constant(True))
        guarded = header(runs[0]) if runs else None
        if not isinstance(operator, ast.Or):
            self._replace(slot, test, ast.Constant(False), guarded)
        elif guarded:
            self._guarded[test] = guarded

    def _is_condition(self, node: ast.expr) -> None:
        self._conditions.add(node)
        if isinstance(node, ast.UnaryOp):
            self._is_condition(node.operand)

    def _If(self, slot: Slot, node: ast.If) -> None:
        self._condition(node, node.test, node.body)

    def _While(self, slot: Slot, node: ast.While) -> None:
        self._condition(node, node.test, node.body)

    def _IfExp(self, slot: Slot, node: ast.IfExp) -> None:
        self._condition(node, node.test)

    def _comprehension(self, slot: Slot, node: ast.comprehension) -> None:
        for index, test in enumerate(node.ifs):
            self._is_condition(test)
            if not isinstance(test, ast.BoolOp):
                self._remove(Slot(node, "ifs", index), test)

    def _BoolOp(self, slot: Slot, node: ast.BoolOp) -> None:
        for index, operand in enumerate(node.values):
            self._is_condition(operand)
            kept = [*node.values[:index], *node.values[index + 1 :]]
            new = kept[0] if len(kept) == 1 else ast.BoolOp(node.op, kept)
            self._replace(slot, node, new, self._guarded.get(node))

    def _UnaryOp(self, slot: Slot, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not) and node not in self._conditions:
            self._force(slot, node)
            self._is_condition(node.operand)

    def _Compare(self, slot: Slot, node: ast.Compare) -> None:
        for index, operator in enumerate(node.ops):
            if len(node.ops) > 1:
                self._replace(slot, node, without_link(node, index))
            if type(operator) in BOUNDS:
                operators = [*node.ops[:index], BOUNDS[type(operator)](), *node.ops[index + 1 :]]
                self._replace(slot, node, ast.Compare(node.left, operators, node.comparators))
        if node not in self._conditions:
            self._force(slot, node)

    # Statements

    def _statement(self, slot: Slot, node: ast.stmt) -> None:
        """Without the statement. If it is all that an `if` does, that is a condition that never holds."""
        parent = slot.parent
        if isinstance(parent, ast.If) and slot.field == "body" and len(parent.body) == 1:
            test = parent.test
            if not isinstance(test, ast.BoolOp) or isinstance(test.op, ast.And):
                return
        self._replace(slot, node, ast.Pass())

    _Assert = _Raise = _AugAssign = _Delete = _Continue = _Break = _statement

    def _Return(self, slot: Slot, node: ast.Return) -> None:
        if not isinstance(slot.parent, FUNCTIONS):
            self._statement(slot, node)
        told = node.value
        if self._returns_bool and not isinstance(told, ast.Compare | ast.BoolOp | ast.UnaryOp | ast.Constant):
            self._force(Slot(node, "value", None), told or node)

    def _Expr(self, slot: Slot, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call) and not is_super(node.value.func):
            self._statement(slot, node)

    def _Assign(self, slot: Slot, node: ast.Assign) -> None:
        makes = self._scope and self._scope[-1] == "__init__"
        if not makes and all(isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets):
            self._statement(slot, node)

    def _ExceptHandler(self, slot: Slot, node: ast.ExceptHandler) -> None:
        if node.type is None:
            return
        caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        for kind in caught:
            kept = [other for other in caught if other is not kind]
            self._replace(Slot(node, "type", None), node.type, ast.Tuple(kept, ast.Load()))

    # What is required, allowed or sent

    def _entries(self, slot: Slot, node: ast.List | ast.Set | ast.Tuple) -> None:
        unpacked = isinstance(slot.parent, ast.Assign) and isinstance(slot.parent.targets[0], ast.Tuple)
        written = isinstance(getattr(node, "ctx", None), ast.Store | ast.Del)
        if unpacked or written or isinstance(slot.parent, ast.ExceptHandler):
            return
        for index, entry in enumerate(node.elts):
            if is_constant(entry):
                self._remove(Slot(node, "elts", index), entry)

    _List = _Set = _Tuple = _entries

    def _Dict(self, slot: Slot, node: ast.Dict) -> None:
        for index, (key, value) in enumerate(zip(node.keys, node.values, strict=True)):
            edits = [Slot(node, field, index).holding() for field in ("keys", "values")]
            if key is None:
                self._note(value, "no entries of it", *edits)
            else:
                self._note(key, "no such entry", *edits)

    def _Call(self, slot: Slot, node: ast.Call) -> None:
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        last = len(node.args) - 1
        for index, keyword in enumerate(node.keywords):
            self._remove(Slot(node, "keywords", index), keyword)
        if name in ("min", "max") and last > 0:
            for index, argument in enumerate(node.args):
                self._remove(Slot(node, "args", index), argument)
        elif last > 0 and isinstance(node.args[last], ast.Name) and is_constant(node.args[last]):
            self._remove(Slot(node, "args", last), node.args[last])
        if name in PROTECTIVE and last == 0:
            self._replace(slot, node, node.args[0])
        if name == "fullmatch" and isinstance(node.func, ast.Attribute):
            self._replace(
                Slot(node, "func", None), node.func, ast.Attribute(node.func.value, "match", ast.Load())
            )
