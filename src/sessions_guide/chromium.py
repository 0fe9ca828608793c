"""The browser of the tests and of the benchmark: find one, or get one."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from sessions_guide.browser_start import starting
from sessions_guide.errors import GuideError

LAUNCH_ARGS = (
    "--no-sandbox",
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ON_PATH = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
DOWNLOADED = Path(__file__).parents[2] / ".tools" / "browsers"
DOWNLOAD_SECONDS = 600
STDERR = 2  # stdout carries the path alone

REMEDY = """Do one of these, then run the tests again:
  - install Chromium or Chrome so that `chromium` or `google-chrome` is on PATH
  - .venv/bin/python -m playwright install --with-deps chromium
  - name one yourself: export SESSIONS_CHROMIUM=/path/to/chrome"""


class ChromiumMissing(GuideError):
    """There is no Chromium, or none that starts. The message says how to get one."""


def find_chromium() -> Path:
    """The browser that SESSIONS_CHROMIUM names, or else the one on PATH, or else Playwright's.

    Raises `ChromiumMissing`.
    """
    named = os.environ.get("SESSIONS_CHROMIUM")
    if named:
        if shutil.which(named) is None:
            raise ChromiumMissing(f"SESSIONS_CHROMIUM names {named}, which is no program that can be run.")
        return Path(named)
    for name in ON_PATH:
        if found := shutil.which(name):
            return Path(found)
    for browsers in (None, DOWNLOADED):
        if (downloaded := _playwright_chromium(browsers)) is not None:
            return downloaded
    raise ChromiumMissing(f"No Chromium was found: not on PATH, and none of Playwright's.\n{REMEDY}")


def ensure_chromium() -> Path:
    """A browser that starts: the one found, else one by Playwright, else one of the system's packages.

    Says on stderr what it does. Raises `ChromiumMissing`.
    """
    try:
        return starting(find_chromium(), ChromiumMissing)
    except ChromiumMissing as error:
        if os.environ.get("SESSIONS_CHROMIUM"):
            raise
        _say(str(error).splitlines()[0])
    for get in (_from_playwright, _from_apt):
        try:
            if (chromium := get()) is not None:
                return starting(chromium, ChromiumMissing)
        except ChromiumMissing as error:
            _say(str(error))
    raise ChromiumMissing(f"The browser tests need Chromium, and none could be had.\n{REMEDY}")


def _from_playwright() -> Path | None:
    _say(f"Downloading Chromium with Playwright (about 180 MB) to {DOWNLOADED}")
    install = (sys.executable, "-m", "playwright", "install", "--no-shell", "chromium")
    if not _run(install, {"PLAYWRIGHT_BROWSERS_PATH": str(DOWNLOADED)}):
        _say("Playwright could not download it.")
        return None
    return _playwright_chromium(DOWNLOADED)


def _from_apt() -> Path | None:
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return None
    _say("Installing the system's package: apt-get install chromium")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    _run(("apt-get", "update", "-q"), quiet)
    if not _run(("apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium"), quiet):
        _say("apt-get could not install it.")
        return None
    found = shutil.which("chromium")
    return Path(found) if found else None


def _playwright_chromium(browsers: Path | None) -> Path | None:
    """The Chromium that Playwright has in `browsers` (None: where Playwright itself puts them), if any.

    Asked of a process of its own: Playwright's API refuses to start inside a test that already uses it.
    """
    ask = (
        "from playwright.sync_api import sync_playwright as start\n"
        "with start() as playwright: print(playwright.chromium.executable_path)"
    )
    where = {} if browsers is None else {"PLAYWRIGHT_BROWSERS_PATH": str(browsers)}
    answer = subprocess.run(
        [sys.executable, "-c", ask], env={**os.environ, **where}, capture_output=True, text=True
    )
    path = Path(answer.stdout.strip() or "missing")
    return path if path.is_file() else None


def _run(command: Sequence[str], environment: Mapping[str, str]) -> bool:
    """Whether `command` ended well within `DOWNLOAD_SECONDS`. Its output goes to stderr."""
    try:
        done = subprocess.run(
            command,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=STDERR,
            timeout=DOWNLOAD_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        _say(str(error))
        return False
    return done.returncode == 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    """Print the path of a Chromium that starts, getting one where there is none."""
    try:
        print(ensure_chromium())
    except ChromiumMissing as error:
        _say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
