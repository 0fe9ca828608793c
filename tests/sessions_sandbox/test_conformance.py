"""Each rule of the conformance specification has a test."""

import ast
from pathlib import Path

from tests.sessions_sandbox.conftest import RULE

HERE = Path(__file__).parent
RULES = {
    "DISC": 3,
    "AUTHZ": 8,
    "TOK": 13,
    "RT": 11,
    "INT": 7,
    "REV": 5,
    "KEYS": 4,
    "OUT": 5,
    "CK": 9,
    "DPOP": 17,
}


def test_every_rule_has_a_test() -> None:
    rules = {f"T-{area}-{number}" for area, last in RULES.items() for number in range(1, last + 1)}
    tested = {rule for path in HERE.rglob("test_*.py") for rule in _rules_of(path)}
    assert tested == rules | {"T-UI"}


def _rules_of(path: Path) -> list[str]:
    functions = (
        node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)
    )
    return [
        rule
        for function in functions
        if function.name.startswith("test_")
        for rule in RULE.findall(ast.get_docstring(function) or "")
    ]
