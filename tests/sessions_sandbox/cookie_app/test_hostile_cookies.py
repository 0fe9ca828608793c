"""Whatever bytes come as a cookie: no 5xx, and no session for them."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sessions_sandbox import Sandbox
from sessions_sandbox.network.in_process import WsgiSocket

MODEST = settings(max_examples=80, deadline=None, database=None, derandomize=True)
HOST = "app.acme.test"
PAGES = (
    *(("GET", path) for path in ("/", "/login", "/me", "/sessions")),
    *(("POST", path) for path in ("/login", "/logout", "/transfer", "/sessions/revoke-others")),
)
PRIVATE = ("/me", "/sessions", "/transfer", "/sessions/revoke-others")
HEADER = st.binary(max_size=80).map(lambda value: bytes(b for b in value if b not in b"\r\n\0"))
NAMED = st.builds(
    lambda name, value, rest: name + b"=" + value + rest,
    st.sampled_from([b"__Host-sid", b"__Host-login", b" __Host-sid", b'"__Host-sid"', b"__host-sid"]),
    HEADER,
    st.sampled_from([b"", b";", b"; __Host-sid=x", b"; __Host-sid", b'"']),
)
COOKIES = st.one_of(HEADER, NAMED)


@pytest.fixture(scope="module")
def started() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def send(sandbox: Sandbox, method: str, path: str, cookie: bytes, body: bytes = b"") -> tuple[int, bytes]:
    """Status and all bytes of the answer to a request with these bytes as its Cookie header."""
    socket = WsgiSocket(sandbox, HOST)
    head = f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {len(body)}\r\n"
    socket.sendall(head.encode() + b"Content-Type: application/x-www-form-urlencoded\r\nCookie: ")
    socket.sendall(cookie + b"\r\n\r\n" + body)
    answer = socket.makefile("rb").read()
    status = int(answer.split(b" ", 2)[1])
    assert status < 500, answer
    assert b"Traceback" not in answer
    return status, answer


@pytest.mark.parametrize("session_cookie", ["stored", "signed"])
@MODEST
@given(page=st.sampled_from(PAGES), cookie=COOKIES)
@example(page=("GET", "/me"), cookie=b"__Host-sid=")
@example(page=("GET", "/me"), cookie=b'__Host-sid="\\377\\""')
@example(page=("GET", "/me"), cookie=b"__Host-sid=\xed\xa0\x80")
@example(page=("GET", "/me"), cookie=b"__Host-sid=" + 5000 * b"a")
@example(page=("GET", "/me"), cookie=500 * b"__Host-sid=a.a; ")
@example(page=("GET", "/me"), cookie=b"__Host-sid=e30.0000")
def test_no_bytes_open_a_session(
    started: Sandbox, session_cookie: str, page: tuple[str, str], cookie: bytes
) -> None:
    """T-CK-3"""
    started.reset()
    started.set(session_cookie=session_cookie)
    status, _ = send(started, *page, cookie)
    assert started.rows("app_sessions") == started.rows("transfers") == started.log() == []
    if page[1] in PRIVATE:
        assert status == 401


@MODEST
@given(cookie=COOKIES, fixation=st.booleans())
@example(cookie=b'__Host-sid="\\015\\012Set-Cookie: a=b"', fixation=True)
@example(cookie=b"__Host-sid=" + 3000 * b"a", fixation=True)
def test_a_login_with_odd_cookies_sends_no_odd_headers(
    started: Sandbox, cookie: bytes, fixation: bool
) -> None:
    """Where any id is adopted, too."""
    started.reset()
    started.set(csrf_protection="none", session_fixation=fixation)
    form = urlencode({"username": "alice@acme.test", "password": "alice-test-only"})
    status, answer = send(started, "POST", "/login", cookie, form.encode())
    head = answer.partition(b"\r\n\r\n")[0].split(b"\n")
    assert (status, len(started.rows("app_sessions"))) == (303, 1)
    assert sum(line.startswith(b"Set-Cookie: ") for line in head) == 2
    assert sum(line.startswith(b"Set-Cookie: __Host-sid=") for line in head) == 1
