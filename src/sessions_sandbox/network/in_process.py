"""A socket whose other end is a WSGI application in this process."""

import io
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from sessions_sandbox.network.trace import whole

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class WsgiSocket:
    """Collects a request, and gives the answer of the application to whoever reads.

    It answers in HTTP/1.0: the connection ends with the answer, and the client opens another for the next
    request. (To be asked whether it is still open, it would have to be a socket of the operating system.)
    """

    def __init__(self, application: "WSGIApplication", host: str) -> None:
        self._application = application
        self._host = host
        self._sent = bytearray()

    def sendall(self, data: bytes) -> None:
        self._sent += data

    def makefile(self, mode: str, *args: object) -> io.BufferedReader:
        return io.BufferedReader(_Answer(self))

    def answer(self) -> bytes:
        """Run the application on what was sent so far, and give back the bytes of the response."""
        head, _, body = bytes(self._sent).partition(b"\r\n\r\n")
        self._sent.clear()
        environ = _environ(self._host, head.decode("latin-1").split("\r\n"), body)
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> Any:
            started.append((status, headers))

        content = whole(self._application(environ, start_response))
        status, headers = started[-1]
        lines = [f"HTTP/1.0 {status}", *(f"{name}: {value}" for name, value in headers)]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + content

    def settimeout(self, seconds: float | None) -> None:
        """Nothing here waits."""

    def setsockopt(self, *option: object) -> None:
        """There is no TCP beneath."""

    def shutdown(self, how: int) -> None:
        """There is nothing to shut."""

    def close(self) -> None:
        """There is nothing to close."""


class _Answer(io.RawIOBase):
    """The answer as a stream; the application runs at the first read."""

    def __init__(self, connection: WsgiSocket) -> None:
        self._connection = connection
        self._bytes: io.BytesIO | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._bytes is None:
            self._bytes = io.BytesIO(self._connection.answer())
        return self._bytes.readinto(buffer)


def _environ(host: str, lines: list[str], body: bytes) -> dict[str, Any]:
    """The WSGI environment (PEP 3333) of a request, from its request line and header lines."""
    method, target, protocol = lines[0].split(" ")
    path, _, query = target.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(path, "latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": host,
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": protocol,
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https",
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
    }
    for line in lines[1:]:
        name, _, value = line.partition(":")
        name = name.upper().replace("-", "_")
        key = name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"
        value = value.strip()
        environ[key] = f"{environ[key]}, {value}" if key in environ else value
    chunked = environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked"
    environ["wsgi.input"] = io.BytesIO(_unchunked(body) if chunked else body)
    return environ


def _unchunked(body: bytes) -> bytes:
    """The content of a chunked body (RFC 9112 §7.1)."""
    content = b""
    size, _, rest = body.partition(b"\r\n")
    while length := int(size, 16):
        content += rest[:length]
        size, _, rest = rest[length + 2 :].partition(b"\r\n")
    return content
