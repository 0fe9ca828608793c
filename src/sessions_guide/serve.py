"""The static server for the built site: `python -m sessions_guide.serve [port]`."""

import argparse
import errno
import functools
import io
import re
import signal
import socketserver
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType
from typing import Any, BinaryIO

from sessions_guide.errors import GuideError

HOST = "127.0.0.1"
PORT = 8000
PORTS_TRIED = 100
POLL_SECONDS = 0.02  # how soon a server in the background ends when told to
SITE = Path("site")
NOT_FOUND = 404


class SiteHandler(SimpleHTTPRequestHandler):
    """Answers GET and HEAD for the files of a built site, over connections that stay open."""

    server: "SiteServer"
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024  # a small answer leaves in one segment
    extensions_map = {  # noqa: RUF012  declared so by the base class
        **SimpleHTTPRequestHandler.extensions_map,
        ".css": "text/css; charset=utf-8",
        ".html": "text/html; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".json": "application/json",
        ".mjs": "text/javascript; charset=utf-8",
        ".svg": "image/svg+xml",
        ".wasm": "application/wasm",
        ".xml": "application/xml",
        ".zip": "application/zip",
    }

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """Send status and headers; what is returned is the body."""
        try:
            if self.path == "/sitemap.xml":
                return self._send_sitemap()
            return super().send_head()
        except (FileNotFoundError, ValueError):  # ValueError: a zero byte in the path
            self.send_error(NOT_FOUND)
            return None

    def end_headers(self) -> None:
        """Send the site's own headers. The browser may keep files, but asks each time if they changed."""
        self.send_header("Cache-Control", "no-cache")
        for name, value in self.server.site_headers:
            self.send_header(name, value)
        super().end_headers()

    def list_directory(self, path: Any) -> None:
        """Refuse: a folder without index.html is no page."""
        self.send_error(NOT_FOUND)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer with the site's own page for 404, and as usual otherwise."""
        page = Path(self.directory) / "404.html"
        if code != NOT_FOUND or not page.is_file():
            super().send_error(code, message, explain)
            return
        body = self._send_whole(code, "text/html; charset=utf-8", page.read_bytes())
        if self.command != "HEAD":
            self.copyfile(body, self.wfile)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the terminal for the address."""

    def _send_sitemap(self) -> io.BytesIO:
        """Send the sitemap with this server's own address and port.

        The theme changes pages without a reload only to addresses that it finds here, port included.
        """
        text = (Path(self.directory) / "sitemap.xml").read_text("utf-8")
        here = re.sub(r"(?<=<loc>)https?://[^/<]+", self.server.address, text)
        return self._send_whole(200, "application/xml", here.encode())

    def _send_whole(self, status: int, media_type: str, body: bytes) -> io.BytesIO:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return io.BytesIO(body)


class SiteServer(ThreadingHTTPServer):
    """Serves the folder `site` on loopback; port 0 takes any free one. Use `serve_forever` and `shutdown`."""

    request_queue_size = 128

    def __init__(self, site: Path, port: int = 0) -> None:
        super().__init__((HOST, port), functools.partial(SiteHandler, directory=str(site)))
        self.site_headers = headers_for_hosts(site)

    @property
    def address(self) -> str:
        """Where the site is served, without a slash at the end: `http://127.0.0.1:8000`."""
        return f"http://{HOST}:{self.server_address[1]}"

    def server_bind(self) -> None:
        """Bind without asking a name server who we are."""
        socketserver.TCPServer.server_bind(self)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of browsers that hang up early."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def headers_for_hosts(site: Path) -> list[tuple[str, str]]:
    """What the file `_headers` of a built site, if there is one, asks a host to send with every file."""
    file = site / "_headers"
    lines = file.read_text("utf-8").splitlines() if file.is_file() else []
    return [(name.strip(), value.strip()) for line in lines[1:] for name, _, value in [line.partition(":")]]


def open_server(site: Path, port: int) -> SiteServer:
    """Open a server on `port`, or on the next free one after saying so.

    Raises `GuideError` when `site` is not built, or when no port can be had.
    """
    if not (site / "index.html").is_file():
        raise GuideError(f"There is no built site in {site}/. Build it: ./scripts/build")
    last = min(port + PORTS_TRIED, 65536)
    for candidate in range(port, last):
        try:
            server = SiteServer(site, candidate)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise GuideError(
                    f"Port {candidate} cannot be opened: {error.strerror}. Give another: scripts/serve 8080"
                ) from error
        else:
            if candidate != port:
                print(f"Port {port} is in use; taking {candidate}.", file=sys.stderr)
            return server
    raise GuideError(f"The ports {port} to {last - 1} are all in use. Give another: scripts/serve 9000")


@contextmanager
def serve_in_background(site: Path) -> Iterator[str]:
    """Serve `site` on a free port for the length of a `with`, which gets the address."""
    with SiteServer(site) as server:
        thread = threading.Thread(target=server.serve_forever, args=(POLL_SECONDS,), daemon=True)
        thread.start()
        try:
            yield server.address
        finally:
            server.shutdown()
            thread.join()


def main(arguments: Sequence[str] | None = None, site: Path = SITE) -> int:
    """Serve until Ctrl-C or SIGTERM, which both end with status 0."""
    parser = argparse.ArgumentParser(prog="scripts/serve", description="Build the site and serve it.")
    parser.add_argument("port", nargs="?", type=_port, default=PORT, help=f"default: {PORT}")
    port: int = parser.parse_args(arguments).port
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with open_server(site, port) as server:
            print(f"The guide is at {server.address}/  (Ctrl-C ends it)", flush=True)
            server.serve_forever()
    except KeyboardInterrupt:
        print()
    except GuideError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: give a number from 1 to 65535")
    return int(text)


def _interrupt(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
