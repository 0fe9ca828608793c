"""The record of every exchange: what was asked of which server, and what it answered."""

import io
import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from werkzeug.wsgi import get_input_stream

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Exchange = dict[str, Any]
"""JSON-able: number, time (Unix seconds), sender (its User-Agent), method, url, request_headers and
response_headers (lists of [name, value]), request_body, response_body (text), status, reason."""

KEPT = 10_000
"""How many exchanges are kept: a sandbox that is served for days does not grow by what it was asked."""


class Trace:
    """Wraps a WSGI application and notes each exchange with it, in the order in which they began."""

    def __init__(self, application: "WSGIApplication", now: Callable[[], int]) -> None:
        self._application = application
        self._now = now
        self._lock = threading.Lock()
        self._exchanges: deque[Exchange] = deque(maxlen=KEPT)
        self._begun = 0

    def exchanges(self, host: str | None = None, path: str | None = None) -> list[Exchange]:
        """The last exchanges, of one host, and of one path (compared at its end, without the query)."""
        with self._lock:
            finished = [exchange for exchange in self._exchanges if "response_body" in exchange]
        return [exchange for exchange in finished if _matches(exchange["url"], host, path)]

    def clear(self) -> None:
        with self._lock:
            self._exchanges.clear()
            self._begun = 0

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """The body is read here, once; the application finds it again, with its length."""
        body = get_input_stream(environ).read()
        exchange = self._begin(environ, body)
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))

        def noting(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            exchange["response_headers"] = [list(header) for header in headers]
            code, _, exchange["reason"] = status.partition(" ")
            exchange["status"] = int(code)
            return start_response(status, headers, *rest)

        content = whole(self._application(environ, noting))
        exchange["response_body"] = content.decode(errors="replace")
        return [content]

    def _begin(self, environ: "WSGIEnvironment", body: bytes) -> Exchange:
        query = environ.get("QUERY_STRING")
        target = quote(environ["PATH_INFO"].encode("latin-1")) + (f"?{query}" if query else "")
        headers = [
            [name.removeprefix("HTTP_").replace("_", "-").title(), value]
            for name, value in environ.items()
            if name.startswith("HTTP_")
            or (name in ("CONTENT_TYPE", "CONTENT_LENGTH") and value not in ("", "0"))
        ]
        with self._lock:
            self._begun += 1
            exchange: Exchange = {
                "number": self._begun,
                "time": self._now(),
                "sender": environ.get("HTTP_USER_AGENT", ""),
                "method": environ["REQUEST_METHOD"],
                "url": f"{environ.get('wsgi.url_scheme', 'https')}://{host_of(environ)}{target}",
                "request_headers": headers,
                "request_body": body.decode(errors="replace"),
            }
            self._exchanges.append(exchange)
        return exchange


def host_of(environ: "WSGIEnvironment") -> str:
    """The host that a request names, in small letters and without the port of https; or nothing."""
    return str(environ.get("HTTP_HOST", "")).lower().removesuffix(":443")


def whole(chunks: Iterable[bytes]) -> bytes:
    """The body of an answer, whose iterable is closed as PEP 3333 asks, also when it fails."""
    try:
        return b"".join(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()


def _matches(url: str, host: str | None, path: str | None) -> bool:
    location, _, _ = url.partition("://")[2].partition("?")
    name, _, rest = location.partition("/")
    return (host is None or name == host) and (path is None or ("/" + rest).endswith(path))
