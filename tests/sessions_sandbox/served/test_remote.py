"""The handle of a sandbox in another process, over real sockets."""

import http.server
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jwt
import pytest
import requests

from sessions_sandbox import Sandbox, SandboxError
from sessions_sandbox.clock import START
from sessions_sandbox.served.process import sandbox_process
from sessions_sandbox.served.remote import RemoteSandbox


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with sandbox_process() as address:
        yield address


@pytest.fixture
def remote(address: str) -> Iterator[RemoteSandbox]:
    with RemoteSandbox(address) as remote:
        yield remote


def test_the_same_program_gets_the_same_tokens(remote: RemoteSandbox) -> None:
    def program(sandbox: Sandbox | RemoteSandbox) -> list[Any]:
        tokens = sandbox.sign_in("alice@acme.test", client="spa")
        sandbox.clock.advance(minutes=1)
        form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
        spa = {"client_id": sandbox.client("spa").id}
        refreshed = requests.post(f"{sandbox.issuer}/v1/token", {**form, **spa}, timeout=5).json()
        header = {"Authorization": f"Bearer {refreshed['access_token']}"}
        orders = requests.get(f"{sandbox.api}/orders", headers=header, timeout=5).json()
        bodies = [exchange["response_body"] for exchange in sandbox.exchanges()]
        return [tokens, refreshed, orders, bodies, sandbox.rows("grants"), sandbox.log(), sandbox.clock.now()]

    over_sockets = program(remote)
    remote.stop()
    with Sandbox() as sandbox:
        assert program(sandbox) == over_sockets


def test_the_clock_of_this_process_follows(remote: RemoteSandbox) -> None:
    assert time.time() == remote.clock.now() == START
    assert remote.clock.advance(hours=1) == time.time() == remote.clock.now() == START + 3600
    token = remote.sign_in("alice@acme.test")["access_token"]
    keys = jwt.PyJWKClient(f"{remote.issuer}/v1/keys")
    key = keys.get_signing_key_from_jwt(token)
    assert jwt.decode(token, key, audience="api://default")["iat"] == START + 3600
    remote.clock.advance(hours=1)
    with pytest.raises(jwt.ExpiredSignatureError):
        jwt.decode(token, key, audience="api://default")
    remote.reset()
    assert time.time() == remote.clock.now() == START
    remote.stop()
    assert time.time() > START + 86400


def test_each_program_begins_afresh(address: str) -> None:
    first = []
    for _ in range(2):
        with RemoteSandbox(address) as remote:
            assert remote.rows("grants") == remote.exchanges() == []
            assert remote.clock.now() == START
            remote.set(org_key_published=True)
            remote.clock.advance(days=1)
            first.append(remote.sign_in("alice@acme.test", scope="openid"))
    assert first[0] == first[1]


def test_switches_reach_the_server(remote: RemoteSandbox) -> None:
    remote.set(authorization_server_down=True)
    assert requests.get(f"{remote.issuer}/v1/keys", timeout=5).status_code == 503


def test_mistakes_are_explained_as_in_process(remote: RemoteSandbox) -> None:
    with pytest.raises(SandboxError, match="there is no table 'x'"):
        remote.rows("x")
    with pytest.raises(SandboxError, match="there is no switch 'x'"):
        remote.set(x=1)
    with pytest.raises(SandboxError, match="whole seconds, not by -1"):
        remote.clock.advance(seconds=-1)
    assert time.time() == remote.clock.now() == START


def test_bodies_and_methods_arrive(remote: RemoteSandbox) -> None:
    with requests.Session() as session:
        token = f"{remote.issuer}/v1/token"
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        for body in (b"grant_type=x", iter([b"grant_", b"type=x"])):
            assert session.post(token, body, headers=form, timeout=5).status_code == 401
        assert [e["request_body"] for e in remote.exchanges()] == ["grant_type=x"] * 2
        assert session.post(token, b"a" * 1_000_000, headers=form, timeout=5).status_code == 413
        head = session.head(f"{remote.issuer}/v1/keys", timeout=5)
        assert (head.status_code, head.content) == (200, b"")
        tag = {"If-None-Match": head.headers["ETag"]}
        assert session.get(f"{remote.issuer}/v1/keys", headers=tag, timeout=5).status_code == 304
        wrong = session.get(f"{remote.app}/me", headers={"Host": "evil.example.net"}, timeout=5)
        assert wrong.status_code == 421


def test_threads_race_for_one_refresh_token(remote: RemoteSandbox) -> None:
    """T-RT-9: over real sockets, where requests really meet."""
    token = remote.sign_in("alice@acme.test", client="spa")["refresh_token"]
    remote.set(refresh_grace_seconds=0)
    form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": remote.client("spa").id}
    barrier = threading.Barrier(8)

    def use(_: int) -> int:
        barrier.wait(timeout=10)
        return requests.post(f"{remote.issuer}/v1/token", form, timeout=10).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(use, range(8))) == [200] + [400] * 7
    (family,) = remote.rows("refresh_families")
    assert (family["live"], family["revoked"]) == (2, START)


def test_what_is_malformed_is_answered(remote: RemoteSandbox, address: str) -> None:
    host, _, port = address.removeprefix("http://").partition(":")
    for request in (
        b"GET / HTTP/1.0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: [\r\nConnection: close\r\n\r\n",
        b"GET /%ff%00 HTTP/1.1\r\nHost: app.acme.test\r\nCookie: \xff\r\nConnection: close\r\n\r\n",
        b"POST /login HTTP/1.1\r\nHost: app.acme.test\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    ):
        with socket.create_connection((host, int(port)), timeout=5) as connection:
            connection.sendall(request)
            status = connection.makefile("rb").readline().split(b" ")[1]
        assert status.startswith(b"4"), request


def test_it_takes_the_place_of_an_embedded_one_only_when_that_is_gone(address: str) -> None:
    with Sandbox() as sandbox:
        with pytest.raises(SandboxError, match="already leads to another sandbox"):
            RemoteSandbox(address).start()
        assert sandbox.sign_in("alice@acme.test")
        assert sandbox.exchanges()


def test_an_address_where_nobody_answers_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        address = f"http://127.0.0.1:{unused.getsockname()[1]}"
    with pytest.raises(SandboxError, match=f"no sandbox answers at {address}: start one with .* or unset"):
        RemoteSandbox(address).start()
    with Sandbox() as sandbox:
        assert sandbox.sign_in("alice@acme.test")


@pytest.mark.parametrize(("status", "body"), [(200, "<html>"), (404, "<html>"), (404, "{}"), (404, "[]")])
def test_an_address_where_something_else_answers_is_named(status: int, body: str) -> None:
    class Other(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Other) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            with pytest.raises(SandboxError, match="no sandbox answers at"):
                RemoteSandbox(f"http://127.0.0.1:{server.server_port}").start()
        finally:
            server.shutdown()
