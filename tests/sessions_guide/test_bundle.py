"""The bundle that the pages load: what is in it, that it is the same each time, how it fails."""

import gzip
import importlib.util
import os
import subprocess
import sys
import zipfile
from importlib.machinery import ModuleSpec
from io import BytesIO
from pathlib import Path

import pytest

from sessions_guide import bundle
from sessions_guide.bundle import (
    RUNTIME,
    SCRIPTS,
    BundleError,
    build_bundle,
    packages,
    programs,
    reachable_modules,
)
from sessions_guide.node import NodeError

PYC_HEADER = 16  # bytes, PEP 552
SNAPSHOT_MAGIC = b"\0snp"
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
    """A site that has a bundle with one program."""
    site = tmp_path_factory.mktemp("site")
    build_bundle(site, snippets)
    return site


@pytest.fixture(scope="module")
def runtime(built: Path) -> Path:
    return runtime_of(built)


def runtime_of(site: Path) -> Path:
    """The folder of what the worker loads."""
    (folder,) = (site / "assets" / "run").glob("*/")
    return folder


def files(site: Path) -> dict[str, bytes]:
    """All files of a site, by their paths."""
    return {
        path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()
    }


def names(archive: Path) -> set[str]:
    """The files in an archive."""
    with zipfile.ZipFile(archive) as opened:
        return set(opened.namelist())


def test_the_bundle_is_these_files(built: Path, runtime: Path) -> None:
    packed = {"pyodide.asm.wasm.gz", "snapshot.bin.gz"}
    archives = {"stdlib.zip", "packages.zip", "programs.zip"}
    own = {"worker.js", "code_editor.js", "programs"}
    assert {path.name for path in runtime.iterdir()} == {*RUNTIME} | own | packed | archives
    scripts = {path.name for path in (built / "assets" / "run").iterdir() if path.is_file()}
    assert scripts | {"worker.js", "code_editor.js", "service_worker.js"} == set(SCRIPTS)
    assert (built / "service_worker.js").is_file()


def test_the_scripts_know_their_build_and_its_sizes(built: Path, runtime: Path) -> None:
    for script in ("assets/run/run.js", "service_worker.js"):
        assert runtime.name in (built / script).read_text("utf-8")
    script = (built / "assets/run/run.js").read_text("utf-8")
    for path in runtime.iterdir():
        asked_later = path.name in ("worker.js", "code_editor.js", "programs")
        assert asked_later or f"{path.name}:{path.stat().st_size}" in script
    assert not any(b"@BUILD" in content for name, content in files(built).items() if name.endswith(".js"))


def test_whole_programs_lie_there_to_be_read(runtime: Path, snippets: Path) -> None:
    found = {path.relative_to(runtime / "programs").as_posix() for path in runtime.glob("programs/**/*.py")}
    assert found == {"play/one.py"}
    assert (runtime / "programs/play/one.py").read_bytes() == (snippets / "play/one.py").read_bytes()


def test_packages_hold_byte_code_and_programs_are_source(runtime: Path) -> None:
    found = names(runtime / "packages.zip")
    for module in (
        *("requests/__init__", "jwt/api_jwt", "sessions_sandbox/__init__", "sessions_guide/worker_api"),
        *("cryptography/__init__", "time_machine/__init__", "certifi/__init__", "markupsafe/_native"),
    ):
        assert f"{module}.pyc" in found
    assert "sessions_guide/bundle.pyc" not in found
    assert not any("emscripten" in name or "__pycache__" in name or name.endswith(".py") for name in found)
    assert names(runtime / "programs.zip") == {"snippets/play/one.py"}


def test_archives_are_whole(runtime: Path) -> None:
    for name in ("packages.zip", "stdlib.zip", "programs.zip"):
        with zipfile.ZipFile(runtime / name) as archive:
            assert archive.testzip() is None


def test_what_is_packed_is_what_pyodide_wants(runtime: Path) -> None:
    wasm = gzip.decompress((runtime / "pyodide.asm.wasm.gz").read_bytes())
    assert wasm == (bundle.REPOSITORY / "node_modules/pyodide/pyodide.asm.wasm").read_bytes()
    assert gzip.decompress((runtime / "snapshot.bin.gz").read_bytes()).startswith(SNAPSHOT_MAGIC)


