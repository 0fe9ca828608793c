"""Rows in the memory of this process."""

import threading
from typing import TypeVar, cast

from sessions_sandbox.records import TABLES, Record

R = TypeVar("R", bound=Record)


class MemoryStore:
    """The default store: dictionaries behind one lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: dict[str, dict[str, Record]] = {}
        self._index: dict[tuple[str, str, object], dict[str, None]] = {}
        self.clear()

    def add(self, record: Record) -> bool:
        with self._lock:
            if record.key in self._rows[record.table]:
                return False
            self._put(record)
            return True

    def get(self, kind: type[R], key: str) -> R | None:
        return cast(R | None, self._rows[kind.table].get(key))

    def find(self, kind: type[R], **field: str) -> list[R]:
        ((name, value),) = field.items()
        if name not in kind.indexed:
            raise LookupError(f"{kind.table} has no index on {name}; it has {', '.join(kind.indexed) or 'none'}")
        with self._lock:
            rows = self._rows[kind.table]
            return [cast(R, rows[key]) for key in self._index.get((kind.table, name, value), ())]

    def all(self, kind: type[R]) -> list[R]:
        with self._lock:
            return [cast(R, row) for row in self._rows[kind.table].values()]

    def replace(self, old: R, new: R) -> bool:
        with self._lock:
            if self._rows[old.table].get(old.key) != old:
                return False
            self._unindex(old)
            self._put(new)
            return True

    def remove(self, kind: type[Record], key: str) -> bool:
        with self._lock:
            record = self._rows[kind.table].pop(key, None)
            if record is None:
                return False
            self._unindex(record)
            return True

    def clear(self) -> None:
        with self._lock:
            self._rows = {kind.table: {} for kind in TABLES}
            self._index = {}

    def _put(self, record: Record) -> None:
        self._rows[record.table][record.key] = record
        for name in record.indexed:
            self._index.setdefault((record.table, name, getattr(record, name)), {})[record.key] = None

    def _unindex(self, record: Record) -> None:
        for name in record.indexed:
            self._index[record.table, name, getattr(record, name)].pop(record.key, None)
