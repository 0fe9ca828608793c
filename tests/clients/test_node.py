"""Clients from npm, as their own documentation uses them, over real sockets: one program for each."""

from pathlib import Path

import pytest

from sessions_guide.node import run_node
from tests.clients.conftest import Served

FOLDER = Path(__file__).parent
CLIENTS = ("jose", "oauth4webapi", "okta_auth_js", "okta_jwt_verifier", "openid_client")


@pytest.mark.parametrize("program", CLIENTS)
def test_it_does_every_step(served: Served, program: str) -> None:
    printed = run_node(FOLDER / f"{program}.mjs", served.address, cwd=FOLDER)
    assert printed.splitlines()[-1] == "every step done"
