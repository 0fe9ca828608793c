"""The scripts, run in a copy of the checkout on a machine whose tools are fakes that log their calls."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
SCRIPTS = REPOSITORY / "scripts"
VERBS = ("bench", "build", "notebooks", "record", "sandbox", "screenshot", "serve", "test")
MOST_LINES = 15
BASICS = ("bash", "cat", "chmod", "cksum", "dirname", "env", "grep", "id", "ln", "mkdir", "rm", "sh")

FAKE_PYTHON = """case "$*" in
  "-c import sys; sys.exit"*|"-c ") exit 0 ;;
  *"-m pip"*) mkdir -p .tools/bin; cp "$FAKES/uv" .tools/bin/uv ;;
esac"""
FAKE_UV = """case "$1" in
  --version) echo "uv 0.13.9" ;;
  sync) mkdir -p .venv/bin; cp "$FAKES/python" "$FAKES/node" "$FAKES/npm" .venv/bin/ ;;
esac"""
FAKE_NODE = ""
OLD_NODE = "exit 1"
FAKE_NPM = """case "$1" in
  --version) echo 11.0.0 ;;
  ci) mkdir -p node_modules ;;
esac"""


class Checkout:
    """A copy of scripts/ with what it reads, and a PATH on which only chosen tools are."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "a checkout"  # the space is meant
        self.path = folder / "bin"
        self.fakes = folder / "fakes"
        self.log = folder / "log"
        for made in (self.folder, self.path, self.fakes):
            made.mkdir()
        self.log.touch()
        shutil.copytree(SCRIPTS, self.folder / "scripts")
        shutil.copytree(REPOSITORY / ".ci", self.folder / ".ci")
        for name in ("uv.lock", "pyproject.toml", "package-lock.json"):
            (self.folder / name).write_text(name)
        for name in (*BASICS, "cp"):
            found = shutil.which(name)
            assert found, f"these tests need {name}"
            (self.path / name).symlink_to(found)
        fakes = {"python": FAKE_PYTHON, "uv": FAKE_UV, "node": FAKE_NODE, "npm": FAKE_NPM}
        for name, script in fakes.items():
            self._write(self.fakes / name, name, script)

    def provide(self, **tools: str) -> None:
        """Put fakes on PATH."""
        for name, script in tools.items():
            self._write(self.path / name, name, script)

    def run(self, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        self.log.write_text("")
        return subprocess.run(
            [self.folder / script, *arguments],
            env={"PATH": str(self.path), "FAKES": str(self.fakes), "LOG": str(self.log), "HOME": "/nowhere"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def calls(self) -> Sequence[str]:
        """The calls of the last run, without the questions after a version."""
        questions = ("--version", "-c", "-e")
        return [line for line in self.log.read_text().splitlines() if line.split(" ")[1] not in questions]

    def _write(self, path: Path, name: str, script: str) -> None:
        path.write_text(f'#!/bin/sh\nprintf "%s\\n" "{name} $*" >>"$LOG"\n{script}\n')
        path.chmod(0o755)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_is_a_short_program(verb: str) -> None:
    lines = (SCRIPTS / verb).read_text().splitlines()
    assert len(lines) <= MOST_LINES
    assert lines[0] == "#!/usr/bin/env bash"
    assert lines[1].startswith("# ")
    assert lines[2] == '. "$(dirname "$0")/_environment"'
    assert os.access(SCRIPTS / verb, os.X_OK)


def test_there_is_no_other_script() -> None:
    assert sorted(path.name for path in SCRIPTS.iterdir()) == sorted((*VERBS, "_environment"))


def test_the_first_run_sets_up_and_the_second_asks_nobody(checkout: Checkout) -> None:
    checkout.provide(uv=FAKE_UV, python3=FAKE_PYTHON, node=FAKE_NODE, npm=FAKE_NPM)
    done = checkout.run("scripts/sandbox", "--quick")
    assert (done.returncode, done.stdout) == (0, "")
    assert "Installing the Python packages" in done.stderr
    assert "Installing the npm packages" in done.stderr
    first = checkout.calls()
    assert first[0] == "uv sync --locked"
    assert first[1].startswith("npm ci --ignore-scripts")
    assert first[2:] == ["python -m sessions_sandbox.cli serve --quick"]
    done = checkout.run("scripts/sandbox")
    assert (done.returncode, done.stderr) == (0, "")
    assert checkout.calls() == ["python -m sessions_sandbox.cli serve"]


@pytest.mark.parametrize(
    ("changed", "tool"), [("uv.lock", "uv"), ("pyproject.toml", "uv"), ("package-lock.json", "npm")]
)
def test_only_what_has_changed_is_installed_again(checkout: Checkout, changed: str, tool: str) -> None:
    checkout.provide(uv=FAKE_UV, python3=FAKE_PYTHON, node=FAKE_NODE, npm=FAKE_NPM)
    checkout.run("scripts/sandbox")
    (checkout.folder / changed).write_text("changed")
    assert checkout.run("scripts/sandbox").returncode == 0
    assert [call.split(" ")[0] for call in checkout.calls()] == [tool, "python"]


def test_a_moved_checkout_is_set_up_again(checkout: Checkout) -> None:
    checkout.provide(uv=FAKE_UV, python3=FAKE_PYTHON, node=FAKE_NODE, npm=FAKE_NPM)
    checkout.run("scripts/sandbox")
    checkout.folder = checkout.folder.rename(checkout.folder.with_name("moved"))
    checkout.run("scripts/sandbox")
    assert checkout.calls()[0] == "uv sync --locked"


def test_uv_is_fetched_into_the_checkout_where_it_is_missing(checkout: Checkout) -> None:
    checkout.provide(python3=FAKE_PYTHON, node=FAKE_NODE, npm=FAKE_NPM)
    done = checkout.run("scripts/sandbox")
    assert done.returncode == 0, done.stderr
    assert "Fetching uv" in done.stderr
    assert "-m pip install" in checkout.calls()[0]
    assert "--target .tools" in checkout.calls()[0]
    assert (checkout.folder / ".tools/bin/uv").exists()


def test_an_old_uv_is_not_used(checkout: Checkout) -> None:
    checkout.provide(uv="echo uv 0.5.11", python3=FAKE_PYTHON, node=FAKE_NODE, npm=FAKE_NPM)
    checkout.run("scripts/sandbox")
    assert "--target .tools" in checkout.calls()[0]


@pytest.mark.parametrize("node", [None, OLD_NODE])
def test_node_comes_from_the_wheel_where_the_machine_has_none(checkout: Checkout, node: str | None) -> None:
    checkout.provide(uv=FAKE_UV, python3=FAKE_PYTHON)
    if node is not None:
        checkout.provide(node=node, npm=FAKE_NPM)
    done = checkout.run("scripts/sandbox")
    assert done.returncode == 0, done.stderr
    assert any(call.startswith("npm ci") for call in checkout.calls())
    assert not (checkout.folder / ".tools/node").exists()


def test_without_python_and_uv_it_says_what_to_install(checkout: Checkout) -> None:
    done = checkout.run("scripts/serve")
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed, and no python3 was found on PATH." in done.stderr
    assert "apt-get install python3" in done.stderr


def test_an_older_python_is_named(checkout: Checkout) -> None:
    old = 'case "$*" in *"(3, 11)"*) exit 1 ;; esac\n' + FAKE_PYTHON
    checkout.provide(python3=old, node=FAKE_NODE, npm=FAKE_NPM)
    done = checkout.run("scripts/sandbox")
    assert done.returncode == 0, done.stderr
    assert "No Python 3.11 or newer is on PATH: uv fetches one" in done.stderr


@pytest.mark.parametrize(
    ("tools", "message"),
    [
        ({"python3": 'case "$*" in *pip*) exit 1 ;; esac'}, "uv could not be installed"),
        (
            {"python3": FAKE_PYTHON, "uv": 'if [ "$1" = sync ]; then exit 2; fi\n' + FAKE_UV},
            "The Python packages could not be installed",
        ),
        (
            {"python3": FAKE_PYTHON, "uv": FAKE_UV, "node": "", "npm": '[ "$1" != ci ]'},
            "The npm packages could not be installed",
        ),
    ],
)
def test_an_installation_that_fails_stops_everything_and_is_tried_again(
    checkout: Checkout, tools: dict[str, str], message: str
) -> None:
    checkout.provide(**tools)
    for _ in range(2):
        done = checkout.run("scripts/sandbox")
        assert done.returncode == 1
        assert message in done.stderr
        assert not any("sessions_sandbox" in call for call in checkout.calls())


@pytest.mark.parametrize("script", ["scripts/test", ".ci/run"])
def test_test_runs_everything_in_one_go(checkout: Checkout, script: str) -> None:
    checkout.provide(uv=FAKE_UV, python3=FAKE_PYTHON, node=FAKE_NODE, npm=FAKE_NPM)
    checkout.run("scripts/sandbox")
    assert checkout.run(script, "-k", "a name").returncode == 0
    calls = checkout.calls()
    assert [call.split(" ")[2] for call in calls if call.startswith("python")] == [
        "sessions_guide.chromium", "ruff", "mypy", "pytest",
    ]  # fmt: skip
    assert "npm run --silent check" in calls
    assert calls[-1].endswith("-m pytest -k a name")


def test_a_whole_test_run_asks_for_every_line_of_the_programs_and_removes_each_check(
    checkout: Checkout,
) -> None:
    checkout.provide(uv=FAKE_UV, python3=FAKE_PYTHON, node=FAKE_NODE, npm=FAKE_NPM)
    checkout.run("scripts/sandbox")
    assert checkout.run("scripts/test").returncode == 0
    *_, lines, checks = checkout.calls()
    assert lines.endswith("coverage report --include=snippets/* --fail-under=100")
    assert checks.endswith("-m tests.mutation")


def test_serve_builds_first(checkout: Checkout) -> None:
    checkout.provide(uv=FAKE_UV, python3=FAKE_PYTHON, node=FAKE_NODE, npm=FAKE_NPM)
    checkout.run("scripts/sandbox")
    checkout.run("scripts/serve", "8080")
    assert checkout.calls() == [
        "python -m sessions_guide check-pages",
        "python -m sessions_guide.bundle",
        "python -m sessions_guide notebooks",
        "python -m mkdocs build --strict",
        "python -m sessions_guide.serve 8080",
    ]


def test_a_failing_step_stops_the_build(checkout: Checkout) -> None:
    checkout.provide(uv=FAKE_UV, python3=FAKE_PYTHON, node=FAKE_NODE, npm=FAKE_NPM)
    checkout.run("scripts/sandbox")
    failing = checkout.folder / ".venv/bin/python"
    failing.write_text(failing.read_text() + 'case "$*" in *check-pages*) exit 3 ;; esac\n')
    assert checkout.run("scripts/serve").returncode == 3
    assert checkout.calls() == ["python -m sessions_guide check-pages"]
