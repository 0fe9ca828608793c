"""Runs inside Pyodide at build time: turns a folder of sources into an archive of byte code."""

import py_compile
import zipfile
from pathlib import Path
from py_compile import PycInvalidationMode

EARLIEST = (1980, 1, 1, 0, 0, 0)  # a fixed date, so that the same input gives the same bytes


def compile_archive(stage: str, root: str, out: str) -> None:
    """Write `out`, a zip that will lie at `root`. Stored: HTTP compression then does better."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(Path(stage).rglob("*")):
            if path.is_dir():
                continue
            name = path.relative_to(stage).as_posix()
            content = path.read_bytes()
            if name.endswith(".py"):
                content = byte_code(path, f"{root}/{name}")
                name += "c"
            archive.writestr(zipfile.ZipInfo(name, EARLIEST), content)


def byte_code(path: Path, shown_as: str) -> bytes:
    """The .pyc of a source file. An unchecked hash (PEP 552): it never asks for its source again."""
    target = "/tmp/module.pyc"
    mode = PycInvalidationMode.UNCHECKED_HASH
    py_compile.compile(str(path), target, shown_as, doraise=True, invalidation_mode=mode)
    return Path(target).read_bytes()
