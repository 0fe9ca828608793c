"""Writes the tables of docs/reference/deviations.md from the sandbox's own list."""

import difflib
import re
from pathlib import Path

from sessions_guide.errors import GuideError
from sessions_sandbox.deviations import DECISIONS, EXTENSIONS, Deviation

PAGE = Path("docs/reference/deviations.md")
DECISIONS_HEAD = "| What | In the sandbox | At Okta, as documented | Standard |"
EXTENSIONS_HEAD = "| Not a feature of Okta | Switch | In the sandbox | At Okta | Standard |"


def write_deviations(page: Path, *, check: bool = False) -> str:
    """Bring the tables of the page up to date.

    Returns the change as a unified diff, "" if there is none; with `check`, writes nothing. Raises GuideError
    when the page lacks the comments between which a table stands.
    """
    text = page.read_text(encoding="utf-8")
    decisions = _table(DECISIONS_HEAD, [_cells(one) for one in DECISIONS])
    extensions = _table(EXTENSIONS_HEAD, [_cells_with_switches(one) for one in EXTENSIONS])
    rewritten = _with_table(page, text, "decisions", decisions)
    rewritten = _with_table(page, rewritten, "extensions", extensions)
    if rewritten == text:
        return ""
    if not check:
        page.write_text(rewritten, encoding="utf-8")
    before, after = (source.splitlines(keepends=True) for source in (text, rewritten))
    return "".join(difflib.unified_diff(before, after, f"{page}", f"{page} as the list has it"))


def _with_table(page: Path, text: str, name: str, table: str) -> str:
    start, end = f"<!-- {name}: scripts/record writes this -->", f"<!-- end of {name} -->"
    parts = re.split(f"({re.escape(start)}\n)(?:.*?)({re.escape(end)})", text, flags=re.DOTALL)
    if len(parts) != 4:
        raise GuideError(f"{page} must hold, once and in this order, the lines {start} and {end}")
    before, opening, closing, after = parts
    return f"{before}{opening}\n{table}\n{closing}{after}"


def _table(head: str, rows: list[list[str]]) -> str:
    lines = ["|" + "|".join(f" {cell} " if cell else " " for cell in row) + "|" for row in rows]
    return "".join(f"{line}\n" for line in (head, "|" + "---|" * (head.count("|") - 1), *lines))


def _cells(deviation: Deviation) -> list[str]:
    return [deviation.topic, deviation.sandbox, deviation.okta, deviation.source]


def _cells_with_switches(deviation: Deviation) -> list[str]:
    topic, *others = _cells(deviation)
    return [topic, ", ".join(f"`{name}`" for name in deviation.switches), *others]
