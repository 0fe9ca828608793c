"""Serving the sandbox over real sockets."""

import errno
import multiprocessing
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib import import_module

from granian.constants import Interfaces
from granian.server import Server

from sessions_sandbox.errors import SandboxError
from sessions_sandbox.served.settings import Settings
from sessions_sandbox.stores import open_store

APPLICATION = "sessions_sandbox.served.application"
PORTS_TRIED = 20
TAKEN = (errno.EADDRINUSE, errno.EACCES)


def serve(host: str, port: int, settings: Settings, listening: Callable[[], object]) -> None:
    """Serve until interrupted or terminated; `listening` is called when clients can connect.

    Raises `SandboxError` when the store cannot be opened.
    """
    import_module(APPLICATION)  # before the worker is forked: imports that begin in it may wait forever
    open_store(settings.store).close()
    settings.hand_on()
    server = Server(
        f"{APPLICATION}:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=1,
        log_enabled=False,
    )
    waiting = threading.Thread(target=_tell, args=(host, port, listening), daemon=True)
    server.on_startup(waiting.start)
    server.serve()


@contextmanager
def reserved_port(host: str, wanted: int) -> Iterator[int]:
    """The first port from `wanted` on that nobody listens at, kept from other sandboxes meanwhile.

    Raises `SandboxError` when none of the next ones is free, or when `host` is no address of this machine.
    """
    for port in range(wanted, min(wanted + PORTS_TRIED, 65536)):
        with ExitStack() as held:
            try:
                # The server shares its port with whoever else shares it (SO_REUSEPORT), so two sandboxes that
                # start together would both have it. The UDP port of the same number is not shared.
                _bind(held, host, port, socket.SOCK_DGRAM)
                with ExitStack() as probe:
                    _bind(probe, host, port, socket.SOCK_STREAM)
            except OSError as error:
                if error.errno in TAKEN:
                    continue
                raise SandboxError(
                    f"cannot listen at {host}: {error.strerror}; use --host 127.0.0.1"
                ) from error
            yield port
            return
    raise SandboxError(f"no free port on {host} from {wanted} on ({PORTS_TRIED} tried); give one with --port")


def _bind(held: ExitStack, host: str, port: int, kind: socket.SocketKind) -> None:
    bound = held.enter_context(socket.socket(type=kind))
    if kind is socket.SOCK_STREAM:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((host, port))


def _tell(host: str, port: int, listening: Callable[[], object]) -> None:
    """Call `listening` as soon as a connection is accepted.

    Nothing is done before the worker is there: what another thread holds at a fork stays held in the child.
    """
    while not multiprocessing.active_children():
        time.sleep(0.02)
    while True:
        with suppress(OSError), socket.create_connection((host, port), timeout=1):
            listening()
            return
        time.sleep(0.02)
