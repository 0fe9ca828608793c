"""The package as others get it: the wheel, in an empty environment, with no more than it asks for."""

import os
import re
import shutil
import subprocess
import venv
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from sessions_sandbox.served.control import CONSOLE

REPOSITORY = Path(__file__).parents[1]
REQUIREMENT = re.compile(r"^Requires-Dist: (.*)$", re.MULTILINE)
NEEDS_AN_EXTRA = "sessions_sandbox.stores.redis"
README_TEST = re.compile(r"^``` python\n(.*?def test_.*?)^```$", re.MULTILINE | re.DOTALL)


def uv(*arguments: str, folder: Path) -> None:
    """Run uv without the network: the one that scripts/_environment fetched, or that of PATH."""
    program = shutil.which("uv", path=REPOSITORY / ".tools/bin") or shutil.which("uv")
    assert program is not None, "uv is not there; run this as ./scripts/test"
    done = subprocess.run([program, *arguments, "--offline"], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def run(python: Path, *arguments: str) -> str:
    """What the environment's Python prints, in an empty folder beside it; it must succeed."""
    folder = python.parents[2] / "empty"
    folder.mkdir(exist_ok=True)
    environment = {name: os.environ[name] for name in os.environ if not name.startswith(("PYTEST", "COV"))}
    done = subprocess.run([python, *arguments], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def needed(requirement: Requirement, extra: str = "") -> set[str]:
    """The names of the packages that a requirement brings, itself included."""
    if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
        return set()
    names = {requirement.name}
    for line in distribution(requirement.name).requires or []:
        for wanted in ("", *requirement.extras):
            names |= needed(Requirement(line), wanted)
    return names


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built in a copy, so that nothing of the checkout but what is in it counts."""
    folder = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(REPOSITORY / name, folder)
    shutil.copytree(REPOSITORY / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    uv("build", "--wheel", "--out-dir", "dist", folder=folder)
    (built,) = (folder / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with the wheel, what it requires, pytest, and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder / "venv", symlinks=True)
    python = folder / "venv/bin/python"
    (packages,) = (folder / "venv/lib").glob("python*/site-packages")
    uv("pip", "install", "--no-deps", "--python", str(python), str(wheel), folder=folder)
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        requirements = REQUIREMENT.findall(archive.read(metadata).decode())
    for name in set().union(*(needed(Requirement(line)) for line in [*requirements, "pytest"])):
        installed = distribution(name)
        for top in {file.parts[0] for file in installed.files or []} - {"..", "__pycache__"}:
            if not (packages / top).exists():
                (packages / top).symlink_to(Path(str(installed.locate_file(top))))
    return python


def test_it_holds_the_sandbox_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.split("/")[0] for name in names}
    assert {re.sub(r"-.*\.", ".", top) for top in tops} == {"sessions_sandbox", "sessions_sandbox.dist-info"}
    assert {"sessions_sandbox/py.typed", "sessions_sandbox/test_only_primes.json"} < set(names)
    assert {f"sessions_sandbox/served/console/{name}" for name, _ in CONSOLE.values()} < set(names)
    packaged = {name for name in names if name.endswith(".py")}
    source = REPOSITORY / "src"
    assert packaged == {
        path.relative_to(source).as_posix() for path in (source / "sessions_sandbox").rglob("*.py")
    }


def test_the_readmes_test_passes(python: Path) -> None:
    (example,) = README_TEST.findall((REPOSITORY / "README.md").read_text("utf-8"))
    assert len(re.findall(r"^    \S", example[example.index("def test_") :], re.MULTILINE)) <= 3
    folder = python.parents[2] / "empty"
    folder.mkdir(exist_ok=True)
    (folder / "test_example.py").write_text(example, "utf-8")
    assert "1 passed" in run(python, "-m", "pytest", "-q")


def test_the_command_is_there(python: Path) -> None:
    done = subprocess.run([python.parent / "sessions-sandbox", "--help"], capture_output=True, text=True)
    assert (done.returncode, "TEST ONLY" in done.stdout) == (0, True), done.stderr


def test_each_module_can_be_imported(python: Path) -> None:
    """With no more than the package requires, but for the module that needs an extra."""
    modules = [
        ".".join(path.relative_to(REPOSITORY / "src").with_suffix("").parts).removesuffix(".__init__")
        for path in (REPOSITORY / "src/sessions_sandbox").rglob("*.py")
    ]
    modules.remove(NEEDS_AN_EXTRA)
    program = "import importlib, sessions_sandbox; print(sessions_sandbox.__file__)\n" + "\n".join(
        f"importlib.import_module({module!r})" for module in sorted(modules)
    )
    assert run(python, "-c", program).startswith(str(python.parents[1]))
