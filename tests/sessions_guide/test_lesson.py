import pytest

from sessions_guide.errors import GuideError, LessonError
from sessions_guide.lesson import LONGEST_PROGRAM, parse_program

PROGRAM = '''\
"""Says three things."""
# A comment may stand outside.

# --8<-- [start:first]
import math

print(
    "one",
)
#> one
# --8<-- [end:first]

# --8<-- [start:second_2]
# MISTAKE: it counts too far.
for word in ("two", "", "  three"):
    print(word)
    #> two
    #>
    #>   three
# --8<-- [end:second_2]
'''


def section(*lines: str) -> str:
    return "\n".join(['"""A program."""', "# --8<-- [start:a]", *lines, "# --8<-- [end:a]", ""])


def test_a_program_is_its_cells() -> None:
    program = parse_program("words/three.py", PROGRAM)
    first, second = program.cells
    assert (program.path, program.docstring) == ("words/three.py", "Says three things.")
    assert (first.name, first.first_line, first.recorded) == ("first", 5, "one\n")
    assert first.source == 'import math\n\nprint(\n    "one",\n)\n#> one\n'
    assert first.code == 'import math\n\nprint(\n    "one",\n)\n'
    assert (second.name, second.first_line, second.recorded) == ("second_2", 14, "two\n\n  three\n")
    assert (first.mistake, second.mistake) == (False, True)


def test_a_section_that_prints_nothing_has_no_record() -> None:
    assert parse_program("a.py", section("x = 1")).cells[0].recorded == ""


@pytest.mark.parametrize(
    ("lines", "recorded"),
    [
        (["if True: print(1)", "#> 1"], "1\n"),
        (["if True:", "    print(1)", "    #> 1", "else:", "    pass"], "1\n"),
        (["with open('x'):", "    print(1)", "    #> 1", "#> closed"], "1\nclosed\n"),
        (["match 1:", "    case 1:", "        print(1)", "        #> 1"], "1\n"),
        (["@print", "def f():", "    pass", "#> <function f>"], "<function f>\n"),
        (["print('#> no')", "#> #> no"], "#> no\n"),
        (["print('ünï \\u2028')", "#> ünï \u2028 \x0c ✓"], "ünï \u2028 \x0c ✓\n"),
    ],
)
def test_output_stands_beneath_any_statement(lines: list[str], recorded: str) -> None:
    assert parse_program("a.py", section(*lines)).cells[0].recorded == recorded


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('"""A."""\nx = (\n', "a.py:2: Python cannot read this: '(' was never closed; mend the syntax"),
        ('"""A."""\n\0', "a.py:1: Python cannot read this: source code string cannot contain null bytes"),
        ("", "a.py:1: the program has no docstring; say in its first line what the program shows"),
        ("x = 1\n", "a.py:1: the program has no docstring"),
        ('"""A."""\nx = 1\n', "a.py:2: this statement stands outside the sections; put it between"),
        (section("x = 1") + "x = 2\n", "a.py:5: this statement stands outside the sections"),
        (
            '"""A."""\n# --8<-- [start:a]\nx = [\n# --8<-- [end:a]\n]\n',
            "a.py:3: this statement stands outside the sections",
        ),
        (
            '"""A."""\n# --8<-- [start:a]\nx = 1\n',
            "a.py:2: section `a` is never closed; put [end:a] after it",
        ),
        (
            '"""A."""\n# --8<-- [end:a]\n',
            "a.py:2: section `a` ends here but is not open; put [start:a] before",
        ),
        (section("x = 1") + "# --8<-- [end:a]\n", "a.py:5: section `a` ends here but is not open"),
        (
            section("# --8<-- [start:b]", "x = 1"),
            "a.py:3: section `b` starts inside section `a`; put [end:a]",
        ),
        (
            section("x = 1") + "# --8<-- [start:a]\n",
            "a.py:5: section `a` stands in line 2 too; give it another",
        ),
        (section("# only a comment"), "a.py:2: section `a` has no statement; give it one or remove it"),
        (section("x = 1").replace(":a]", ":A-b]"), "a.py:2: `A-b` is no name for a section; use snake_case"),
        (section("x = 1").replace(":a]", f":{'a' * 51}]"), "is no name for a section; use snake_case, 50"),
        (section("if True:", "    # --8<-- [start:b]", "    pass"), "a.py:4: this is no section marker"),
        (section("x = 1  # --8<-- [start:b]"), "a.py:3: this is no section marker: x = 1"),
        (section("#> 1", "x = 1"), "a.py:3: this `#>` line follows no statement; put it directly beneath"),
        (section("x = 1", "", "#> 1"), "a.py:5: this `#>` line follows no statement"),
        (section("if True:", "    #> 1", "    x = 1"), "a.py:4: this `#>` line follows no statement"),
        (section("x = 1") + "#> 1\n", "a.py:5: this `#>` line follows no statement"),
        (
            section("for x in 'a':", "    print(x)", "  #> a"),
            "a.py:5: this `#>` line is not indented like the",
        ),
        (section("print(1)", "#>1"), "a.py:4: a broken `#>` line: #>1; put a space after `#>`"),
        (
            section("print(1)", "# > 1"),
            "a.py:4: this `# >` looks like a `#>` line that a formatter has changed",
        ),
        (section("print(", "    #> 1", "    1", ")"), "a.py:4: a `#>` line stands inside a statement"),
        (
            section('print("""', "#> 1", '""")'),
            "a.py:4: a `#>` line stands inside a statement; put it beneath",
        ),
    ],
)
def test_a_fault_names_its_line_and_what_to_do(text: str, message: str) -> None:
    with pytest.raises(LessonError) as raised:
        parse_program("a.py", text)
    assert message in str(raised.value)
    assert isinstance(raised.value, GuideError)


def test_sixty_lines_are_the_most() -> None:
    longest = section(*["x = 1"] * (LONGEST_PROGRAM - 3))
    assert len(parse_program("a.py", longest).cells) == 1
    with pytest.raises(LessonError, match=r"^a.py:61: the program has 61 lines; keep it to 60$"):
        parse_program("a.py", longest + "\n")
