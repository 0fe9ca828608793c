"""marimo's export for the browser, which runs when it is opened: Pyodide comes from the same server."""

from pathlib import Path
from textwrap import indent

from bench.distribution import program_wheels, pure_wheel, write_distribution
from bench.shelf import NotMeasured, environment, npm_package, run, wheels
from bench.stock_pyodide import FIRST_LINE, lesson_program
from bench.stopwatch import Subject

PYODIDE = "314.0.0"
"""The version that marimo's own copy of Pyodide's loader accepts."""
ELEMENT = "<marimo-wasm "
OWN_SERVER = (
    f'{ELEMENT}data-pyodide-index-url="./pyodide/" data-pyodide-lockfile-url="./pyodide/pyodide-lock.json" '
)
"""What marimo's own `--offline` writes there; that would fetch from hosts that not every machine reaches."""
OUTPUT = ".output"
# A page that only runs shows no prints, but the value of a cell's last line.
FIRST_PRINT, SAME_VALUE = 'print("revoke:", reply.status_code)', 'f"revoke: {reply.status_code}"'
# marimo imports requests first, and lets it use the browser's own fetch; the sandbox answers at the socket.
OWN_TRANSPORT = """import importlib
import requests
import urllib3.connection
import urllib3.connectionpool
importlib.reload(urllib3.connection)
urllib3.connectionpool.HTTPConnectionPool.ConnectionCls = urllib3.connection.HTTPConnection
urllib3.connectionpool.HTTPSConnectionPool.ConnectionCls = urllib3.connection.HTTPSConnection
requests.sessions.Session.__init__ = requests.sessions.Session._old_init
"""
NOTEBOOK = """import marimo

app = marimo.App()


@app.cell
def _():
{program}
    return


if __name__ == "__main__":
    app.run()
"""


def empty(folder: Path) -> Subject:
    """A notebook that shows 1. Raises NotMeasured."""
    return _site(folder, [], "1", "1")


def with_packages(folder: Path) -> Subject:
    """A notebook with the lesson's program up to its first output. Raises NotMeasured."""
    program = lesson_program()
    program = OWN_TRANSPORT + program[: program.index(FIRST_PRINT)] + SAME_VALUE
    return _site(folder, program_wheels(), program, FIRST_LINE)


def _site(folder: Path, more: list[Path], program: str, expected: str) -> Subject:
    notebook, site = folder / "lesson.py", folder / "site"
    notebook.write_text(NOTEBOOK.format(program=indent(program, "    ")), "utf-8")
    export = [str(environment("marimo")), "-m", "marimo", "export", "html-wasm", str(notebook)]
    run([*export, "--mode", "run", "--no-sandbox", "--output", str(site)], cwd=folder)
    page = site / "index.html"
    text = page.read_text("utf-8")
    if ELEMENT not in text:
        raise NotMeasured(f"marimo's export has no {ELEMENT}…>, which says where Pyodide is")
    page.write_text(text.replace(ELEMENT, OWN_SERVER), "utf-8")
    core = npm_package("pyodide", PYODIDE)
    listed = [*wheels("marimo"), pure_wheel("pyyaml", "yaml"), *more]
    write_distribution(site / "pyodide", listed, core)
    return Subject(site, "index.html", None, OUTPUT, expected)
