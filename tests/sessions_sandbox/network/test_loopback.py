"""Dialling a served sandbox."""

import socket
import threading

import pytest

from sessions_sandbox import SandboxError
from sessions_sandbox.network.loopback import dial


@pytest.mark.parametrize(
    "address",
    [
        "",
        "8600",
        "127.0.0.1:8600",
        "http://127.0.0.1",
        "https://127.0.0.1",
        "http://:8600",
        "http://127.0.0.1:port",
        "http://127.0.0.1:99999",
        "http://[:8600",
        "ftp://127.0.0.1:8600",
    ],
)
def test_what_is_no_address_is_refused_with_an_example(address: str) -> None:
    with pytest.raises(
        SandboxError, match=r"is no address of a sandbox; one looks like http://127\.0\.0\.1:8600"
    ):
        dial(address)


def test_every_host_leads_to_the_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        accepted: list[bytes] = []

        def accept() -> None:
            connection, _ = server.accept()
            with connection:
                accepted.append(connection.recv(10))

        thread = threading.Thread(target=accept)
        thread.start()
        with dial(f"http://127.0.0.1:{server.getsockname()[1]}")("idp.acme.test") as connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
            connection.sendall(b"hello")
        thread.join(timeout=10)
    assert accepted == [b"hello"]
