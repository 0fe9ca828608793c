import re
from pathlib import Path

import pytest

from sessions_guide.errors import GuideError, LessonError
from sessions_guide.page import LONGEST_EXCERPT, RunBlock, check_pages, parse_page, read_lessons
from tests.sessions_guide.counting import PAGE, PROGRAM

OPENING = '``` { .python .run data-file="a/b.py" data-section="c" title="T" }'
BODY = '--8<-- "a/b.py:c"'
EXAMPLE = '--8<-- "examples/a/b.py:c"'


def page(opening: str = OPENING, body: str = BODY, closing: str = "```") -> str:
    return f"# Title\n\n{opening}\n{body}\n{closing}\n"


def faults(checkout: Path, *, page: str = PAGE, program: str = PROGRAM) -> list[str]:
    (checkout / "docs/numbers/counting.md").write_text(page, encoding="utf-8")
    (checkout / "snippets/numbers/counting.py").write_text(program, encoding="utf-8")
    return [str(fault) for fault in check_pages(checkout)]


def test_a_page_is_markdown_and_run_blocks() -> None:
    text = f"---\ntitle: T\n---\n\n# Title\n\n{OPENING}\n{BODY}\n```\n\n```http\nGET /\n```\n"
    block = RunBlock("a/b.py", "c", "T", mistake=False, line=7)
    parsed = parse_page("docs/a/b.md", text)
    assert parsed.parts == ("# Title", block, "```http\nGET /\n```")
    assert parsed.blocks == [block]


@pytest.mark.parametrize(
    "opening",
    [
        "``` {.python .run data-file='a/b.py' data-section='c' title='T'}",
        '```{ title="T" data-section="c" .run .python data-file="a/b.py" }',
    ],
)
def test_attributes_in_any_order_and_quotes(opening: str) -> None:
    assert parse_page("p.md", page(opening)).blocks == [RunBlock("a/b.py", "c", "T", mistake=False, line=3)]


def test_tildes_and_a_mistake() -> None:
    text = page(OPENING.replace("```", "~~~~").replace(".run", ".run .mistake"), closing="~~~~")
    assert parse_page("p.md", text).blocks[0].mistake


@pytest.mark.parametrize(
    "text",
    [
        "    ```python\n    x\n    ```",
        "````markdown\n```\n--8<\n```\n````",
        "```python\nx = 1\n```",
        f"```python\n{EXAMPLE}\n```",
        '``` { .http title="worker.run, data-file" }\nx\n```',
        "A line with ```code``` in it.",
    ],
)
def test_other_code_is_markdown(text: str) -> None:
    assert parse_page("p.md", text).parts == (text,)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (page(closing=""), "p.md:3: this code block is never closed; end it with a line"),
        (
            page(OPENING.replace("```", "````")),
            "p.md:3: this code block is never closed; end it with a line `````",
        ),
        (
            page(OPENING.replace("{", "").replace("}", "")),
            "p.md:3: the attributes of this run block cannot be read",
        ),
        (
            page(OPENING.replace('"T"', "T")),
            "p.md:3: the attributes of this run block cannot be read: { .python",
        ),
        (
            page(OPENING.replace(".run ", "")),
            "p.md:3: a block with data-file or data-section must be a run block",
        ),
        (
            page(OPENING.replace(".python ", "")),
            "p.md:3: a block with data-file or data-section must be a run",
        ),
        (
            page(OPENING.replace(' title="T"', "")),
            "p.md:3: a run block needs data-file, data-section and a title",
        ),
        (page(OPENING.replace('"T"', '""')), "p.md:3: a run block needs data-file, data-section and a title"),
        (
            page(OPENING.replace("title", "hl_lines")),
            "p.md:3: a run block needs data-file, data-section and a",
        ),
        (page("  " + OPENING), "p.md:3: a run block is indented; move it to the left margin"),
        (
            page(body='--8<-- "a/b.py:d"'),
            "p.md:3: the block's body is not the section that it names; write --8<--",
        ),
        (page(body='--8<-- "a/c.py:c"'), 'that it names; write --8<-- "a/b.py:c"'),
        (page(body=f"{BODY}\nx = 1"), "p.md:3: the block's body is not the section that it names"),
        (page(body="x = 1"), "p.md:3: the block's body is not the section that it names"),
        (page("```python"), "p.md:4: only a run block may include a file; show a section of the page's own"),
        ('--8<-- "README.md"\n', "p.md:1: only a run block may include a file"),
        (f"{page()}\n```\n{EXAMPLE}\n```\n", "p.md:8: a page with run blocks includes no example;"),
    ],
)
def test_a_run_block_of_the_wrong_form(text: str, message: str) -> None:
    with pytest.raises(LessonError) as raised:
        parse_page("p.md", text)
    assert message in str(raised.value)


