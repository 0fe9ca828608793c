"""Clients from npm, as their own documentation uses them, over real sockets: one program for each."""

from pathlib import Path

import pytest

from sessions_guide.node import run_node
from tests.clients.conftest import Served

FOLDER = Path(__file__).parent


@pytest.mark.parametrize(
    "program", sorted(path.stem for path in FOLDER.glob("*.mjs") if path.name != "sandbox.mjs")
)
def test_it_does_every_step(served: Served, program: str) -> None:
    printed = run_node(FOLDER / f"{program}.mjs", served.address, cwd=FOLDER)
    assert printed.splitlines()[-1] == "every step done"
