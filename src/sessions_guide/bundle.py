"""Builds what the reader's browser loads: Python, its packages, the programs and two scripts.

Run it as `python -m sessions_guide.bundle`. It compiles only what has changed since the last time.
A page wakes Python from a picture of its memory, in which all is imported that the programs need. The
archives hold the rest, and are fetched when somebody asks for more.
"""

import ast
import gzip
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
SITE = REPOSITORY / "docs"
FOLDER = "assets/run"
CACHE = REPOSITORY / "build" / "bundle"
WEB = REPOSITORY / "web"

RUNTIME = ("pyodide.mjs", "pyodide.asm.mjs")
WASM = "pyodide.asm.wasm"
SNAPSHOT = "snapshot.bin"
SCRIPTS = ("run.js", "code_editor.js", "theme.js", "worker.js", "service_worker.js")
BUILD_NAME, BUILD_SIZES = b"@BUILD_NAME@", b"@BUILD_SIZES@"  # what stands for them in the scripts
PACKAGES = ("requests", "urllib3", "idna", "charset_normalizer", "jwt", "werkzeug", "markupsafe")
GUIDE_MODULES = (
    *("__init__.py", "errors.py", "inspected_token.py", "laboratory.py", "lesson.py", "runner.py"),
    *("token_checks.py", "token_inspector.py", "worker_api.py"),
)
# Never imported here: urllib3 must not use the browser's own fetch, and nothing calls the command lines.
LEFT_OUT_OF_PACKAGES = (
    *("charset_normalizer/cli/", "urllib3/contrib/emscripten/"),
    *("sessions_sandbox/cli.py", "sessions_sandbox/pytest_plugin.py", "sessions_sandbox/served/"),
    "sessions_sandbox/own_issuer/",
    *("sessions_sandbox/deviations/", "sessions_sandbox/openapi/"),
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
EVERY_PROGRAM_NEEDS = (
    *("sessions_guide.token_inspector", "sessions_guide.worker_api"),
    *("sessions_sandbox.default", "sessions_sandbox.embedded", "time_machine"),
    "netrc",  # of requests
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


def build_bundle(site: Path, snippets: Path = REPOSITORY / "snippets") -> None:
    """Put what the pages load into the folder `site`. Raises BundleError and NodeError.

    The scripts lie in assets/run/, the service worker at the root, for it serves only what lies below it.
    What the worker loads lies in a folder named after its content: no reader ever gets files of two builds.
    The same sources give the same bytes. Files that are as they should be are not written again.
    """
    pyodide = node_package(REPOSITORY, "pyodide")
    library, own = standard_library(pyodide / "python_stdlib.zip"), packages()
    runtime = {name: (pyodide / name).read_bytes() for name in RUNTIME}
    runtime |= _compiled([library, own], pyodide)
    runtime["programs.zip"] = programs(snippets)
    modules = reachable_modules(snippets)
    memory = _snapshot(runtime[library.name], runtime[own.name], modules, pyodide)
    runtime |= {f"{WASM}.gz": _packed(pyodide / WASM), f"{SNAPSHOT}.gz": _packed(memory)}
    wanted = _placed(runtime, _tree(snippets, "programs", "*.py"), _scripts())
    for stale in (site / FOLDER).rglob("*"):
        if stale.is_file() and stale.relative_to(site).as_posix() not in wanted:
            stale.unlink()
    for name, content in wanted.items():
        if not (site / name).is_file() or (site / name).read_bytes() != content:
            (site / name).parent.mkdir(parents=True, exist_ok=True)
            _write(site / name, content)
    for folder in sorted((site / FOLDER).rglob("*"), reverse=True):  # what lies within comes first
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _placed(
    runtime: dict[str, bytes], sources: dict[str, bytes], scripts: dict[str, bytes]
) -> dict[str, bytes]:
    """The files by their paths in the site, and the scripts told what they belong to.

    `sources` are the programs once more, for readers who want to see a whole one.
    """
    build = _digest(runtime | scripts).encode()
    sizes = " ".join(f"{name}:{len(content)}" for name, content in sorted(runtime.items())).encode()
    scripts = {
        name: content.replace(BUILD_NAME, build).replace(BUILD_SIZES, sizes)
        for name, content in scripts.items()
    }
    own = {name: scripts.pop(name) for name in ("code_editor.js", "worker.js")} | runtime | sources
    root = {"service_worker.js": scripts.pop("service_worker.js")}
    placed = {f"{FOLDER}/{build.decode()}/{name}": content for name, content in own.items()}
    return root | placed | {f"{FOLDER}/{name}": content for name, content in scripts.items()}


def packages() -> Archive:
    """Our own packages, the third-party ones as installed here, and stand-ins for what has no wasm build."""
    files: dict[str, bytes] = {}
    for package in PACKAGES:
        spec = find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise BundleError(f"The package {package} is not installed here. Run `uv sync` first.")
        files |= _tree(Path(spec.submodule_search_locations[0]), package, "*.py")
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


def programs(snippets: Path) -> bytes:
    """An archive of the programs of the pages, as source, under `snippets/`."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in sorted(_tree(snippets, "snippets", "*.py").items()):
            target.writestr(zipfile.ZipInfo(name, EARLIEST), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def reachable_modules(snippets: Path) -> list[str]:
    """What the programs import, and what they need without saying so: no reader is to wait for these."""
    named = set(EVERY_PROGRAM_NEEDS)
    for source in _tree(snippets, "", "*.py").values():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                named |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                named.add(node.module)
    return sorted(named)


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


def _snapshot(stdlib: bytes, packages: bytes, modules: list[str], pyodide: Path) -> Path:
    """Python's memory with these modules imported, as a file; it is taken when something has changed."""
    tool = WEB / "build" / "snapshot.mjs"
    sources = {"stdlib": stdlib, "packages": packages, "modules": "\n".join(modules).encode()}
    sources |= {path.name: path.read_bytes() for path in (tool, pyodide / "package.json")}
    cached = _cached(SNAPSHOT, sources)
    if not cached.is_file():
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            work = Path(folder)
            for name, content in (("stdlib.zip", stdlib), ("packages.zip", packages)):
                (work / name).write_bytes(content)
            job = {
                "stdlib": f"{work}/stdlib.zip",
                "packages": f"{work}/packages.zip",
                "modules": modules,
                "out": f"{work}/{SNAPSHOT}",
            }
            run_node(tool, json.dumps(job), cwd=REPOSITORY)
            _keep(work / SNAPSHOT, cached)
    return cached


def _packed(source: Path) -> bytes:
    """A file by gzip: not every host compresses what it sends."""
    content = source.read_bytes()
    cached = _cached(f"{source.name.rpartition('-')[2]}.gz", {source.name: content})
    if not cached.is_file():
        _write(cached, gzip.compress(content, 9, mtime=0))
        _forget_older(cached, f"{source.name.rpartition('-')[2]}.gz")
    return cached.read_bytes()


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
    return CACHE / f"{_digest(sources)}-{name}"


def _digest(sources: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for source in sorted(sources):
        digest.update(f"{source}\0{len(sources[source])}\0".encode())
        digest.update(sources[source])
    return digest.hexdigest()[:16]


def _keep(result: Path, cached: Path) -> None:
    """Move a result to its place in the cache, and forget the older ones."""
    os.replace(result, cached)
    _forget_older(cached, result.name)


def _forget_older(cached: Path, name: str) -> None:
    for older in CACHE.glob(f"*-{name}"):
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
        build_bundle(SITE)
    except GuideError as error:
        sys.exit(f"{error}")
