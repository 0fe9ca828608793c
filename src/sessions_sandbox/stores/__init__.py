"""Where the servers keep their rows: one Protocol, and three places: memory, a SQLite file, Redis."""

from sessions_sandbox.errors import SandboxError
from sessions_sandbox.stores.memory import MemoryStore
from sessions_sandbox.stores.protocol import Store, change
from sessions_sandbox.stores.sweeping import sweep

__all__ = ["MEMORY", "MemoryStore", "Store", "change", "open_store", "sweep"]

MEMORY = "memory:"
REDIS_SCHEMES = ("redis", "rediss", "unix")


def open_store(url: str) -> Store:
    """The store at `memory:`, `sqlite:PATH`, or `redis://HOST:PORT/NUMBER` (`rediss:` with TLS, `unix:`).

    `?prefix=NAME` at the end of a Redis URL sets what its keys begin with: several sandboxes can then share a
    server. Raises `SandboxError` for another URL, a file that is no store, a server that does not answer, or
    where the redis package is missing.
    """
    scheme, _, rest = url.partition(":")
    if url == MEMORY:
        return MemoryStore()
    if scheme == "sqlite" and rest and not rest.startswith("//"):
        from sessions_sandbox.stores.sqlite import SqliteStore

        return SqliteStore(rest)
    if scheme in REDIS_SCHEMES and rest.startswith("//"):
        try:
            from sessions_sandbox.stores.redis import RedisStore
        except ImportError as error:
            raise SandboxError(
                "a Redis store needs the redis package: pip install 'sessions-sandbox[redis]'"
            ) from error
        return RedisStore(url)
    raise SandboxError(
        f"there is no store {url!r}; write memory:, sqlite:PATH (such as sqlite:sandbox.db) "
        "or redis://HOST:PORT/0"
    )
