"""The TypeScript is typed strictly, and in good order."""

import subprocess

from sessions_guide.bundle import REPOSITORY
from sessions_guide.node import find_node, node_package


def checked(package: str, program: str, *arguments: str) -> None:
    """Run a package's program over the sources; its complaints are the failure."""
    script = node_package(REPOSITORY, package) / "bin" / program
    command = [str(find_node()), str(script), *arguments]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_types() -> None:
    checked("typescript", "tsc", "--noEmit", "--project", "web")


def test_lint_and_format() -> None:
    checked("@biomejs/biome", "biome", "check", "web")
