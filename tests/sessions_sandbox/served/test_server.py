"""Which port a served sandbox takes."""

import socket

import pytest

from sessions_sandbox import SandboxError
from sessions_sandbox.served import server
from sessions_sandbox.served.process import unused_port
from sessions_sandbox.served.server import reserved_port

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