def test_what_programs_import_is_reached(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import json as j, hashlib\nfrom urllib.parse import urlsplit\nprint(1)\n")
    (tmp_path / "b.py").write_text("def f():\n    import secrets\n")
    reached = reachable_modules(tmp_path)
    assert {"json", "hashlib", "urllib.parse", "secrets", "sessions_sandbox.embedded"} <= set(reached)
    assert reached == sorted(reached)


# In a process of its own: the sandbox that it starts would stop this one's clock.
RUN_ALL = """
import json, sys
from pathlib import Path
from sessions_guide.bundle import REPOSITORY, programs, reachable_modules
from sessions_guide.lesson import parse_program
from sessions_guide.worker_api import prepare, start
snippets = REPOSITORY / "snippets"
prepare(reachable_modules(snippets))
archive = Path(sys.argv[1])
archive.write_bytes(programs(snippets))
before = set(sys.modules)
api = start(str(archive))
for path in sorted(snippets.rglob("*.py")):
    file = path.relative_to(snippets).as_posix()
    section = parse_program(file, path.read_text("utf-8")).cells[-1].name
    result = json.loads(api.run(json.dumps({"file": file, "section": section, "edits": {}}), len))
    assert result["error"] is None, result["error"]
    api.ask('{"kind": "state"}')
print(*sorted(set(sys.modules) - before))
"""


def test_no_lesson_imports_what_is_not_in_the_picture(tmp_path: Path) -> None:
    command = [sys.executable, "-c", RUN_ALL, str(tmp_path / "programs.zip")]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert printed.split() == []


def test_byte_code_never_asks_for_its_source(runtime: Path) -> None:
    with zipfile.ZipFile(runtime / "packages.zip") as archive:
        code = archive.read("jwt/api_jwt.pyc")
    assert code[4:8] == UNCHECKED_HASH
    assert b"/lib/packages.zip/jwt/api_jwt.py" in code[PYC_HEADER:]


def test_the_standard_library_lacks_only_what_a_worker_cannot_use(runtime: Path) -> None:
    found = names(runtime / "stdlib.zip")
    assert {"json/__init__.pyc", "asyncio/__init__.pyc", "unittest/mock.pyc", "pydoc.pyc"} <= found
    assert not {
        name for name in found if name.startswith(("test/", "idlelib/", "tkinter/", "multiprocessing/"))
    }


def test_a_second_build_writes_nothing(built: Path, snippets: Path) -> None:
    before = {path: os.stat(path).st_mtime_ns for path in built.rglob("*")}
    build_bundle(built, snippets)
    assert {path: os.stat(path).st_mtime_ns for path in built.rglob("*")} == before


def test_the_same_sources_give_the_same_bytes(
    built: Path, snippets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle, "CACHE", tmp_path / "cache")
    build_bundle(tmp_path / "site", snippets)
    first, second = files(built), files(tmp_path / "site")
    assert [name for name in first | second if first.get(name) != second.get(name)] == []


def test_a_changed_program_changes_the_archive_without_compiling(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_node(*arguments: object, cwd: Path) -> str:
        raise AssertionError("Node was started")

    monkeypatch.setattr(bundle, "run_node", no_node)
    (tmp_path / "two.py").write_text("print(2)\n")
    build_bundle(tmp_path / "site", tmp_path)
    with zipfile.ZipFile(runtime_of(tmp_path / "site") / "programs.zip") as archive:
        assert archive.read("snippets/two.py") == b"print(2)\n"
    assert runtime_of(tmp_path / "site").name != runtime_of(built).name


def test_what_is_no_part_of_the_bundle_is_removed(built: Path, tmp_path: Path) -> None:
    older = tmp_path / "assets" / "run" / "0123456789abcdef"
    older.mkdir(parents=True)
    (older / "old.zip").write_text("stale")
    (tmp_path / "assets" / "site.css").write_text("not the bundle's")
    build_bundle(tmp_path, tmp_path)
    assert not older.exists()
    assert (tmp_path / "assets" / "site.css").exists()


def test_programs_come_in_order(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / f"{name}.py").write_text(name)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "c.py").write_text("c")
    with zipfile.ZipFile(BytesIO(programs(tmp_path))) as archive:
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
        build_bundle(tmp_path)
