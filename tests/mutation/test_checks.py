"""The list of mutants: what counts as a check."""

from textwrap import dedent

import pytest

from tests.mutation.checks import mutants_of


def changes(source: str) -> set[tuple[str, str]]:
    """Before and after, of all mutants of the source."""
    return {(mutant.before, mutant.after) for mutant in mutants_of("a.py", dedent(source))}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("if a:\n    b = 1", {("a", "True"), ("a", "False")}),
        ("if a and b:\n    c = 1", {("a and b", "a"), ("a and b", "b"), ("a and b", "False")}),
        ("if a or b:\n    c = 1", {("a or b", "a"), ("a or b", "b"), ("a or b", "True")}),
        ("a = b or c or d", {("b or c or d", other) for other in ("b or c", "b or d", "c or d")}),
        ("a = b == c", {("b == c", "True"), ("b == c", "False")}),
        ("if a < b:\n    c = 1", {("a < b", "True"), ("a < b", "False"), ("a < b", "a <= b")}),
        ("while a:\n    b = 1", {("a", "False")}),
        ("a = [b for b in c if b]", {("b", "(nothing)")}),
        ("a = not b", {("not b", "True"), ("not b", "False")}),
        ("a = b if c else d", {("c", "True"), ("c", "False")}),
        ("check(a)", {("check(a)", "pass")}),
        ("a.b = c", {("a.b = c", "pass")}),
        ("a['b'] = c", {("a['b'] = c", "pass")}),
        ("a = ['b', 'c']", {("'b'", "(nothing)"), ("'c'", "(nothing)")}),
        ("a = {'b': c, **d}", {("'b'", "no such entry"), ("d", "no entries of it")}),
        ("a = b(c, secure=True)", {("secure=True", "(nothing)")}),
        ("a = b(c, HEADERS)", {("HEADERS", "(nothing)")}),
        ("a = min(b, c)", {("b", "(nothing)"), ("c", "(nothing)")}),
        ("a = escape(b)", {("escape(b)", "b")}),
        ("a = PATTERN.fullmatch(b)", {("PATTERN.fullmatch", "PATTERN.match")}),
        ("try:\n    a = b\nexcept E:\n    c = d", {("E", "()")}),
        ("try:\n    a = b\nexcept (E, F):\n    c = d", {("(E, F)", "(F,)"), ("(E, F)", "(E,)")}),
    ],
)
def test_each_kind_of_check(source: str, expected: set[tuple[str, str]]) -> None:
    assert changes(source) == expected


def test_links_of_a_comparison() -> None:
    assert changes("if a <= b > c:\n    d = 1") == {
        ("a <= b > c", after) for after in ("True", "False", "b > c", "a <= b", "a < b > c", "a <= b >= c")
    }


def test_what_refuses() -> None:
    refusing = """
        def f(a):
            if a:
                raise E
            if b:
                log(a)
                return None
            if c or d:
                raise F
            return 1
    """
    found = changes(refusing)
    assert {("log(a)", "pass"), ("return None", "pass"), ("raise F", "pass")} <= found
    assert (
        not {("raise E", "pass"), ("return 1", "pass")} & found
    )  # as ("a", "False"); what a caller asks for


def test_what_a_function_says_that_says_yes_or_no() -> None:
    assert changes("def f(a) -> bool:\n    return g(a)") == {("g(a)", "True"), ("g(a)", "False")}


@pytest.mark.parametrize(
    "source",
    [
        '"""A docstring."""',
        "import a",
        "def f(a: B | None = {}, *, c='d') -> E: ...",
        "@decorated(by='a')\nclass B(C): ...",
        "__all__ = ['a', 'b']",
        "super().reset()",
        "if TYPE_CHECKING:\n    import a",
        "a, b = 'c', 'd'",
        "class A:\n    b: C = field(default_factory=D)",
        "def __init__(self):\n    self.a = b",
    ],
)
def test_what_is_no_check(source: str) -> None:
    assert changes(source) == set()


def test_a_key_stays_the_same_when_lines_move() -> None:
    source = "def f(a):\n    if a:\n        return 1\n    if a:\n        return 2\n    return 3\n"
    before, after = mutants_of("a.py", source), mutants_of("a.py", '"""Moved."""\n\n' + source)
    assert [mutant.key for mutant in before] == [mutant.key for mutant in after]
    assert len({mutant.key for mutant in before}) == len(before) == 4
    assert [mutant.line + 2 for mutant in before] == [mutant.line for mutant in after]
