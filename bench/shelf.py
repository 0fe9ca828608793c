"""What the comparisons need and the project does not: fetched once, in pinned versions, to .cache/bench/.

uv makes throwaway environments, pip fetches wheels for the browser, npm fetches Pyodide. Whatever cannot be
had raises `NotMeasured`, so that the other figures are still taken. The environments' files in bench/pinned/
were made by `uv pip compile --universal --python-version 3.11 --no-annotate --no-header`.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
KEPT = ROOT / ".cache" / "bench"
PINNED = Path(__file__).parent / "pinned"
WITH_UV = f"{os.environ.get('PATH', os.defpath)}{os.pathsep}{ROOT / '.tools/bin'}"
"""Where uv is found: on PATH, or where scripts/_environment put it."""
LONGEST_FETCH = 600
"""Seconds."""
FOR_PYODIDE = (
    *("--only-binary", ":all:", "--python-version", "3.14", "--implementation", "cp", "--abi", "cp314"),
    *("--platform", "pyemscripten_2026_0_wasm32"),
)


class NotMeasured(Exception):
    """A comparison cannot be made here; the message says why."""


def environment(name: str) -> Path:
    """The Python of a throwaway environment with what bench/pinned/`name`.txt lists."""
    listed = PINNED / f"{name}.txt"

    def make(folder: Path) -> None:
        run(["uv", "venv", "--quiet", "--relocatable", "--python", sys.executable, str(folder)])
        python = folder / "bin/python"
        run(["uv", "pip", "install", "--quiet", "--python", str(python), "--requirement", str(listed)])

    return kept(name, f"{sys.executable}\n{listed.read_text('utf-8')}", make) / "bin/python"


def wheels(name: str) -> list[Path]:
    """The wheels that bench/pinned/`name`_wheels.txt lists, in builds for Pyodide."""
    return wheels_of(f"{name}_wheels", (PINNED / f"{name}_wheels.txt").read_text("utf-8").split())


def wheels_of(name: str, requirements: Sequence[str]) -> list[Path]:
    """The wheels of these requirements and of nothing else, in builds for Pyodide."""
    python = environment("pip")

    def make(folder: Path) -> None:
        command = [str(python), "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder)]
        run([*command, *FOR_PYODIDE, *requirements])

    return sorted(kept(name, "\n".join(requirements), make).glob("*.whl"))


def npm_package(name: str, version: str) -> Path:
    """The folder of an npm package in this very version."""

    def make(folder: Path) -> None:
        folder.mkdir()
        run(["npm", "pack", "--silent", f"{name}@{version}", "--pack-destination", str(folder)])
        with tarfile.open(next(folder.glob("*.tgz"))) as archive:
            archive.extractall(folder, filter="data")

    return kept(f"{name}-{version}", "", make) / "package"


def kept(name: str, made_from: str, make: Callable[[Path], None]) -> Path:
    """The folder that `make` fills, or filled before, from the same."""
    folder = KEPT / f"{name}-{hashlib.sha256(made_from.encode()).hexdigest()[:12]}"
    if not folder.is_dir():
        KEPT.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=KEPT) as half_done:
            make(Path(half_done) / name)
            (Path(half_done) / name).rename(folder)
    return folder


def run(command: Sequence[str], cwd: Path = ROOT) -> None:
    """Run a command silently. Raises NotMeasured with the command and the end of what it said."""
    name = " ".join(Path(part).name for part in command[:4])
    program = shutil.which(command[0], path=WITH_UV) or command[0]
    try:
        done = subprocess.run(
            [program, *command[1:]], cwd=cwd, env={**os.environ, "PATH": WITH_UV},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LONGEST_FETCH,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotMeasured(f"`{name}` did not run: {error}") from error
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
        raise NotMeasured(f"`{name}` failed: {said[-1].strip()}")
