"""Serving the sandbox over real sockets."""

import socket

from granian.constants import Interfaces
from granian.server import Server

from sessions_sandbox.errors import SandboxError

PORTS_TRIED = 20


def serve(host: str, port: int) -> None:
    """Serve until interrupted. One worker: the rows live in its memory."""
    server = Server(
        "sessions_sandbox.served.application:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        log_enabled=False,
    )
    server.serve()


def free_port(host: str, wanted: int) -> int:
    """The first free port from `wanted` on. Raises `SandboxError` when none of the next ones is free."""
    for port in range(wanted, wanted + PORTS_TRIED):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise SandboxError(f"no free port on {host} from {wanted} to {wanted + PORTS_TRIED - 1}; give one with --port")
