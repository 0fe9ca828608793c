"""Writes the tables of docs/reference/deviations.md from the sandbox's own list."""

import difflib
import re
from pathlib import Path

from sessions_guide.errors import GuideError
from sessions_sandbox.deviations import DEVIATIONS, Deviation

PAGE = Path("docs/reference/deviations.md")
HEADS = {
    "decision": "| What | In the sandbox | At Okta, as documented | Standard |",
    "extension": "| Not a feature of Okta | Switch | In the sandbox | At Okta | Standard |",
}


def write_deviations(page: Path, *, check: bool = False) -> str:
    """Bring the tables of the page up to date.

    Returns the change as a unified diff, "" if there is none; with `check`, writes nothing. Raises GuideError
    when the page lacks the comments between which a table stands.
    """
    text = page.read_text(encoding="utf-8")
    rewritten = text
    for kind in HEADS:
        rewritten = _with_table(page, rewritten, kind)
    if rewritten == text:
        return ""
    if not check:
        page.write_text(rewritten, encoding="utf-8")
    before, after = (source.splitlines(keepends=True) for source in (text, rewritten))
    return "".join(difflib.unified_diff(before, after, f"{page}", f"{page} as the list has it"))


def _with_table(page: Path, text: str, kind: str) -> str:
    start, end = f"<!-- {kind}s: scripts/record writes this -->", f"<!-- end of {kind}s -->"
    parts = re.split(f"({re.escape(start)}\n)(?:.*?)({re.escape(end)})", text, flags=re.DOTALL)
    if len(parts) != 4:
        raise GuideError(f"{page} must hold, once and in this order, the lines {start} and {end}")
    before, opening, closing, after = parts
    return f"{before}{opening}\n{_table(kind)}\n{closing}{after}"


def _table(kind: str) -> str:
    head = HEADS[kind]
    rows = [_row(deviation) for deviation in DEVIATIONS if deviation.kind == kind]
    return "".join(f"{line}\n" for line in (head, "|" + "---|" * (head.count("|") - 1), *rows))


def _row(deviation: Deviation) -> str:
    cells = [deviation.topic, deviation.sandbox, deviation.okta, deviation.source]
    if deviation.kind == "extension":
        cells.insert(1, ", ".join(f"`{name}`" for name in deviation.switches))
    return "|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|"
