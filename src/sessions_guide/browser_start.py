"""Whether a browser that was found starts."""

import subprocess
from pathlib import Path

from sessions_guide.errors import GuideError

START_SECONDS = 60


def starting(browser: Path, missing: type[GuideError]) -> Path:
    """`browser`, once it has told its version. Raises `missing` with its last words."""
    try:
        answer = subprocess.run(
            [browser, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise missing(f"{browser} does not start: {error}") from error
    if answer.returncode != 0:
        words = (answer.stderr.strip() or answer.stdout.strip() or "it says nothing").splitlines()
        raise missing(f"{browser} does not start: {words[-1]}")
    return browser
