"""Where the servers keep their rows: one Protocol, so that other places can follow."""

from sessions_sandbox.stores.memory import MemoryStore
from sessions_sandbox.stores.protocol import Store, change

__all__ = ["MemoryStore", "Store", "change"]
