"""How long a full build of the site takes: `python -m bench.site_build`, with no compiled archive at hand."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from bench.report import Figure, machine
from sessions_guide.bundle import build_bundle

ROOT = Path(__file__).parents[1]


def measure() -> list[Figure]:
    """Seconds for the browser's bundle, and for the pages."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.rmtree(ROOT / "build", ignore_errors=True)
        began = perf_counter()
        build_bundle(Path(folder) / "run")
        bundled = perf_counter()
        command = [
            sys.executable,
            "-m",
            "mkdocs",
            "build",
            "--strict",
            "--quiet",
            "--site-dir",
            f"{folder}/site",
        ]
        subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})
        built = perf_counter()
    return [
        Figure("bundle for the browser, from nothing", bundled - began, "s"),
        Figure("pages", built - bundled, "s"),
        Figure("full site build", built - began, "s"),
    ]


def main() -> None:
    """Measure and print."""
    for figure in measure():
        print(figure)
    print(machine("mkdocs", "mkdocs-material"))


if __name__ == "__main__":
    main()
