"""A sandbox started as a user starts it, in a process of its own; the clients know it by its address."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sessions_sandbox.served.certificate import Certificate
from sessions_sandbox.served.process import sandbox_process
from tests.clients.own_app import own_app

TRUST = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS")
"""What `serve --tls` prints."""


@dataclass(frozen=True)
class Served:
    """Where the servers are, what they are trusted by, and the origin where `spa` has an app of its own."""

    address: str
    ca: Path | None
    own_app: str

    @property
    def issuer(self) -> str:
        return f"{self.address}/oauth2/default"


@pytest.fixture(scope="session", params=["http", "https"])
def _served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with own_app() as origin:
        options = [f"--redirect-uri=spa={origin}/login/callback", f"--post-logout-redirect-uri=spa={origin}/"]
        ca = None
        if request.param == "https":
            certificate = Certificate(tmp_path_factory.mktemp("tls"))
            options.append(f"--tls={certificate.directory}")
            ca = certificate.ca
        with sandbox_process(*options) as address:
            yield Served(address, ca, origin)


@pytest.fixture
def served(_served: Served, monkeypatch: pytest.MonkeyPatch) -> Served:
    """One sandbox for all tests, without TLS, and one with it, which the environment says is trusted."""
    monkeypatch.setenv("NO_PROXY", "*")
    for name in TRUST:
        if _served.ca is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, str(_served.ca))
    return _served
