"""Waits at a redirect URI on this machine until the browser comes back."""

import socket
import socketserver
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import urlsplit

from sessions_sandbox.errors import SandboxError

Check = Callable[[str], None]
LONGEST_REQUEST_SECONDS = 5
PAGE = "<!doctype html><html lang=en><title>{0}</title><h1>{0}</h1><p>Go back to your program."


def wait_for_redirect(redirect_uri: str, check: Check, seconds: float, ready: Callable[[], None]) -> str:
    """Listen at a loopback redirect URI (RFC 8252 §7.3), call `ready`, and give the address that came in.

    Requests to other paths, such as a browser's for an icon, are answered with 404 and do not count. Raises
    what `check` raises, and `SandboxError` when the port is taken or nobody has come within `seconds`.
    """
    with _listen(redirect_uri, check) as server:
        ready()
        end = time.monotonic() + seconds
        while server.came is None and server.refused is None:
            server.timeout = end - time.monotonic()
            if server.timeout <= 0:
                raise SandboxError(f"nobody came back to {redirect_uri} within {seconds:g} seconds")
            server.handle_request()
    if server.refused is not None:
        raise server.refused
    assert server.came is not None
    return server.came


class _Listener(socketserver.TCPServer):
    """Takes requests one by one, until one of them is the answer."""

    allow_reuse_address = True

    def __init__(self, redirect_uri: str, check: Check) -> None:
        parts = urlsplit(redirect_uri)
        self.origin, self.path, self.check = f"http://{parts.netloc}", parts.path or "/", check
        self.came: str | None = None
        self.refused: SandboxError | None = None
        if parts.hostname == "::1":
            self.address_family = socket.AF_INET6
        host = "::1" if parts.hostname == "::1" else "127.0.0.1"
        super().__init__((host, parts.port or 80), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A connection that breaks off or says nothing is none of the program's business."""


class _Handler(BaseHTTPRequestHandler):
    server: _Listener
    timeout = LONGEST_REQUEST_SECONDS

    def do_GET(self) -> None:
        if urlsplit(self.path).path != self.server.path:
            return self._say(404, "There is nothing here")
        callback = self.server.origin + self.path
        try:
            self.server.check(callback)
        except SandboxError as error:
            self.server.refused = error
            return self._say(400, "The sign-in was refused")
        self.server.came = callback
        return self._say(200, "You are signed in")

    def _say(self, status: int, heading: str) -> None:
        body = PAGE.format(heading).encode()
        self.send_response(status)
        for name, value in (
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),
        ):
            self.send_header(name, value)
        self.end_headers()
        with suppress(OSError):  # the browser may be gone; what it brought counts all the same
            self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Write nothing: the address holds the code."""


def _listen(redirect_uri: str, check: Check) -> _Listener:
    try:
        return _Listener(redirect_uri, check)
    except OSError as error:
        raise SandboxError(f"nobody can wait at {redirect_uri}: {error}; free that port") from error
