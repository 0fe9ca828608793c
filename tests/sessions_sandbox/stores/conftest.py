"""Every store: in memory, in a file, in a real Redis."""

import socket
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import redis

from sessions_sandbox.stores import Store, open_store
from tests.sessions_sandbox.stores.redis_server import RedisMissing, redis_server

SHARED = ("sqlite", "redis")
"""Those that several processes can open."""


@pytest.fixture(scope="session")
def redis_address() -> Iterator[str]:
    """The URL of a Redis that runs as long as the tests do."""
    try:
        with redis_server() as url:
            yield url
    except RedisMissing as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture
def redis_url(redis_address: str) -> Iterator[str]:
    """The URL of an empty Redis store."""
    prefix = f"test-{uuid4().hex}"
    yield f"{redis_address}?prefix={prefix}"
    with redis.Redis.from_url(redis_address) as client:
        keys = list(client.scan_iter(match=f"{{{prefix}*", count=1000))
        if keys:
            client.delete(*keys)


def url_of(kind: str, request: pytest.FixtureRequest, folder: Path) -> str:
    if kind == "redis":
        return str(request.getfixturevalue("redis_url"))
    return f"sqlite:{folder / 'sandbox.db'}" if kind == "sqlite" else "memory:"


@pytest.fixture(params=["memory", *SHARED])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store of each kind."""
    store = open_store(url_of(request.param, request, tmp_path))
    yield store
    store.close()


@pytest.fixture(params=SHARED)
def shared_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store that several processes can open."""
    return url_of(request.param, request, tmp_path)


@pytest.fixture
def unused_port() -> int:
    """A port of 127.0.0.1 at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
