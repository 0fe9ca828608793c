"""Which port a served sandbox takes."""

import socket

import pytest

from sessions_sandbox import SandboxError
from sessions_sandbox.served import server
from sessions_sandbox.served.process import unused_port
from sessions_sandbox.served.server import ip_address_of, name_in_urls, reserved_port, serve
from sessions_sandbox.served.settings import Settings

HOST = "127.0.0.1"


def test_two_that_start_together_get_different_ports() -> None:
    wanted = unused_port()
    with reserved_port(HOST, wanted) as one, reserved_port(HOST, wanted) as two:
        assert one == wanted
        assert two > wanted
    with reserved_port(HOST, wanted) as again:
        assert again == wanted


def test_a_port_that_somebody_listens_at_is_passed_over() -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with reserved_port(HOST, port) as found:
            assert found > port


def test_the_search_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "PORTS_TRIED", 1)
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(SandboxError, match=f"no free port on {HOST} from {port} on"),
            reserved_port(HOST, port),
        ):
            pass


def test_a_mistake_while_serving_is_not_taken_for_a_port_in_use() -> None:
    with pytest.raises(OSError, match="of the server"), reserved_port(HOST, unused_port()):
        raise OSError("of the server")


def test_a_name_is_listened_at_by_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (ip_address_of("127.0.0.1"), ip_address_of("::1")) == ("127.0.0.1", "::1")
    both = [(family, 0, 0, "", (address, 0)) for family, address in ((10, "::1"), (2, "127.0.0.1"))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    assert ip_address_of("localhost") == HOST


def test_a_name_that_is_not_known_is_said() -> None:
    with pytest.raises(
        SandboxError, match=r"cannot listen at no\.such\.invalid: .*; use --host 127\.0\.0\.1"
    ):
        ip_address_of("no.such.invalid")


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "[::1]"),
        ("0.0.0.0", "127.0.0.1"),
        ("::", "127.0.0.1"),
    ],
)
def test_it_is_announced_as_it_can_be_reached(host: str, shown: str) -> None:
    assert name_in_urls(host) == shown


def test_workers_cannot_share_a_memory() -> None:
    with pytest.raises(SandboxError, match=r"2 workers cannot share .* --store sqlite:PATH or --store redis"):
        serve(HOST, unused_port(), Settings(), lambda: None, workers=2)
