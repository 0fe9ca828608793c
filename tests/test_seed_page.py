"""The seed page and the lessons agree: which lesson runs which claim, and with what verdict."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
CLAIMS = [f"C{number}" for number in range(1, 53)]
VERDICTS = {"true", "nuance", "insufficient", "contestable", "outdated", "wrong"}

HEADING = re.compile(r"### (?P<claim>C\d+), (?P<verdict>\w+): \S.* \{ #(?P<anchor>\w+) \}")
LINK = re.compile(r"\[(?P<text>[^\]]+)\]\((?P<target>[^)#\s]*)(?P<fragment>#[^)]*)?\)")
ROW = re.compile(
    r"\| \[(?P<claim>C\d+)\]\((?P<target>[^)]*)\)[^|]*\| (?P<verdict>\w+)(?P<part>, in part)?[^|]*\|"
)


@dataclass(frozen=True)
class Entry:
    """A claim on the seed page. `where` is its last paragraph: who runs it, and what is still to come."""

    claim: str
    anchor: str
    verdict: str
    where: str

    @property
    def runs(self) -> list[str]:
        """The pages that run it, or a part of it."""
        run = re.match(r"Run it(?:, in part)?: (.*?)\.(?: Still to come: |$)", self.where)
        return [match["target"] for match in LINK.finditer(run[1])] if run else []

    @property
    def in_part(self) -> bool:
        return self.where.startswith("Run it, in part: ")

    @property
    def still_to_come(self) -> bool:
        return re.search(r"(?:^|\. )Still to come: \w[^\[\]]*\.$", self.where) is not None


def read_entries() -> list[Entry]:
    """The claims of the seed page, in its order."""
    entries = []
    text = (DOCS / "seed.md").read_text("utf-8")
    for section in re.split(r"^(?=##+ )", text, flags=re.MULTILINE):
        heading, _, body = section.partition("\n")
        if heading.startswith("### "):
            found = HEADING.fullmatch(heading)
            assert found is not None, f"not the heading of a claim: {heading}"
            where = " ".join(body.strip().rpartition("\n\n")[2].split())
            entries.append(Entry(found["claim"], found["anchor"], found["verdict"], where))
    return entries


def read_rows() -> list[tuple[str, str, str, bool]]:
    """(claim, page, verdict, in part) for each row of the tables in the lessons."""
    rows = []
    for page in sorted(DOCS.rglob("*.md")):
        name = page.relative_to(DOCS).as_posix()
        for line in page.read_text("utf-8").splitlines():
            if name != "seed.md" and re.match(r"\|\s*\[?C\d", line):
                found = ROW.match(line)
                assert found is not None, f"{name}: not the row of a claim: {line}"
                assert found["target"] == f"../seed.md#{found['claim'].lower()}", f"{name}: {line}"
                rows.append((found["claim"], name, found["verdict"].lower(), found["part"] is not None))
    return rows


def test_every_claim_is_there_once_in_order() -> None:
    assert [entry.claim for entry in read_entries()] == CLAIMS


@pytest.mark.parametrize("entry", read_entries(), ids=lambda entry: entry.claim)
def test_a_claim_has_its_anchor_a_verdict_and_a_lesson(entry: Entry) -> None:
    assert entry.anchor == entry.claim.lower()
    assert entry.verdict in VERDICTS
    assert entry.runs or entry.still_to_come
    assert bool(entry.runs) == entry.where.startswith("Run it")


def test_the_lessons_and_the_seed_page_name_the_same_claims() -> None:
    of_seed = {(e.claim, page, e.verdict, e.in_part) for e in read_entries() for page in e.runs}
    of_lessons = read_rows()
    assert of_seed == set(of_lessons)
    assert len(of_lessons) == len(set(of_lessons))


def test_a_claim_that_is_run_in_part_says_what_is_still_to_come() -> None:
    partly = [entry for entry in read_entries() if entry.in_part]
    assert partly
    assert all(entry.still_to_come for entry in partly)


def test_the_links_of_the_seed_page_go_to_pages_that_exist_and_bear_their_titles() -> None:
    links = list(LINK.finditer((DOCS / "seed.md").read_text("utf-8")))
    pages = [link for link in links if link["target"].endswith(".md") and "://" not in link["target"]]
    assert pages
    for link in pages:
        page = DOCS / link["target"]
        assert page.is_file(), link[0]
        assert page.read_text("utf-8").startswith(f"# {' '.join(link['text'].split())}\n"), link[0]


def test_the_links_within_the_seed_page_go_to_claims() -> None:
    links = [link for link in LINK.finditer((DOCS / "seed.md").read_text("utf-8")) if not link["target"]]
    assert links
    assert {link["fragment"] for link in links} <= {f"#{entry.anchor}" for entry in read_entries()}


def test_every_lesson_is_on_the_seed_page() -> None:
    snippets = DOCS.parent / "snippets"
    lessons = {path.relative_to(snippets).with_suffix(".md").as_posix() for path in snippets.rglob("*.py")}
    assert {page for entry in read_entries() for page in entry.runs} == lessons
