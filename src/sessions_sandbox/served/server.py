"""Serving the sandbox over real sockets."""

import errno
import multiprocessing
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib import import_module
from typing import TYPE_CHECKING

from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.server import Server

from sessions_sandbox.errors import SandboxError
from sessions_sandbox.served.settings import Settings
from sessions_sandbox.stores import MEMORY

if TYPE_CHECKING:
    from sessions_sandbox.served.certificate import Certificate

APPLICATION = "sessions_sandbox.served.application"
PORTS_TRIED = 20
EVERYWHERE = ("0.0.0.0", "::")
TAKEN = (errno.EADDRINUSE, errno.EACCES)


def serve(
    host: str,
    port: int,
    settings: Settings,
    listening: Callable[[], object],
    *,
    certificate: "Certificate | None" = None,
    workers: int = 1,
) -> None:
    """Serve until interrupted or terminated, with TLS if there is a certificate, by so many processes.

    `listening` is called when clients can connect. Raises `SandboxError` when the store cannot be opened, or
    when several workers cannot share it.
    """
    if workers > 1 and settings.store == MEMORY:
        raise SandboxError(
            f"{workers} workers cannot share what is kept in memory; "
            "give them a store: --store sqlite:PATH or --store redis://HOST:PORT/0"
        )
    # before the worker is forked: imports that begin in it may wait forever
    import_module(APPLICATION).prepare(settings)
    settings.hand_on()
    server = Server(
        f"{APPLICATION}:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=workers,
        log_enabled=False,
        http=HTTPModes.http1,
        ssl_cert=None if certificate is None else certificate.file,
        ssl_key=None if certificate is None else certificate.key,
        ssl_protocol_min=SSLProtocols.tls12,
    )
    waiting = threading.Thread(target=_tell, args=(host, port, workers, listening), daemon=True)
    server.on_startup(waiting.start)
    server.serve()


def ip_address_of(host: str) -> str:
    """The IP address of a name such as `localhost`; that of an address is itself.

    Raises `SandboxError` when the name is not known.
    """
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        raise _cannot_listen(host, error) from error
    return str(min(found, key=lambda entry: entry[0] != socket.AF_INET)[4][0])


def _cannot_listen(host: str, error: OSError) -> SandboxError:
    return SandboxError(f"cannot listen at {host}: {error.strerror}; use --host 127.0.0.1")


def name_in_urls(host: str) -> str:
    """How a client on this machine names the host that a server was told to listen at."""
    if host in EVERYWHERE:
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


@contextmanager
def reserved_port(host: str, wanted: int) -> Iterator[int]:
    """The first port from `wanted` on that nobody listens at, kept from other sandboxes meanwhile.

    `host`: an IP address. Raises `SandboxError` when none of the next ports is free, or when it is no address
    of this machine.
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
                raise _cannot_listen(host, error) from error
            yield port
            return
    raise SandboxError(f"no free port on {host} from {wanted} on ({PORTS_TRIED} tried); give one with --port")


def _bind(held: ExitStack, host: str, port: int, kind: socket.SocketKind) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = held.enter_context(socket.socket(family, kind))
    if kind is socket.SOCK_STREAM:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((host, port))


def _tell(host: str, port: int, workers: int, listening: Callable[[], object]) -> None:
    """Call `listening` as soon as a connection is accepted.

    Nothing is done before the workers are there: what another thread holds at a fork stays held in the child.
    """
    while len(multiprocessing.active_children()) < workers:
        time.sleep(0.02)
    while True:
        with suppress(OSError), socket.create_connection((host, port), timeout=1):
            listening()
            return
        time.sleep(0.02)
