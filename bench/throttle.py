"""A slow network and a slow processor, for measuring what a reader on a phone waits for."""

import functools
import gzip
import io
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

import psutil

from sessions_guide.serve import SiteHandler, SiteServer

PIECE = 16 * 1024
"""Bytes."""
COMPRESSED = {".css", ".html", ".js", ".json", ".mjs", ".svg", ".wasm", ".xml"}
"""What most hosts send by gzip."""
CYCLE = 0.02
"""Seconds of work and pause of a slowed process."""


class SlowHandler(SiteHandler):
    """Sends by gzip, and no faster than the server's line lets it, all connections together."""

    server: "SlowServer"

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """Send status and headers; what is returned is the body."""
        file = Path(self.translate_path(self.path))
        file = file / "index.html" if file.is_dir() else file
        if file.suffix not in COMPRESSED or not file.is_file():
            return super().send_head()
        body = _compressed(file)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(file))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return io.BytesIO(body)

    def copyfile(self, source: Any, outputfile: Any) -> None:
        """Send a file in pieces."""
        while piece := source.read(PIECE):
            self.server.wait_for(len(piece))
            outputfile.write(piece)


@functools.cache
def _compressed(file: Path) -> bytes:
    return gzip.compress(file.read_bytes())


class SlowServer(SiteServer):
    """Serves a folder over a line of so many bits a second."""

    def __init__(self, site: Path, bits_per_second: float) -> None:
        super().__init__(site)
        self.RequestHandlerClass = functools.partial(SlowHandler, directory=str(site))
        self._seconds_per_byte = 8 / bits_per_second
        self._line = threading.Lock()
        self._free_at = 0.0

    def wait_for(self, size: int) -> None:
        """Return when the line has carried so many bytes more."""
        with self._line:
            self._free_at = max(self._free_at, time.monotonic()) + size * self._seconds_per_byte
            free_at = self._free_at
        time.sleep(max(0.0, free_at - time.monotonic()))


@contextmanager
def serve_slowly(site: Path, bits_per_second: float) -> Iterator[str]:
    """Serve `site` on a free port for the length of a `with`, which gets the address."""
    with SlowServer(site, bits_per_second) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server.address
        server.shutdown()
        thread.join()


@contextmanager
def slow_pages(factor: int) -> Iterator[None]:
    """Let the browser's page processes run for one part in `factor` of the time.

    The browser's own throttling leaves workers out, and Python runs in one.
    """
    over = threading.Event()
    pages = [
        process for process in psutil.Process().children(recursive=True)
        if "--type=renderer" in process.cmdline()
    ]  # fmt: skip

    def take_turns() -> None:
        while not over.is_set():
            _signal(pages, signal.SIGSTOP)
            time.sleep(CYCLE * (factor - 1) / factor)
            _signal(pages, signal.SIGCONT)
            time.sleep(CYCLE / factor)

    thread = threading.Thread(target=take_turns, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _signal(processes: list[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process.pid, number)
