"""Executes notebooks in a Jupyter kernel, and holds what they print against what they show."""

import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any, Self

import nbformat
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

from sessions_guide.errors import GuideError

CELL_TIMEOUT = 60  # seconds
_START_TIMEOUT = 60  # seconds
_AFRESH = """
%reset -f
import sys
if "sessions_sandbox" in sys.modules:
    sys.modules["sessions_sandbox"].sandbox.reset()
del sys
"""
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class _ThisPython(KernelManager):
    """Starts the interpreter that runs this code, whatever kernels the user has installed."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """The command of the kernel."""
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name="Python", language="python")


class Kernel:
    """A kernel for any number of notebooks, each begun with an empty namespace and a sandbox made anew.

    A context manager: the kernel ends with it. It leaves nothing in the user's home.
    """

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="kernel-")
        folder = self._folder.name
        self._manager = _ThisPython(transport="ipc", connection_file=f"{folder}/kernel.json")
        self._manager.start_kernel(
            cwd=folder,
            env=os.environ | {"IPYTHONDIR": folder},
            extra_arguments=["--HistoryManager.hist_file=:memory:"],
        )
        self._client: BlockingKernelClient = self._manager.blocking_client()
        self._client.start_channels()
        try:
            self._client.wait_for_ready(timeout=_START_TIMEOUT)
        except RuntimeError as error:
            self.__exit__()
            raise GuideError(f"the Jupyter kernel does not start: {error}") from error
        return self

    def __exit__(self, *exception: object) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)
        self._folder.cleanup()

    def execute(self, path: Path) -> list[str]:
        """Execute a notebook. Returns what each code cell printed, in order.

        Raises GuideError for a cell that fails, takes longer than 60 seconds, or shows anything but what it
        prints to stdout.
        """
        self._run("between notebooks", _AFRESH)
        return [self._run(f"{path}, cell {cell.id}", cell.source) for cell in _code_cells(path)]

    def check(self, path: Path) -> None:
        """Execute a notebook. Raises GuideError if a cell prints something other than the notebook shows."""
        for cell, printed in zip(_code_cells(path), self.execute(path), strict=True):
            shown = "".join(output.text for output in cell.outputs)
            if printed != shown:
                what = f"{path}, cell {cell.id} prints {printed!r} but shows {shown!r}"
                raise GuideError(f"{what}; run scripts/record and scripts/build")

    def _run(self, place: str, code: str) -> str:
        printed: list[str] = []
        others: list[str] = []

        def collect(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "stream" and content["name"] == "stdout":
                printed.append(content["text"])
            elif message["msg_type"] == "error":
                others.append(_COLOURS.sub("", "\n".join(content["traceback"])))
            elif message["msg_type"] in ("stream", "execute_result", "display_data"):
                others.append(content.get("text") or content["data"].get("text/plain", message["msg_type"]))

        try:
            self._client.execute_interactive(
                code, allow_stdin=False, timeout=CELL_TIMEOUT, output_hook=collect
            )
        except TimeoutError:
            self._manager.interrupt_kernel()
            raise GuideError(f"{place}: no end after {CELL_TIMEOUT} s") from None
        if others:
            raise GuideError(f"{place} shows more than what it prints to stdout:\n{''.join(others)}")
        return "".join(printed)


def execute(path: Path) -> list[str]:
    """Execute one notebook in a kernel of its own, as `Kernel.execute` does."""
    with Kernel() as kernel:
        return kernel.execute(path)


def _code_cells(path: Path) -> list[nbformat.NotebookNode]:
    text = path.read_text(encoding="utf-8")
    notebook: nbformat.NotebookNode = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
    return [cell for cell in notebook.cells if cell.cell_type == "code"]
