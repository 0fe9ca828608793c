"""Real issuers for the lessons: npm's oidc-provider, and a sandbox served as one among others."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sessions_guide.node import find_node
from sessions_sandbox.served.process import end, sandbox_process, unused_port

REPOSITORY = Path(__file__).parents[2]
PROVIDER = Path(__file__).with_name("oidc_provider.mjs")
PERSON = Path(__file__).with_name("person.py")
SECRET = "+ secret: 100% & test-only"


@dataclass(frozen=True)
class Issuer:
    """An issuer, and the redirect URI that all its clients have."""

    issuer: str
    redirect_uri: str

    def run(
        self, *arguments: str, client: str, secret: str | None = SECRET, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run Python from the root of the checkout, with a reader's variables and a person at the browser."""
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("SESSIONS_") and not name.upper().endswith("_PROXY")
        }
        environment |= {"SESSIONS_ISSUER": self.issuer, "SESSIONS_REDIRECT_URI": self.redirect_uri}
        environment |= {"SESSIONS_CLIENT_ID": client, "NO_PROXY": "*"}
        environment |= {"BROWSER": f"'{sys.executable}' '{PERSON}' %s", **variables}
        if secret is not None:
            environment["SESSIONS_CLIENT_SECRET"] = secret
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=REPOSITORY,
            env=environment,
            capture_output=True,
            text=True,
            timeout=30,
        )


@pytest.fixture(scope="session")
def redirect_uri() -> str:
    """An address on this machine where nobody listens yet."""
    return f"http://127.0.0.1:{unused_port()}/callback"


@pytest.fixture(scope="session")
def oidc_provider(redirect_uri: str) -> Iterator[Issuer]:
    """npm's oidc-provider. Its clients are jwt and opaque, with a secret, and public."""
    port = unused_port()
    with subprocess.Popen(
        [find_node(), PROVIDER, str(port), redirect_uri],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        process_group=0,
    ) as process:
        try:
            assert process.stdout is not None
            assert any(line == "listening\n" for line in process.stdout), "oidc-provider ended"
            yield Issuer(f"http://127.0.0.1:{port}", redirect_uri)
        finally:
            end(process)


@pytest.fixture(scope="session")
def other_sandbox(redirect_uri: str) -> Iterator[Issuer]:
    """A served sandbox that runs in real time, known by its address only."""
    registered = [f"--redirect-uri={client}={redirect_uri}" for client in ("web", "spa")]
    with sandbox_process("--clock=system", *registered) as address:
        yield Issuer(f"{address}/oauth2/default", redirect_uri)
