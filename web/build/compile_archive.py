"""Runs inside Pyodide at build time: turns a folder of sources into an archive of byte code."""

import py_compile
import zipfile
from pathlib import Path
from py_compile import PycInvalidationMode

DOCUMENTED = ("sessions_sandbox/switches.py",)  # its docstring tells the reader of a page what switches do
EARLIEST = (1980, 1, 1, 0, 0, 0)  # a fixed date, so that the same input gives the same bytes


def compile_archive(stage: str, root: str, out: str) -> None:
    """Write `out`, a zip that will lie at `root`."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(Path(stage).rglob("*")):
            if path.is_dir():
                continue
            name = path.relative_to(stage).as_posix()
            content = path.read_bytes()
            if name.endswith(".py"):
                content = byte_code(path, f"{root}/{name}")
                name += "c"
            archive.writestr(zipfile.ZipInfo(name, EARLIEST), content, zipfile.ZIP_DEFLATED)


def byte_code(path: Path, shown_as: str) -> bytes:
    """The .pyc of a source file, without docstrings (half a megabyte of them), but for those that are shown.

    An unchecked hash (PEP 552): it never asks for its source again.
    """
    target = "module.pyc"  # in Pyodide's own file system, which is memory
    mode = PycInvalidationMode.UNCHECKED_HASH
    level = 1 if shown_as.endswith(DOCUMENTED) else 2
    py_compile.compile(str(path), target, shown_as, doraise=True, optimize=level, invalidation_mode=mode)
    return Path(target).read_bytes()
