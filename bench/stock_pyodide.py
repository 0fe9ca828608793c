"""Pages that boot Pyodide as it comes: with nothing, and with the lesson's packages by micropip."""

import json
from collections.abc import Iterable
from pathlib import Path

from bench.distribution import program_wheels, write_distribution
from bench.shelf import ROOT, wheels
from bench.stopwatch import Subject
from sessions_guide.lesson import parse_program

PROGRAM = "revocation/revoked_but_accepted.py"
SHOWN = ("two_checks", "revoke")
FIRST_LINE = "revoke: 200"
"""What the block prints first."""

# urllib3 would send requests by the browser's own fetch; the sandbox answers at the socket.
AT_THE_SOCKET = """import sys
from types import ModuleType

own_transport = ModuleType("urllib3.contrib.emscripten")
own_transport.inject_into_urllib3 = lambda: None
sys.modules["urllib3.contrib.emscripten"] = own_transport
"""

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Stock Pyodide</title>
<button id="run">Run</button><pre id="output"></pre><script type="module" src="stock.js"></script></html>"""
SCRIPT = """document.querySelector('#run').onclick = () => {
  const worker = new Worker('stock_worker.js', {type: 'module'});
  worker.onmessage = (event) => { document.querySelector('#output').textContent += event.data; };
};"""
EMPTY_WORKER = """import { loadPyodide } from './pyodide/pyodide.mjs';
const python = await loadPyodide({stdout: (line) => postMessage(line)});
python.runPython('print(1)');"""
WORKER = """import { loadPyodide } from './pyodide/pyodide.mjs';
import { program, wheels } from './program.js';
const python = await loadPyodide({stdout: (line) => postMessage(line)});
await python.loadPackage('micropip');
const addresses = wheels.map((name) => new URL(`pyodide/${name}`, location.href).href);
await python.pyimport('micropip').install.callKwargs(addresses, {deps: false});
python.runPython(program);"""


def lesson_program() -> str:
    """The lesson's program up to the end of the block that is run, for a Python that nobody prepared."""
    program = parse_program(PROGRAM, (ROOT / "snippets" / PROGRAM).read_text("utf-8"))
    return AT_THE_SOCKET + "\n".join(cell.code for cell in program.cells if cell.name in SHOWN)


def empty(folder: Path) -> Subject:
    """A page that boots Pyodide with its whole standard library, and prints 1."""
    write_distribution(folder / "pyodide")
    return _page(folder, EMPTY_WORKER, "1")


def with_packages(folder: Path) -> Subject:
    """A page that installs the lesson's packages and runs its program. Raises NotMeasured."""
    wanted = program_wheels()
    write_distribution(folder / "pyodide", [*wheels("stock"), *wanted])
    (folder / "program.js").write_text(_module(lesson_program(), (wheel.name for wheel in wanted)), "utf-8")
    return _page(folder, WORKER, FIRST_LINE)


def _page(folder: Path, worker: str, expected: str) -> Subject:
    for file, text in (("index.html", PAGE), ("stock.js", SCRIPT), ("stock_worker.js", worker)):
        (folder / file).write_text(text, "utf-8")
    return Subject(folder, "index.html", "#run", "#output", expected)


def _module(program: str, names: Iterable[str]) -> str:
    return f"export const program = {json.dumps(program)};\nexport const wheels = {json.dumps([*names])};\n"
