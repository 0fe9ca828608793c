"""The tables of the page that says where the sandbox is not Okta."""

from pathlib import Path

import pytest

from sessions_guide import cli
from sessions_guide.deviations import PAGE, write_deviations
from sessions_guide.errors import GuideError
from sessions_sandbox import default
from sessions_sandbox.deviations import DECISIONS, EXTENSIONS
from sessions_sandbox.overview import meanings
from sessions_sandbox.switches import KINDS, Switches
from tests.sessions_guide.counting import CountingSandbox

REPOSITORY = Path(__file__).parents[2]
EMPTY = """# Not Okta
<!-- decisions: scripts/record writes this -->
what stood here before
<!-- end of decisions -->
between
<!-- extensions: scripts/record writes this -->
<!-- end of extensions -->
the end
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "deviations.md"
    path.write_text(EMPTY, "utf-8")
    return path


def test_the_page_is_as_the_list_has_it() -> None:
    """`scripts/record` brings it up to date."""
    assert write_deviations(REPOSITORY / PAGE, check=True) == ""


def test_the_tables_are_written_and_the_rest_stays(page: Path) -> None:
    difference = write_deviations(page)
    text = page.read_text("utf-8")
    assert "-what stood here before\n" in difference
    assert text.startswith("# Not Okta\n<!-- decisions: scripts/record writes this -->\n\n| What |")
    assert "|\n\n<!-- end of decisions -->\nbetween\n<!-- extensions: " in text
    assert text.endswith("|\n\n<!-- end of extensions -->\nthe end\n")
    assert write_deviations(page) == ""


def test_a_look_changes_nothing(page: Path) -> None:
    assert write_deviations(page, check=True) != ""
    assert page.read_text("utf-8") == EMPTY


def test_each_deviation_has_its_row_and_each_row_its_columns(page: Path) -> None:
    write_deviations(page)
    lines = [line for line in page.read_text("utf-8").splitlines() if line.startswith("|")]
    assert len(lines) == len(DECISIONS) + len(EXTENSIONS) + 4
    for deviation in (*DECISIONS, *EXTENSIONS):
        cells = [deviation.topic, deviation.sandbox, deviation.okta, deviation.source]
        assert not any(mark in "".join(cells) for mark in "|\n")
        (line,) = (line for line in lines if line.startswith(f"| {deviation.topic} |"))
        assert all(cell in line for cell in cells)
        assert line.count("|") == (5 if deviation in DECISIONS else 6)
        assert deviation in DECISIONS or all(f"`{name}`" in line for name in deviation.switches)


@pytest.mark.parametrize(
    "change", ["<!-- end of decisions -->", "<!-- extensions: scripts/record writes this -->\n"]
)
def test_a_page_without_its_places_is_refused(page: Path, change: str) -> None:
    page.write_text(EMPTY.replace(change, ""), "utf-8")
    with pytest.raises(GuideError, match=r"must hold, once and in this order, the lines <!-- "):
        write_deviations(page)


@pytest.fixture
def in_checkout(page: Path, sandbox: CountingSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a folder with the page and no programs."""
    (page.parent / "snippets").mkdir()
    monkeypatch.chdir(page.parent)
    monkeypatch.setattr(cli, "PAGE", Path(page.name))
    monkeypatch.setattr(default, "default_sandbox", lambda: sandbox)


@pytest.mark.usefixtures("in_checkout")
def test_record_rewrites_the_page_and_check_looks(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["record", "--check"]) == 1
    shown = capsys.readouterr()
    assert "-what stood here before\n" in shown.out
    assert shown.err == "deviations.md is not as the sandbox's list has it; run scripts/record\n"
    assert page.read_text("utf-8") == EMPTY
    assert cli.main(["record"]) == 0
    assert "-what stood here before\n" in capsys.readouterr().out
    assert cli.main(["record", "--check"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("in_checkout")
def test_a_program_by_its_name_leaves_the_page_alone(page: Path) -> None:
    assert cli.main(["record", "snippets/gone.py"]) == 1
    assert page.read_text("utf-8") == EMPTY


def test_each_switch_that_is_not_a_feature_of_okta_is_on_the_page() -> None:
    labelled = {name for name, text in meanings().items() if "not a feature of okta" in text.lower()}
    extensions = {name for one in EXTENSIONS for name in one.switches}
    assert labelled == extensions
    assert labelled


def test_each_deviation_names_switches_that_there_are() -> None:
    named = {name for deviation in (*DECISIONS, *EXTENSIONS) for name in deviation.switches}
    assert named <= set(KINDS)
    assert all(one.switches for one in EXTENSIONS)
    listed = (*DECISIONS, *EXTENSIONS)
    mentioned = {name for one in listed for name in vars(Switches()) if f"`{name}`" in one.sandbox}
    assert mentioned <= named


def test_topics_are_told_once() -> None:
    topics = [deviation.topic for deviation in (*DECISIONS, *EXTENSIONS)]
    assert len(set(topics)) == len(topics)
