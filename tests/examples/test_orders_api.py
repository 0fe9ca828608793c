"""The example of the guide: its tests print what the page says, and each of its checks is tested by one."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PAGE = REPOSITORY / "docs/testing/testing_your_api.md"
EXAMPLE = "examples/orders_api"
CONSOLE = re.compile(r"^``` console\n\$ \.venv/bin/python ([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LAST_LINE = re.compile(r"^=+ (\d+ passed) in .*s =+$", re.MULTILINE)
REQUIRE = '"require":'
CLAIMS_CHECKED = '**dict.fromkeys(["verify_exp", "verify_aud", "verify_iss"], True)'


def run(*arguments: str, folder: Path = REPOSITORY, **variables: str) -> str:
    """What Python prints with these arguments, in a terminal 80 columns wide."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**environment, "COLUMNS": "80", **variables},
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    return done.stdout


def test_the_page_shows_what_the_run_prints() -> None:
    """But for the duration."""
    ((command, recorded),) = CONSOLE.findall(PAGE.read_text("utf-8"))
    assert command == f"-m pytest --no-header {EXAMPLE}"
    assert LAST_LINE.search(recorded)
    assert LAST_LINE.sub(r"\1", run(*command.split())) == LAST_LINE.sub(r"\1", recorded)


@pytest.mark.parametrize(
    ("check", "instead", "failing"),
    [
        (REQUIRE, f'"verify_aud": False, {REQUIRE}', ["a_bad_token_is_refused[wrong_audience_token]"]),
        (
            REQUIRE,
            f'"verify_exp": False, {REQUIRE}',
            ["a_bad_token_is_refused[expired_token]", "a_revoked_token_works_until_it_expires"],
        ),
        (
            REQUIRE,
            f'{CLAIMS_CHECKED}, "verify_signature": False, {REQUIRE}',
            ["a_bad_token_is_refused[tampered_token]"],
        ),
        (f'{REQUIRE} ["exp", ', f"{REQUIRE} [", ["other_claims_are_refused[exp-None]"]),
        ("issuer=self.issuer", "issuer=None", ["other_claims_are_refused[iss-https://idp.example]"]),
        ("SCOPES.get(request.method) not in", "False and", ["reading_does_not_let_write"]),
        ("if self.keys is None", "if True", ["keys_are_fetched_once"]),
    ],
)
def test_a_check_that_is_removed_makes_a_test_fail(
    tmp_path: Path, check: str, instead: str, failing: list[str]
) -> None:
    shutil.copytree(REPOSITORY / EXAMPLE, tmp_path, dirs_exist_ok=True)
    program = tmp_path / "orders_api.py"
    source = program.read_text("utf-8")
    assert source.count(check) == 1
    program.write_text(source.replace(check, instead), "utf-8")
    quickly = ["-q", "-p", "sessions_sandbox", "-m", "not served_sandbox"]
    output = run("-m", "pytest", *quickly, folder=tmp_path, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    assert re.findall(r"^FAILED test_orders_api\.py::test_(\S+)", output, re.MULTILINE) == failing, output
