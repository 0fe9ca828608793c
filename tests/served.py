"""Starts a sandbox as a user starts it: in a process of its own, over real sockets."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import requests

STARTED = re.compile(r"listens at (http://\S+)")


@contextmanager
def serve_sandbox() -> Iterator[str]:
    """Serve a sandbox, and give the address at which it answers."""
    command = [sys.executable, "-m", "sessions_sandbox.cli", "serve", "--port", "8700"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = STARTED.search(line)
            assert found is not None, f"the sandbox did not say where it listens: {line!r}"
            _wait_for(found[1])
            yield found[1]
        finally:
            process.terminate()


def _wait_for(address: str) -> None:
    """Returns as soon as the server answers; the workers need a moment to start."""
    with requests.Session() as session:
        session.trust_env = False
        session.mount("http://", _patient_adapter())
        session.get(address, timeout=30)


def _patient_adapter() -> requests.adapters.HTTPAdapter:
    from urllib3.util import Retry

    return requests.adapters.HTTPAdapter(max_retries=Retry(connect=12, backoff_factor=0.05))
