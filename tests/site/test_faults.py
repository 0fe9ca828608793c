"""A fault in a page stops the build, and the message names the page and what is missing."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PROGRAM = """# --8<-- [start:sign_in]
print("in")
#> in
# --8<-- [end:sign_in]
"""


def block(snippet: str) -> str:
    return f'``` {{ .python .run data-file="a.py" data-section="sign_in" }}\n--8<-- "{snippet}"\n```\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A site of one page under the guide's own settings."""
    settings = (REPOSITORY / "mkdocs.yml").read_text("utf-8")
    settings, replaced = re.subn(r"^nav:\n(?:[ ].*\n|\n)+", "nav:\n  - index.md\n\n", settings, flags=re.M)
    assert replaced == 1
    (tmp_path / "mkdocs.yml").write_text(settings)
    shutil.copytree(REPOSITORY / "overrides", tmp_path / "overrides")
    (tmp_path / "docs").mkdir()
    (tmp_path / "snippets").mkdir()
    (tmp_path / "src").mkdir()
    (tmp_path / "snippets" / "a.py").write_text(PROGRAM)
    return tmp_path


def build(project: Path, page: str) -> subprocess.CompletedProcess[str]:
    (project / "docs" / "index.md").write_text(f"# Page\n\n{page}")
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict"],
        cwd=project,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
    )


def test_a_page_without_fault_builds(project: Path) -> None:
    done = build(project, block("a.py:sign_in"))
    assert done.returncode == 0, done.stderr
    assert 'data-section="sign_in"' in (project / "site/index.html").read_text()


@pytest.mark.parametrize(
    ("page", "message"),
    [
        (block("b.py:sign_in"), "page 'index.md': Snippet at path 'b.py' could not be found"),
        (block("a.py:sign_up"), "page 'index.md': Snippet section 'sign_up' could not be located"),
        ("[x](nowhere.md)", "'index.md' contains a link 'nowhere.md', but the target is not found"),
    ],
)
def test_a_fault_stops_the_build(project: Path, page: str, message: str) -> None:
    done = build(project, page)
    assert done.returncode == 1
    assert message in done.stderr


def test_each_bad_link_is_named(project: Path) -> None:
    done = build(project, "[x](#nowhere) [y](/page/)")
    assert done.returncode == 1
    assert "'index.md' contains a link '#nowhere', but there is no such anchor on this page" in done.stderr
    assert "'index.md' contains an absolute link '/page/'" in done.stderr


def test_a_page_that_nobody_finds_stops_the_build(project: Path) -> None:
    (project / "docs" / "lost.md").write_text("# Lost\n")
    done = build(project, "")
    assert done.returncode == 1
    assert "lost.md" in done.stderr
