"""The site that MkDocs builds in strict mode: whole, and asking nothing of other hosts."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.site.pages import Page, read_site

REPOSITORY = Path(__file__).parents[2]
CSS_FETCH = re.compile(r"""(?:url\(|@import\s+)\s*["']?([^"')\s]+)""")
ELSEWHERE = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)


@pytest.fixture(scope="module")
def pages(built_site: Path) -> dict[str, Page]:
    return read_site(built_site)


def test_every_page_of_the_sources_is_built(pages: dict[str, Page]) -> None:
    sources = [path.relative_to(REPOSITORY / "docs") for path in (REPOSITORY / "docs").rglob("*.md")]
    expected = {
        (path.with_suffix("") / "index.html").as_posix().replace("index/index.html", "index.html")
        for path in sources
    }
    assert len(expected) > 10
    assert expected | {"404.html"} == set(pages)


def test_run_blocks_reach_the_page_as_they_stand_in_the_program(pages: dict[str, Page]) -> None:
    blocks = [block for page in pages.values() for block in page.blocks]
    assert blocks
    for block in blocks:
        program = (REPOSITORY / "snippets" / block.file).read_text("utf-8")
        section = program.split(f"# --8<-- [start:{block.section}]\n")[1].split("# --8<-- [end:")[0]
        assert block.text.strip() == section.strip(), f"{block.file}:{block.section}"


def test_no_page_fetches_from_another_host(pages: dict[str, Page]) -> None:
    fetched = [(name, address) for name, page in pages.items() for address in page.fetched]
    assert len(fetched) > len(pages)
    in_styles = [(name, match) for name, page in pages.items() for match in CSS_FETCH.findall(page.styles)]
    assert [(name, address) for name, address in fetched + in_styles if ELSEWHERE.match(address)] == []


def test_no_stylesheet_fetches_from_another_host(built_site: Path) -> None:
    def addresses() -> Iterator[tuple[str, str]]:
        for path in built_site.rglob("*.css"):
            for address in CSS_FETCH.findall(path.read_text("utf-8")):
                yield path.name, address

    assert [pair for pair in addresses() if ELSEWHERE.match(pair[1])] == []


def test_what_a_page_fetches_is_there(built_site: Path, pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        for address in page.fetched:
            if address.startswith("data:"):
                continue
            base = built_site if address.startswith("/") else (built_site / name).parent
            path = base / address.lstrip("/").split("?")[0].split("#")[0]
            assert path.is_file(), f"{name} fetches {address}, which is not built"
