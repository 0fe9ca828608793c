"""A mutant: a module of ours with one check less, or one that is weaker."""

import ast
from dataclasses import dataclass
from types import CodeType
from typing import Any

NOTHING = "(nothing)"

Edit = tuple[ast.AST, str, Any]
"""A node, one of its fields, and what the field holds in the mutant."""
Key = tuple[str, str, str, str, int]


@dataclass(frozen=True, eq=False)
class Mutant:
    """`file`: below the root. `function`: its qualified name, or `""` where the check stands in none.

    `before`, `after`: source text. `number`: which of those with the same text in the same function, from 1.
    `text`: that of the line.
    `lines`: a test that runs none of them cannot tell the mutant. `statement`: that of the module's top.
    """

    file: str
    function: str
    before: str
    after: str
    number: int
    line: int
    text: str
    lines: frozenset[int]
    tree: ast.Module
    statement: ast.stmt
    edits: tuple[Edit, ...]

    @property
    def key(self) -> Key:
        """What stays the same when other lines of the file change."""
        return self.file, self.function, self.before, self.after, self.number

    def __str__(self) -> str:
        where = f"{self.file}:{self.line} in {self.function or 'no function'}"
        which = f" (number {self.number})" if self.number > 1 else ""
        return f"{where}{which}: {self.before}  →  {self.after}"

    def code(self, filename: str) -> CodeType:
        """The code of the whole module. This changes the syntax tree, so it is for a forked process."""
        self._edit()
        return compile(self.tree, filename, "exec")

    def code_of_statement(self, filename: str) -> CodeType:
        """The code of the one statement of the top that is changed; see `code`."""
        self._edit()
        return compile(ast.Module([self.statement], []), filename, "exec")

    def _edit(self) -> None:
        for node, field, value in self.edits:
            setattr(node, field, value)
        ast.fix_missing_locations(self.tree)
