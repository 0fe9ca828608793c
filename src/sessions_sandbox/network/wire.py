"""Send the connections of this process to some hosts elsewhere, at the socket.

`requests`, `urllib` and so `PyJWKClient` stay as they are: they open an `https` connection to a host of the
sandbox and get a socket that leads there. TLS is left out: the bytes stay in this process or on loopback.
"""

import http.client
import os
import socket
import threading
from collections.abc import Callable
from typing import Any, Protocol

import urllib3.connection
import urllib3.util.connection

from sessions_sandbox.errors import SandboxError


class Socket(Protocol):
    """What an HTTP client asks of a socket."""

    def sendall(self, data: bytes) -> None: ...
    def makefile(self, mode: str) -> Any: ...
    def close(self) -> None: ...


Dial = Callable[[str], Any]
"""Opens a `Socket` to a host, given by its name."""

NO_PROXY = ("no_proxy", "NO_PROXY")

_routes: dict[str, Dial] = {}
_lock = threading.Lock()
_originals: dict[str, Any] = {}


def route(hosts: tuple[str, ...], dial: Dial) -> None:
    """From now on, https connections to `hosts` are opened by `dial`.

    Raises `SandboxError` when one of them already leads to another sandbox.
    """
    with _lock:
        taken = [host for host in hosts if host in _routes]
        if taken:
            raise SandboxError(
                f"{taken[0]} already leads to another sandbox in this process: stop that one first, "
                "or use it (`from sessions_sandbox import sandbox`)"
            )
        if not _routes:
            _patch()
        _routes.update(dict.fromkeys(hosts, dial))


def unroute(hosts: tuple[str, ...]) -> None:
    """Undo `route`."""
    with _lock:
        for host in hosts:
            _routes.pop(host)
        if not _routes:
            _restore()


def _patch() -> None:
    standard: Any = http.client.HTTPSConnection
    pooled: Any = urllib3.connection.HTTPSConnection
    _originals.update(
        connect=standard.connect,
        pooled_connect=pooled.connect,
        create=socket.create_connection,
        pooled_create=urllib3.util.connection.create_connection,
        no_proxy={name: os.environ.get(name) for name in NO_PROXY},
    )
    standard.connect = _connect
    pooled.connect = _pooled_connect
    socket.create_connection = _create(_originals["create"])
    urllib3.util.connection.create_connection = _create(_originals["pooled_create"])
    before = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
    if before != "*":
        os.environ.update(dict.fromkeys(NO_PROXY, ",".join(filter(None, (before, ".acme.test")))))


def _restore() -> None:
    standard: Any = http.client.HTTPSConnection
    pooled: Any = urllib3.connection.HTTPSConnection
    standard.connect = _originals["connect"]
    pooled.connect = _originals["pooled_connect"]
    socket.create_connection = _originals["create"]
    urllib3.util.connection.create_connection = _originals["pooled_create"]
    for name, value in _originals["no_proxy"].items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def _connect(connection: http.client.HTTPSConnection) -> None:
    if _dial_for(connection.host, connection.port) is None:
        _originals["connect"](connection)
    else:
        http.client.HTTPConnection.connect(connection)


def _pooled_connect(connection: urllib3.connection.HTTPSConnection) -> None:
    if _dial_for(connection.host, connection.port) is None:
        _originals["pooled_connect"](connection)
    else:
        urllib3.connection.HTTPConnection.connect(connection)
        connection.is_verified = True


def _create(original: Callable[..., Any]) -> Callable[..., Any]:
    def create_connection(address: tuple[str, int], *args: Any, **options: Any) -> Any:
        dial = _dial_for(*address)
        return original(address, *args, **options) if dial is None else dial(address[0])

    return create_connection


def _dial_for(host: str, port: int | None) -> Dial | None:
    return _routes.get(host.lower()) if port == 443 else None