def test_a_lesson_is_a_page_and_its_program(checkout: Path) -> None:
    (checkout / "docs/index.md").write_text("# Hello\n", encoding="utf-8")
    assert check_pages(checkout) == []
    (lesson,) = read_lessons(checkout)
    assert (lesson.name, lesson.page.path) == ("numbers/counting", "docs/numbers/counting.md")
    assert lesson.program.path == "snippets/numbers/counting.py"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "numbers/counting.py",
            "numbers/other.py",
            "3: a page shows its own program, not numbers/other.py; write",
        ),
        ("go_on", "gone", "9: numbers/counting.py has no section `gone`; take one of: count, skip, go_on"),
        ("go_on", "count", "9: section `count` is shown twice; remove one of the blocks"),
        (".run .mistake", ".run", "9: section `go_on` shows a mistake; write { .python .run .mistake … }"),
        (
            ".run data",
            ".run .mistake data",
            "3: this block is a .mistake, but section `count` does not say so; begin",
        ),
    ],
)
def test_a_page_that_disagrees_with_its_program(checkout: Path, old: str, new: str, message: str) -> None:
    (fault,) = faults(checkout, page=PAGE.replace(old, new))
    assert fault.startswith(f"docs/numbers/counting.md:{message}")


def test_sections_stand_in_the_order_of_the_program(checkout: Path) -> None:
    first, second = re.findall(r"(?s)``` .*?\n```\n", PAGE)
    (fault,) = faults(checkout, page=second + first)
    expected = "docs/numbers/counting.md:4: section `count` comes too late on the page; show the sections in"
    assert fault.startswith(expected)


def test_an_excerpt_is_short(checkout: Path) -> None:
    lines = "".join(f"x = {number}\n" for number in range(LONGEST_EXCERPT))
    longest = PROGRAM.replace(
        "import itertools\n\nnumbers = itertools.count(1)\nprint(next(numbers))\n#> 1\n", lines
    )
    assert faults(checkout, program=longest) == []
    (fault,) = faults(checkout, program=longest.replace("x = 1\n", "x = 1\n\n"))
    assert fault.startswith(
        "docs/numbers/counting.md:3: section `count` shows 26 lines; keep an excerpt to 25:"
    )


def test_what_prints_has_a_record(checkout: Path) -> None:
    (fault,) = faults(checkout, program=PROGRAM.replace("#> 3\n", ""))
    what = "section `go_on` prints but has no recorded output; run scripts/record"
    assert fault == f"snippets/numbers/counting.py:13: {what}"


def test_a_print_in_a_function_counts_only_where_it_is_called(checkout: Path) -> None:
    uncalled = "def show() -> None:\n    print(1)\nlater = lambda: print(2)\n"
    assert (
        faults(
            checkout,
            program=PROGRAM.replace("next(numbers)\n# --8<-- [end:skip", uncalled + "# --8<-- [end:skip"),
        )
        == []
    )


@pytest.mark.parametrize(
    "imported",
    [
        "from sessions_sandbox import naive",
        "from sessions_sandbox.naive import verify",
        "import sessions_sandbox.naive as n",
    ],
)
def test_only_mistakes_import_what_is_naive(checkout: Path, imported: str) -> None:
    (fault,) = faults(checkout, program=PROGRAM.replace("import itertools", f"import itertools; {imported}"))
    assert fault.startswith(
        "snippets/numbers/counting.py:3: section `count` imports sessions_sandbox.naive; begin the"
    )
    lost = "# MISTAKE: one number is lost.\n"
    assert faults(checkout, program=PROGRAM.replace(lost, f"{lost}{imported}\n")) == []
    kept = "from sessions_sandbox import naively"
    assert faults(checkout, program=PROGRAM.replace("import itertools", f"import itertools; {kept}")) == []


def test_a_page_without_its_program(checkout: Path) -> None:
    (checkout / "snippets/numbers/counting.py").unlink()
    (fault,) = check_pages(checkout)
    what = "this page has a run block but no program snippets/numbers/counting.py; write the program"
    assert str(fault).startswith(f"docs/numbers/counting.md:3: {what}")


@pytest.mark.parametrize("page", [None, "# Nothing to run\n"])
def test_a_program_without_its_page(checkout: Path, page: str | None) -> None:
    if page is None:
        (checkout / "docs/numbers/counting.md").unlink()
    else:
        (checkout / "docs/numbers/counting.md").write_text(page, encoding="utf-8")
    (fault,) = check_pages(checkout)
    what = "no page shows this program; show its sections in docs/numbers/counting.md"
    assert str(fault) == f"snippets/numbers/counting.py:1: {what}"


def test_all_faults_come_at_once(checkout: Path) -> None:
    for name in ("a", "b"):
        (checkout / f"snippets/{name}.py").write_text("x = 1\n", encoding="utf-8")
    with pytest.raises(GuideError) as raised:
        read_lessons(checkout)
    assert [line.partition(":")[0] for line in str(raised.value).splitlines()] == [
        "snippets/a.py",
        "snippets/b.py",
    ]
