"""The same mkdocs.yml builds with Zensical, and its pages carry the same programs."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.site.pages import Page, read_site

REPOSITORY = Path(__file__).parents[2]
SOURCES = ("mkdocs.yml", "docs", "examples", "overrides", "snippets", "src")


@pytest.fixture(scope="module")
def zensical_site(built_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site by Zensical, built in a copy: it writes only below the folder of mkdocs.yml.

    `built_site` comes first, because it puts docs/assets/run in its place.
    """
    project = tmp_path_factory.mktemp("zensical")
    for name in SOURCES:
        if (REPOSITORY / name).is_dir():
            shutil.copytree(REPOSITORY / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(REPOSITORY / name, project)
    done = subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--strict"], cwd=project, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return project / "site"


@pytest.fixture(scope="module")
def pages(zensical_site: Path) -> dict[str, Page]:
    return read_site(zensical_site)


def test_it_builds_the_same_pages(built_site: Path, pages: dict[str, Page]) -> None:
    assert set(pages) == set(read_site(built_site))


def test_it_keeps_the_run_blocks(built_site: Path, pages: dict[str, Page]) -> None:
    with_mkdocs = {name: page.blocks for name, page in read_site(built_site).items() if page.blocks}
    assert with_mkdocs
    assert {name: page.blocks for name, page in pages.items() if page.blocks} == with_mkdocs


def test_it_documents_the_sandbox(built_site: Path, zensical_site: Path) -> None:
    page = "reference/sandbox/index.html"
    for site in (built_site, zensical_site):
        assert 'class="doc doc-heading"' in (site / page).read_text("utf-8")


def test_it_fetches_nothing_from_another_host(pages: dict[str, Page]) -> None:
    fetched = [address for page in pages.values() for address in page.fetched]
    assert any(address.endswith("assets/run/run.js") for address in fetched)
    assert [address for address in fetched if "//" in address.removeprefix("data:")] == []
