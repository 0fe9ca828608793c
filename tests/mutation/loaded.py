"""Making a mutant of a loaded module: its functions get other code, its constants other values.

Nothing is written to disk, and nothing is undone: this is for a forked process that ends with the mutant.
"""

import ast
import gc
import sys
from collections import defaultdict
from collections.abc import Iterator, Set
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

from tests.mutation.mutants import Mutant

CACHE = type(cache(len))
Place = tuple[str, str, int]
"""File, qualified name and first line of a function."""


class CannotApply(Exception):
    """The mutant cannot be made of what is loaded."""


class Functions:
    """All functions of this process as of now, by where they were written, and those that keep results."""

    def __init__(self) -> None:
        self._found: dict[Place, list[FunctionType]] = defaultdict(list)
        self._caches: dict[str, list[Any]] = defaultdict(list)
        for thing in gc.get_objects():
            if isinstance(thing, FunctionType):
                self._found[_place(thing.__code__)].append(thing)
            elif isinstance(thing, CACHE) and isinstance(thing.__wrapped__, FunctionType):
                self._caches[thing.__wrapped__.__code__.co_filename].append(thing)

    @property
    def files_that_keep_results(self) -> Set[str]:
        """The files of functions with a cache."""
        return self._caches.keys()

    def apply(self, mutant: Mutant, path: Path) -> None:
        """Let the loaded module at `path` be the mutant. Raises `CannotApply`, or what the mutant raises."""
        for keeper in self._caches[str(path)]:
            keeper.cache_clear()
        if not mutant.lines:
            _run_again(mutant, path)
            return
        changed = 0
        for code in _codes(mutant.code(str(path))):
            for function in self._found.get(_place(code), ()):
                try:
                    function.__code__ = code
                except ValueError as error:
                    raise CannotApply(f"{code.co_qualname}: {error}") from error
                changed += 1
        if not changed:
            raise CannotApply(f"no function of {path} is loaded")


def _place(code: CodeType) -> Place:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def _run_again(mutant: Mutant, path: Path) -> None:
    """Run the changed statement of the top again, and those that use what it assigns; hand out the values."""
    modules = [module for module in sys.modules.values() if getattr(module, "__file__", None) == str(path)]
    if not modules:
        raise CannotApply(f"{path} is not loaded")
    (module,) = modules
    names = dict(vars(module))
    exec(mutant.code_of_statement(str(path)), names)
    changed = _names_of(mutant.statement)
    for statement in mutant.tree.body[mutant.tree.body.index(mutant.statement) + 1 :]:
        used = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
        if isinstance(statement, ast.Assign | ast.AnnAssign) and used & changed:
            exec(compile(ast.Module([statement], []), str(path), "exec"), names)
            changed |= _names_of(statement)
    for name in changed:
        _hand_out(name, getattr(module, name), names[name])


def _names_of(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.ClassDef):
        return {statement.name}
    targets = getattr(statement, "targets", [getattr(statement, "target", None)])
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _hand_out(name: str, old: Any, new: Any) -> None:
    """Let all who hold the old value have the new one; a class keeps its methods."""
    if isinstance(old, type):
        for attribute, value in vars(new).items():
            if isinstance(value, str | int | tuple | list | dict | set | frozenset) and attribute[:2] != "__":
                setattr(old, attribute, value)
    elif isinstance(old, dict | set):
        old.clear()
        old.update(new)
    elif isinstance(old, list):
        old[:] = new
    else:
        for holder in list(sys.modules.values()):
            if vars(holder).get(name) is old:
                setattr(holder, name, new)
