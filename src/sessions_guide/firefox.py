"""The second browser of the tests: find a Firefox, or get one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from sessions_guide.browser_start import starting
from sessions_guide.errors import GuideError

VARIABLE = "SESSIONS_FIREFOX"
ON_PATH = ("firefox-esr", "firefox")
INSTALL_SECONDS = 600
STDERR = 2

REMEDY = f"""Do one of these, then run the tests again:
  - install Firefox so that `firefox` or `firefox-esr` is on PATH (on Debian: apt-get install firefox-esr)
  - name one yourself: export {VARIABLE}=/path/to/firefox"""


class FirefoxMissing(GuideError):
    """There is no Firefox, or none that starts. The message says how to get one."""


def ensure_firefox() -> Path:
    """The Firefox that SESSIONS_FIREFOX names, or else the one on PATH, or else one of the system's packages.

    Says on stderr what it installs. Raises `FirefoxMissing`.
    """
    named = os.environ.get(VARIABLE)
    if named:
        if shutil.which(named) is None:
            raise FirefoxMissing(f"{VARIABLE} names {named}, which is no program that can be run.")
        return starting(Path(named), FirefoxMissing)
    found = _on_path() or (_from_apt() and _on_path())
    if not found:
        raise FirefoxMissing(f"The browser tests need Firefox, and none could be had.\n{REMEDY}")
    return starting(found, FirefoxMissing)


def _on_path() -> Path | None:
    for name in ON_PATH:
        if found := shutil.which(name):
            return Path(found)
    return None


def _from_apt() -> bool:
    """Whether it could be installed: only root may, and only where there is apt-get."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return False
    print("Installing the system's package: apt-get install firefox-esr", file=sys.stderr, flush=True)
    install = ("apt-get", "install", "-q", "-y", "--no-install-recommends", "firefox-esr")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (("apt-get", "update", "-q"), install):
        try:
            done = subprocess.run(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=STDERR, timeout=INSTALL_SECONDS
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            print(error, file=sys.stderr, flush=True)
            return False
    return done.returncode == 0
