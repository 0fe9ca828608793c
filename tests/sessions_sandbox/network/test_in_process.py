"""The socket whose other end is a WSGI application."""

import http.client
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import requests

from sessions_sandbox.network.in_process import WsgiSocket
from sessions_sandbox.network.wire import route, unroute

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HOST = "echo.acme.test"
URL = f"https://{HOST}"
LARGE = bytes(range(256)) * 20_000


def echo(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Answers with what it was sent; the query is the status."""
    status = environ["QUERY_STRING"] or "200"
    names = ("REQUEST_METHOD", "PATH_INFO", "SERVER_NAME", "SERVER_PORT", "CONTENT_TYPE", "HTTP_X_NAME")
    headers = [(f"Seen-{name}", environ[name]) for name in names if name in environ]
    start_response(f"{status} As asked", [*headers, ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
    body = environ["wsgi.input"].read()
    return [body[:10], body[10:]]


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with served(echo), requests.Session() as session:
        yield session


class served:
    """Routes `URL` to an application."""

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application

    def __enter__(self) -> None:
        route((HOST,), lambda host: WsgiSocket(self._application, host))

    def __exit__(self, *_: object) -> None:
        unroute((HOST,))


def test_the_environ_is_that_of_the_request(session: requests.Session) -> None:
    reply = session.post(f"{URL}/a%20b%C3%A9", "x", headers={"X-Name": "\u00e9".encode("latin-1")}, timeout=5)
    seen = {name.removeprefix("Seen-"): value for name, value in reply.headers.items() if "Seen" in name}
    assert seen == {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/a b\u00c3\u00a9",
        "SERVER_NAME": HOST,
        "SERVER_PORT": "443",
        "HTTP_X_NAME": "\u00e9",
    }
    assert dict(session.cookies) == {"a": "1", "b": "2"}
    assert reply.reason == "As asked"


def test_a_header_may_come_twice() -> None:
    with served(echo):
        connection = http.client.HTTPSConnection(HOST, timeout=5)
        connection.putrequest("GET", "/")
        connection.putheader("X-Name", "a")
        connection.putheader("X-Name", "b")
        connection.endheaders()
        assert connection.getresponse().headers["Seen-HTTP_X_NAME"] == "a, b"
        connection.close()


def test_large_bodies_go_both_ways(session: requests.Session) -> None:
    assert session.post(URL, LARGE, timeout=5).content == LARGE


def test_a_body_may_be_sent_in_chunks(session: requests.Session) -> None:
    chunks = [b"one", b"", LARGE, b"\r\n0\r\n\r\n", b"last"]
    assert session.post(URL, iter(chunks), timeout=5).content == b"".join(chunks)
    assert session.post(URL, iter([]), timeout=5).content == b""


def test_a_body_may_be_read_in_parts(session: requests.Session) -> None:
    with session.post(URL, LARGE, stream=True, timeout=5) as reply:
        assert b"".join(reply.iter_content(1000)) == LARGE


def test_some_answers_have_no_body(session: requests.Session) -> None:
    assert session.head(URL, data=b"body", timeout=5).content == b""
    for status in (204, 304):
        reply = session.post(f"{URL}?{status}", b"body", timeout=5)
        assert (reply.status_code, reply.content) == (status, b"")
    assert session.post(f"{URL}?404", b"body", timeout=5).content == b"body"


def test_a_session_goes_on(session: requests.Session) -> None:
    for number in range(20):
        assert session.post(URL, str(number), timeout=5).text == str(number)


def test_threads_do_not_meet(session: requests.Session) -> None:
    barrier = threading.Barrier(8)

    def send(number: int) -> bool:
        barrier.wait(timeout=10)
        return all(session.post(URL, f"{number} {i}", timeout=5).text == f"{number} {i}" for i in range(10))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(send, range(8)))


class Chunks:
    """An answer that notes whether it was closed."""

    def __init__(self, *chunks: bytes, fail: bool = False) -> None:
        self._chunks = chunks
        self._fail = fail
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        yield from self._chunks
        if self._fail:
            raise ZeroDivisionError

    def close(self) -> None:
        self.closed += 1


@pytest.mark.parametrize("fail", [False, True])
def test_the_answer_is_closed(fail: bool) -> None:
    chunks = Chunks(b"a", b"b", fail=fail)

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        start_response("200 OK", [])
        return chunks

    with served(application):
        if fail:
            with pytest.raises(ZeroDivisionError):
                requests.get(URL, timeout=5)
        else:
            assert requests.get(URL, timeout=5).content == b"ab"
    assert chunks.closed == 1
