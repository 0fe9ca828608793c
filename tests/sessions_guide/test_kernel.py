import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine

from sessions_guide import kernel as kernel_module
from sessions_guide.errors import GuideError
from sessions_guide.kernel import Kernel, execute
from sessions_guide.notebooks import write_all


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    with Kernel() as kernel:
        yield kernel


def notebook(folder: Path, *sources: str, shown: str = "") -> Path:
    """A notebook of code cells, each of which is said to print `shown`."""
    outputs = [{"output_type": "stream", "name": "stdout", "text": shown}] if shown else []
    cells: list[dict[str, Any]] = [
        {"cell_type": "markdown", "id": "prose", "metadata": {}, "source": "# Prose"},
        *(
            {
                "cell_type": "code",
                "execution_count": None,
                "id": f"cell-{number}",
                "metadata": {},
                "outputs": outputs,
                "source": source,
            }
            for number, source in enumerate(sources)
        ),
    ]
    path = folder / "some.ipynb"
    made = {
        "cells": cells,
        "metadata": {"language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(made), encoding="utf-8")
    return path


def test_the_cells_of_a_notebook_print_what_it_shows(kernel: Kernel, checkout: Path) -> None:
    (path,) = write_all(checkout)
    assert kernel.execute(path) == ["1\n", "", "3\n"]
    kernel.check(path)


def test_a_stale_output_is_found(kernel: Kernel, checkout: Path) -> None:
    (path,) = write_all(checkout)
    path.write_text(path.read_text(encoding="utf-8").replace('"3\\n"', '"4\\n"'), encoding="utf-8")
    with pytest.raises(GuideError) as raised:
        kernel.check(path)
    what = f"{path}, cell go_on prints '3\\n' but shows '4\\n'; run scripts/record and scripts/build"
    assert str(raised.value) == what


def test_each_notebook_begins_afresh(kernel: Kernel, tmp_path: Path) -> None:
    assert kernel.execute(notebook(tmp_path, "x = 1")) == [""]
    with pytest.raises(GuideError, match="name 'x' is not defined"):
        kernel.execute(notebook(tmp_path, "print(x)"))


def test_the_sandbox_is_made_anew_for_each(kernel: Kernel, tmp_path: Path) -> None:
    pretend = """
import sys, types
if "sessions_sandbox" not in sys.modules:
    class Counting:
        resets = 0
        def reset(self): self.resets += 1
    sys.modules["sessions_sandbox"] = types.SimpleNamespace(sandbox=Counting())
print(sys.modules["sessions_sandbox"].sandbox.resets)
"""
    path = notebook(tmp_path, pretend)
    assert [kernel.execute(path) for _ in range(3)] == [["0\n"], ["1\n"], ["2\n"]]
    kernel.execute(notebook(tmp_path, "import sys; del sys.modules['sessions_sandbox']"))


def test_time_that_stands_still_in_the_kernel_and_here_holds_nothing_up(
    kernel: Kernel, tmp_path: Path
) -> None:
    freeze = """
import time, time_machine
traveller = time_machine.travel(1_767_603_600, tick=False)
frozen = traveller.start()
print(time.time())
"""
    move = "frozen.shift(3600)\ntime.sleep(0.01)\nprint(time.time())"
    path = notebook(tmp_path, freeze, move, "traveller.stop()")
    with time_machine.travel(0, tick=False):
        assert kernel.execute(path) == ["1767603600.0\n", "1767607200.0\n", ""]


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("40 + 2", "\n42"),
        ("import sys\nprint('oh', file=sys.stderr)", "\noh"),
        ("from IPython.display import HTML\ndisplay(HTML('<p>'))", "HTML object"),
        ("input()", "StdinNotImplementedError"),
    ],
)
def test_only_printed_text_is_allowed(kernel: Kernel, tmp_path: Path, source: str, shown: str) -> None:
    path = notebook(tmp_path, "x = 1", source)
    with pytest.raises(GuideError) as raised:
        kernel.execute(path)
    assert str(raised.value).startswith(f"{path}, cell cell-1 shows more than what it prints to stdout:\n")
    assert shown in str(raised.value)
    assert "\x1b" not in str(raised.value)


def test_a_cell_without_end_is_ended(kernel: Kernel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = notebook(tmp_path, "import time\nwhile True: time.sleep(0.01)")
    with monkeypatch.context() as patch:
        patch.setattr(kernel_module, "CELL_TIMEOUT", 1)
        with pytest.raises(GuideError) as raised:
            kernel.execute(path)
    assert str(raised.value) == f"{path}, cell cell-0: no end after 1 s"
    assert kernel.execute(notebook(tmp_path, "print('again')")) == ["again\n"]


def test_a_kernel_that_does_not_start_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(GuideError, match=r"^the Jupyter kernel does not start: "):
        Kernel().__enter__()


def test_a_kernel_of_its_own_leaves_nothing_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    assert execute(notebook(tmp_path, "print('here')")) == ["here\n"]
    assert os.listdir(home) == []
