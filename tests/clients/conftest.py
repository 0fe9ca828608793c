"""A sandbox started as a user starts it, in a process of its own; the clients know it by its address."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from sessions_sandbox.served.process import sandbox_process


@dataclass(frozen=True)
class Served:
    """Where the servers are, and the clients `web` (confidential), `spa` (public) and `svc` (no users)."""

    address: str

    @property
    def issuer(self) -> str:
        return f"{self.address}/oauth2/default"


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with sandbox_process() as address:
        yield Served(address)
