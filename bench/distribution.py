"""A folder with Pyodide and chosen packages: the runtime, wheels, and the lock file that lists them."""

import hashlib
import json
import re
import shutil
import zipfile
from collections.abc import Iterable, Mapping
from email.parser import Parser
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bench.shelf import ROOT, kept, wheels_of
from sessions_guide.bundle import packages

OWN_CORE = ROOT / "node_modules/pyodide"
CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
LOCK = "pyodide-lock.json"
LIBRARIES = ("requests", "urllib3", "idna", "charset-normalizer", "certifi", "pyjwt", "werkzeug")
SANDBOX = ("sessions_sandbox", "cryptography", "time_machine")
"""Ours, and its stand-ins for what has no build for the browser, or none outside Pyodide's own host."""


def program_wheels() -> list[Path]:
    """What the lesson's program needs, in the versions installed here; ours come from this checkout."""
    libraries = wheels_of("program", [f"{name}=={version(name)}" for name in LIBRARIES])
    files = {name: content for name, content in packages().files.items() if name.split("/")[0] in SANDBOX}
    needs = ("requests", "pyjwt", "werkzeug")
    return [*libraries, pure_wheel("markupsafe", "markupsafe"), _wheel("sessions-sandbox", "0", files, needs)]


def pure_wheel(name: str, package: str) -> Path:
    """A package as installed here, without what is compiled: it has no wheel for the browser."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"{package} is not installed here: run scripts/test, which installs it")
    folder = Path(spec.submodule_search_locations[0])
    files = {f"{package}/{path.relative_to(folder)}": path.read_bytes() for path in folder.rglob("*.py")}
    return _wheel(name, version(name), files)


def _wheel(name: str, number: str, files: Mapping[str, bytes], needs: Iterable[str] = ()) -> Path:
    file_name = f"{name.replace('-', '_')}-{number}-py3-none-any.whl"
    info = f"{name.replace('-', '_')}-{number}.dist-info"
    required = "".join(f"Requires-Dist: {each}\n" for each in needs)
    described = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {number}\n{required}".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: bench\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": b"",
    }
    content = hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()

    def make(folder: Path) -> None:
        folder.mkdir()
        with zipfile.ZipFile(folder / file_name, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, text in sorted({**files, **described}.items()):
                archive.writestr(path, text)

    return kept(name, content, make) / file_name


def write_distribution(folder: Path, wheels: Iterable[Path] = (), core: Path = OWN_CORE) -> None:
    """Put Pyodide, these wheels and a lock file of them into `folder`."""
    folder.mkdir(parents=True)
    for name in CORE:
        shutil.copy(core / name, folder / name)
    known = json.loads((core / LOCK).read_text("utf-8"))
    listed = {_normal(wheel.name.split("-")[0]): wheel for wheel in wheels}
    entries = {}
    for name, wheel in listed.items():
        shutil.copy(wheel, folder / wheel.name)
        entries[name] = _entry(name, wheel, known["packages"].get(name))
        entries[name]["depends"] = [need for need in entries[name]["depends"] if need in listed]
    (folder / LOCK).write_text(json.dumps({"info": known["info"], "packages": entries}), "utf-8")


def _entry(name: str, wheel: Path, known: dict[str, Any] | None) -> dict[str, Any]:
    with zipfile.ZipFile(wheel) as archive:
        tops = {path.split("/")[0] for path in archive.namelist()}
        info = next(top for top in tops if top.endswith(".dist-info"))
        about = Parser().parsestr(archive.read(f"{info}/METADATA").decode())
    requirements = [each for each in about.get_all("Requires-Dist", []) if "extra ==" not in each]
    depends = known["depends"] if known else [re.split(r"[^\w.-]", each)[0] for each in requirements]
    return {
        "name": name,
        "version": about["Version"],
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": [top.removesuffix(".py") for top in tops if not top.endswith((".dist-info", ".data"))],
        "depends": [_normal(each) for each in depends],
    }


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
