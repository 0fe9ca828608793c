"""A served sandbox for as long as a block lasts, in a process of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sessions_sandbox.errors import SandboxError

LISTENS = re.compile(r"listens at (https?://\S+)")
LONGEST_START = 30
"""Seconds of real time."""
LONGEST_END = 10
"""Seconds of real time."""


@contextmanager
def sandbox_process(*options: str) -> Iterator[str]:
    """Serve a sandbox, and give the address at which it answers, such as `http://127.0.0.1:41234`.

    `options`: more of those of `serve`, such as `--store=sqlite:sandbox.db`.
    Raises `SandboxError` with what the process wrote, when it ends instead of serving or takes too long.
    """
    command = [sys.executable, "-m", "sessions_sandbox.cli", "serve", f"--port={unused_port()}", *options]
    with (
        tempfile.TemporaryFile("w+") as errors,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, process_group=0
        ) as process,
    ):
        try:
            address = _announced(process)
            if address is None:
                process.wait(LONGEST_END)
                errors.seek(0)
                raise SandboxError(
                    f"the sandbox did not start: {' '.join(command)} ended with status {process.returncode}"
                    f"\n{errors.read()}"
                )
            yield address
        finally:
            end(process)


def _announced(process: subprocess.Popen[str]) -> str | None:
    """The address that the process prints once it listens, or nothing if it ended before that."""
    assert process.stdout is not None
    patience = threading.Timer(LONGEST_START, _kill, [process])
    patience.start()
    try:
        found = (LISTENS.search(line) for line in process.stdout)
        return next((match[1] for match in found if match), None)
    finally:
        patience.cancel()


def end(process: subprocess.Popen[str]) -> None:
    """End a server that was started in a process group of its own (`process_group=0`), and its workers."""
    process.terminate()
    try:
        process.wait(LONGEST_END)
    except subprocess.TimeoutExpired:
        _kill(process)


def _kill(process: subprocess.Popen[str]) -> None:
    """End the server and its workers, which would outlive it."""
    os.killpg(process.pid, signal.SIGKILL)


def unused_port() -> int:
    """A port that nobody listens at now; should another take it meanwhile, the server takes the next."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
