"""The bundle that the pages load: what is in it, that it is the same each time, how it fails."""

import importlib.util
import os
import zipfile
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from sessions_guide import bundle
from sessions_guide.bundle import RUNTIME, SCRIPTS, BundleError, build_bundle, packages, with_programs
from sessions_guide.node import NodeError

PYC_HEADER = 16  # bytes, PEP 552
UNCHECKED_HASH = b"\x01\x00\x00\x00"


@pytest.fixture(scope="module")
def snippets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one program."""
    folder = tmp_path_factory.mktemp("snippets")
    (folder / "play").mkdir()
    (folder / "play" / "one.py").write_text("print('é')\n", "utf-8")
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, snippets: Path) -> Path:
    """A bundle with one program."""
    out = tmp_path_factory.mktemp("bundle") / "run"
    build_bundle(out, snippets)
    return out


def names(archive: Path) -> set[str]:
    """The files in an archive."""
    with zipfile.ZipFile(archive) as opened:
        return set(opened.namelist())


def test_the_bundle_is_these_files(built: Path) -> None:
    assert {path.name for path in built.iterdir()} == {*RUNTIME, *SCRIPTS, "stdlib.zip", "packages.zip"}


def test_packages_hold_byte_code_and_programs_as_source(built: Path) -> None:
    found = names(built / "packages.zip")
    assert {name for name in found if name.endswith(".py")} == {"snippets/play/one.py"}
    for module in (
        *("requests/__init__", "jwt/api_jwt", "sessions_sandbox/__init__", "sessions_guide/worker_api"),
        *("cryptography/__init__", "time_machine/__init__", "markupsafe/_native"),
    ):
        assert f"{module}.pyc" in found
    assert "sessions_guide/bundle.pyc" not in found
    assert not any("emscripten" in name or "__pycache__" in name for name in found)


def test_archives_are_stored_for_http_to_compress(built: Path) -> None:
    for name in ("packages.zip", "stdlib.zip"):
        with zipfile.ZipFile(built / name) as archive:
            assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
            assert archive.testzip() is None


def test_byte_code_never_asks_for_its_source(built: Path) -> None:
    with zipfile.ZipFile(built / "packages.zip") as archive:
        code = archive.read("jwt/api_jwt.pyc")
    assert code[4:8] == UNCHECKED_HASH
    assert b"/lib/packages.zip/jwt/api_jwt.py" in code[PYC_HEADER:]


def test_the_standard_library_lacks_only_what_a_worker_cannot_use(built: Path) -> None:
    found = names(built / "stdlib.zip")
    assert {"json/__init__.pyc", "asyncio/__init__.pyc", "unittest/mock.pyc", "pydoc.pyc"} <= found
    assert not {
        name for name in found if name.startswith(("test/", "idlelib/", "tkinter/", "multiprocessing/"))
    }


def test_a_second_build_writes_nothing(built: Path, snippets: Path) -> None:
    before = {path: os.stat(path).st_mtime_ns for path in built.iterdir()}
    build_bundle(built, snippets)
    assert {path: os.stat(path).st_mtime_ns for path in built.iterdir()} == before


def test_the_same_sources_give_the_same_bytes(
    built: Path, snippets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle, "CACHE", tmp_path / "cache")
    build_bundle(tmp_path / "run", tmp_path / "no-programs")
    for path in (tmp_path / "run").iterdir():
        if path.name != "packages.zip":
            assert path.read_bytes() == (built / path.name).read_bytes(), path.name
    programs_added = with_programs((tmp_path / "run" / "packages.zip").read_bytes(), snippets)
    assert programs_added == (built / "packages.zip").read_bytes()


def test_a_changed_program_changes_the_archive_without_compiling(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_node(*arguments: object, cwd: Path) -> str:
        raise AssertionError("Node was started")

    monkeypatch.setattr(bundle, "run_node", no_node)
    (tmp_path / "two.py").write_text("print(2)\n")
    build_bundle(tmp_path / "run", tmp_path)
    with zipfile.ZipFile(tmp_path / "run" / "packages.zip") as archive:
        assert archive.read("snippets/two.py") == b"print(2)\n"


def test_what_is_no_part_of_the_bundle_is_removed(built: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    out.mkdir()
    (out / "old.zip").write_text("stale")
    build_bundle(out, tmp_path)
    assert not (out / "old.zip").exists()


def test_programs_are_added_in_order(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / f"{name}.py").write_text(name)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "c.py").write_text("c")
    empty = tmp_path / "empty.zip"
    zipfile.ZipFile(empty, "w").close()
    full = tmp_path / "full.zip"
    full.write_bytes(with_programs(empty.read_bytes(), tmp_path))
    with zipfile.ZipFile(full) as archive:
        assert archive.namelist() == ["snippets/a.py", "snippets/b.py"]


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec

    def without_jwt(name: str) -> ModuleSpec | None:
        return None if name == "jwt" else found(name)

    monkeypatch.setattr(bundle, "find_spec", without_jwt)
    with pytest.raises(BundleError, match=r"^The package jwt is not installed here\. Run `uv sync` first\.$"):
        packages()


def test_missing_node_modules_name_npm_ci(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "REPOSITORY", tmp_path)
    with pytest.raises(NodeError, match=r"^The npm package pyodide is not in .*Run `npm ci` there first\.$"):
        build_bundle(tmp_path / "run")
