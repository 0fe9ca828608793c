"""JupyterLite as a static site, with one notebook: its Pyodide and its packages come from the same server."""

import json
from pathlib import Path

from bench.distribution import program_wheels, write_distribution
from bench.shelf import environment, run, wheels
from bench.stock_pyodide import FIRST_LINE, lesson_program
from bench.stopwatch import Subject

NOTEBOOK = "lesson.ipynb"
RUN = '.jp-NotebookPanel-toolbar [data-command="notebook:run-cell-and-select-next"]'
HAS_KERNEL = '.jp-KernelName:has-text("Pyodide")'
OUTPUT = ".jp-OutputArea-output"
SETTINGS = {
    "jupyter-lite-schema-version": 0,
    "jupyter-config-data": {
        "litePluginSettings": {"@jupyterlite/pyodide-kernel-extension:kernel": {"disablePyPIFallback": True}}
    },
}


def empty(folder: Path) -> Subject:
    """A notebook that prints 1. Raises NotMeasured."""
    write_distribution(folder / "lite/static/pyodide", wheels("jupyterlite"))
    return _site(folder, "print(1)", "1")


def with_packages(folder: Path) -> Subject:
    """A notebook with the lesson's program, whose imports find their packages. Raises NotMeasured."""
    write_distribution(folder / "lite/static/pyodide", [*wheels("jupyterlite"), *program_wheels()])
    return _site(folder, lesson_program(), FIRST_LINE)


def _site(folder: Path, program: str, expected: str) -> Subject:
    lite, contents, site = folder / "lite", folder / "contents", folder / "site"
    contents.mkdir()
    (contents / NOTEBOOK).write_text(json.dumps(_notebook(program)), "utf-8")
    (lite / "jupyter-lite.json").write_text(json.dumps(SETTINGS), "utf-8")
    build = [str(environment("jupyterlite")), "-m", "jupyterlite_core", "build", "--lite-dir", str(lite)]
    run([*build, "--contents", str(contents), "--output-dir", str(site)], cwd=folder)
    return Subject(site, f"notebooks/index.html?path={NOTEBOOK}", RUN, OUTPUT, expected, HAS_KERNEL)


def _notebook(program: str) -> dict[str, object]:
    cell: dict[str, object] = {
        "cell_type": "code", "id": "lesson", "metadata": {}, "execution_count": None, "outputs": [],
        "source": program,
    }  # fmt: skip
    kernel = {"name": "python", "display_name": "Python (Pyodide)", "language": "python"}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": [cell]}
