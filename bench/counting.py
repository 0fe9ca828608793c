"""A server that counts what it sends: a browser does not tell what a page's service worker fetched."""

import functools
import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sessions_guide.serve import SiteHandler, SiteServer


class CountingHandler(SiteHandler):
    """Keeps each body that it has sent."""

    server: "CountingServer"

    def copyfile(self, source: Any, outputfile: Any) -> None:
        """Send a file."""
        body = source.read()
        outputfile.write(body)
        self.server.sent.append(body)


class CountingServer(SiteServer):
    """Serves a folder and keeps the bodies in `sent`."""

    def __init__(self, site: Path) -> None:
        super().__init__(site)
        self.RequestHandlerClass = functools.partial(CountingHandler, directory=str(site))
        self.sent: list[bytes] = []

    def sizes(self) -> tuple[int, int]:
        """Bytes sent so far: as they are, and as from a host that compresses what gzip makes smaller."""
        bodies = list(self.sent)
        return sum(map(len, bodies)), sum(min(len(body), len(gzip.compress(body))) for body in bodies)


@contextmanager
def serve_counting(site: Path) -> Iterator[CountingServer]:
    """Serve `site` on a free port for the length of a `with`."""
    with CountingServer(site) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
