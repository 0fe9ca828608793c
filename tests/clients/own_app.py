"""An app of a user's own: pages with okta-auth-js, at an origin of their own on this machine."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

LIBRARY = Path(__file__).parents[2] / "node_modules/@okta/okta-auth-js/dist/okta-auth-js.min.js"
SCRIPT = "/okta-auth-js.min.js"
PAGE = f'<!doctype html><title>own app</title><script src="{SCRIPT}"></script>'


class Pages(BaseHTTPRequestHandler):
    """The same page at every path, and the library."""

    def do_GET(self) -> None:
        is_script = self.path == SCRIPT
        content = LIBRARY.read_bytes() if is_script else PAGE.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if is_script else "text/html")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def own_app() -> Iterator[str]:
    """Its origin, such as `http://localhost:41234`."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
