"""Builds what the reader's browser loads: Python, its packages, the programs and two scripts.

Run it as `python -m sessions_guide.bundle`. It compiles only what has changed since the last time.
"""

import hashlib
import json
import os
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from sessions_guide.errors import GuideError
from sessions_guide.node import node_package, run_node

REPOSITORY = Path(__file__).resolve().parents[2]
OUT = REPOSITORY / "docs" / "assets" / "run"
CACHE = REPOSITORY / "build" / "bundle"
WEB = REPOSITORY / "web"

RUNTIME = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm")
SCRIPTS = ("run.js", "worker.js")
PACKAGES = ("requests", "urllib3", "idna", "certifi", "charset_normalizer", "jwt", "werkzeug", "markupsafe")
GUIDE_MODULES = ("__init__.py", "errors.py", "lesson.py", "runner.py", "worker_api.py")
# Never imported here: urllib3 must not use the browser's own fetch, and nothing calls the command lines.
LEFT_OUT_OF_PACKAGES = (
    *("certifi/tests/", "charset_normalizer/cli/", "urllib3/contrib/emscripten/"),
    *("sessions_sandbox/cli.py", "sessions_sandbox/pytest_plugin.py", "sessions_sandbox/served/"),
)
# What needs processes, the world's sockets or a terminal, which a browser's worker has not; what is there in
# C as well; and two jests.
LEFT_OUT_OF_STDLIB = (
    *("__hello__.py", "__phello__/", "_pydatetime.py", "_pyio.py", "antigravity.py", "bdb.py", "cProfile.py"),
    *("ctypes/macholib/", "doctest.py", "ensurepip/", "ftplib.py", "idlelib/", "imaplib.py", "mailbox.py"),
    *("modulefinder.py", "multiprocessing/", "pdb.py", "pickletools.py", "poplib.py", "profile.py"),
    *("pstats.py", "pty.py", "pyclbr.py", "pydoc_data/", "smtplib.py", "tabnanny.py", "test/", "this.py"),
    *("tkinter/", "turtledemo/", "venv/", "xmlrpc/", "zipapp.py"),
)
EARLIEST = (1980, 1, 1, 0, 0, 0)  # a fixed date, so that the same input gives the same bytes


class BundleError(GuideError):
    """A source of the bundle is missing; the message says which and what to do."""


@dataclass(frozen=True)
class Archive:
    """Python sources by name, to be compiled into one zip that lies at `root` in the worker's file system."""

    name: str
    root: str
    files: dict[str, bytes]


def build_bundle(out: Path, snippets: Path = REPOSITORY / "snippets") -> None:
    """Fill the folder `out` with what the pages load. Raises BundleError and NodeError.

    The same sources give the same bytes. Files that are as they should be are not written again.
    """
    pyodide = node_package(REPOSITORY, "pyodide")
    archives = [standard_library(pyodide / "python_stdlib.zip"), packages()]
    wanted = {name: (pyodide / name).read_bytes() for name in RUNTIME}
    wanted |= _compiled(archives, pyodide)
    wanted["packages.zip"] = with_programs(wanted["packages.zip"], snippets)
    wanted |= _scripts()
    out.mkdir(parents=True, exist_ok=True)
    for stale in out.iterdir():
        if stale.name not in wanted:
            stale.unlink()
    for name, content in wanted.items():
        if not (out / name).is_file() or (out / name).read_bytes() != content:
            _write(out / name, content)


def packages() -> Archive:
    """Our own packages, the third-party ones as installed here, and stand-ins for what has no wasm build."""
    files: dict[str, bytes] = {}
    for package in PACKAGES:
        spec = find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise BundleError(f"The package {package} is not installed here. Run `uv sync` first.")
        files |= _tree(Path(spec.submodule_search_locations[0]), package, "*.py")
    files["certifi/cacert.pem"] = b""  # requests asks whether it exists; nothing in the sandbox reads it
    source = REPOSITORY / "src"
    files |= _tree(source / "browser_stand_ins", "", "*.py")
    files |= _tree(source / "sessions_sandbox", "sessions_sandbox", "*")
    for name in GUIDE_MODULES:
        files[f"sessions_guide/{name}"] = (source / "sessions_guide" / name).read_bytes()
    return Archive("packages.zip", "/lib/packages.zip", _without(files, LEFT_OUT_OF_PACKAGES))


