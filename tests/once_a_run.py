"""What is slow to make, and is made once for all processes of a run of the tests."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def once_a_run(request: pytest.FixtureRequest, name: str, make: Callable[[Path], None]) -> Path:
    """The folder of a name that `make` made, in this process or in another one of the same run.

    `make` gets the path of a folder that does not exist. When it raises, the next process tries again.
    """
    base: Path = request.getfixturevalue("tmp_path_factory").getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / name
    with FileLock(shared / f"{name}.lock"):
        if not folder.exists():
            unfinished = shared / f"{name}.unfinished"
            make(unfinished)
            unfinished.rename(folder)
    return folder
