"""A socket that leads to a served sandbox on this machine, whatever host it was opened for."""

import socket
import ssl
from urllib.parse import urlsplit

from sessions_sandbox.errors import SandboxError
from sessions_sandbox.network.wire import Dial


def dial(address: str, trust: ssl.SSLContext | None = None) -> Dial:
    """Dials the sandbox served at `address`, such as `http://127.0.0.1:8600`.

    `trust`: what an https address is trusted by; without it, TLS is left out.
    Raises `SandboxError` for an address of another shape.
    """
    target = _target(address)

    def connect(host: str) -> socket.socket:
        connection = socket.create_connection(target, timeout=10)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection if trust is None else trust.wrap_socket(connection, server_hostname=target[0])

    return connect


def _target(address: str) -> tuple[str, int]:
    try:
        parts = urlsplit(address)
        if parts.scheme in ("http", "https") and parts.hostname and parts.port:
            return parts.hostname, parts.port
    except ValueError:
        pass  # a port that is none, or an address that cannot be taken apart
    raise SandboxError(f"{address!r} is no address of a sandbox; one looks like http://127.0.0.1:8600")