def standard_library(stock: Path) -> Archive:
    """Pyodide's standard library without what nothing here can reach."""
    with zipfile.ZipFile(stock) as archive:
        files = {entry.filename: archive.read(entry) for entry in archive.infolist() if not entry.is_dir()}
    return Archive("stdlib.zip", "/lib/python314.zip", _without(files, LEFT_OUT_OF_STDLIB))


def with_programs(archive: bytes, snippets: Path) -> bytes:
    """The archive with the programs of the pages added as source, under `snippets/`."""
    buffer = BytesIO(archive)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_STORED) as target:
        for name, content in sorted(_tree(snippets, "snippets", "*.py").items()):
            target.writestr(zipfile.ZipInfo(name, EARLIEST), content)
    return buffer.getvalue()


def _compiled(archives: list[Archive], pyodide: Path) -> dict[str, bytes]:
    """The zips of the archives; Pyodide under Node compiles those whose sources have changed."""
    tools = (WEB / "build" / "compile.mjs", WEB / "build" / "compile_archive.py", pyodide / "package.json")
    tool_files = {path.name: path.read_bytes() for path in tools}
    cached = {archive.name: _cached(archive.name, tool_files | archive.files) for archive in archives}
    changed = [archive for archive in archives if not cached[archive.name].is_file()]
    if changed:
        print("Compiling Python for the browser (about 10 seconds)…", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            work = Path(folder)
            jobs = json.dumps([_staged(archive, work) for archive in changed])
            run_node(WEB / "build" / "compile.mjs", jobs, cwd=REPOSITORY)
            for archive in changed:
                _keep(work / archive.name, cached[archive.name])
    return {name: path.read_bytes() for name, path in cached.items()}


def _staged(archive: Archive, work: Path) -> dict[str, str]:
    """The sources as files below `work`, and what compile.mjs is to make of them."""
    stage = work / archive.name.removesuffix(".zip")
    for name, content in archive.files.items():
        (stage / name).parent.mkdir(parents=True, exist_ok=True)
        (stage / name).write_bytes(content)
    return {"stage": str(stage), "root": archive.root, "out": str(work / archive.name)}


def _scripts() -> dict[str, bytes]:
    """The page's script and the worker's; esbuild bundles them when their sources have changed."""
    esbuild = node_package(REPOSITORY, "esbuild")
    sources = _tree(WEB / "src", "src", "*.ts")
    for tool in (WEB / "build" / "scripts.mjs", WEB / "tsconfig.json", esbuild / "package.json"):
        sources[tool.name] = tool.read_bytes()
    cached = {name: _cached(name, sources) for name in SCRIPTS}
    if not all(path.is_file() for path in cached.values()):
        with tempfile.TemporaryDirectory(dir=CACHE) as work:
            run_node(WEB / "build" / "scripts.mjs", work, cwd=REPOSITORY)
            for name, path in cached.items():
                _keep(Path(work) / name, path)
    return {name: path.read_bytes() for name, path in cached.items()}


def _cached(name: str, sources: dict[str, bytes]) -> Path:
    """Where the result of these sources is kept from build to build."""
    CACHE.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    for source in sorted(sources):
        digest.update(f"{source}\0{len(sources[source])}\0".encode())
        digest.update(sources[source])
    return CACHE / f"{digest.hexdigest()[:16]}-{name}"


def _keep(result: Path, cached: Path) -> None:
    """Move a result to its place in the cache, and forget the older ones."""
    os.replace(result, cached)
    for older in CACHE.glob(f"*-{result.name}"):
        if older != cached:
            older.unlink(missing_ok=True)


def _tree(folder: Path, prefix: str, pattern: str) -> dict[str, bytes]:
    """The files of a folder by their path under `prefix`; byte code and hidden files left out."""
    files = {}
    for path in folder.rglob(pattern):
        relative = path.relative_to(folder)
        hidden = any(part.startswith(".") or part == "__pycache__" for part in relative.parts)
        if path.is_file() and not hidden:
            files[f"{prefix}/{relative.as_posix()}".lstrip("/")] = path.read_bytes()
    return files


def _without(files: dict[str, bytes], left_out: tuple[str, ...]) -> dict[str, bytes]:
    return {name: content for name, content in files.items() if not name.startswith(left_out)}


def _write(target: Path, content: bytes) -> None:
    """Replace a file in one step, so that a server never sends half of it."""
    part = target.with_name(f".{target.name}.{os.getpid()}")
    part.write_bytes(content)
    os.replace(part, target)


if __name__ == "__main__":
    try:
        build_bundle(OUT)
    except GuideError as error:
        sys.exit(f"{error}")
