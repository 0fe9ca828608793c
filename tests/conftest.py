"""What several folders of tests share: the built site, and a server for it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from sessions_guide.chromium import LAUNCH_ARGS, ensure_chromium
from sessions_guide.serve import serve_in_background
from tests.once_a_run import once_a_run

REPOSITORY = Path(__file__).parents[1]


def pytest_configure() -> None:
    """Lines are counted in the processes that run tests, and not in those that the tests start."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        os.environ.pop("COVERAGE_PROCESS_CONFIG", None)


@pytest.fixture(scope="session")
def built_site(request: pytest.FixtureRequest) -> Path:
    """The folder of the site, built once a run as scripts/build does, but beside the checkout."""
    return once_a_run(request, "built_site", _build_site)


def _build_site(site: Path) -> None:
    for arguments in (
        ["sessions_guide.bundle"],
        ["mkdocs", "build", "--strict", "--site-dir", str(site)],
    ):
        done = subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=REPOSITORY,
            env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            pytest.fail(f"The site does not build: {arguments[0]}\n{done.stdout}{done.stderr}", pytrace=False)


@pytest.fixture(scope="session")
def site_address(built_site: Path) -> Iterator[str]:
    """Where the built site is served for the length of the run: `http://127.0.0.1:PORT`."""
    with serve_in_background(built_site) as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One headless Chromium for the whole run: Playwright allows a process no second one at a time."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=ensure_chromium(), args=LAUNCH_ARGS)
        yield browser
        browser.close()
