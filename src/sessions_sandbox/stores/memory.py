"""Rows in the memory of this process."""

import heapq
import threading
from collections import Counter
from typing import TypeVar, cast

from sessions_sandbox.records import TABLES, Record
from sessions_sandbox.stores.protocol import EXPIRED_AT_ONCE, indexed_field

R = TypeVar("R", bound=Record)


class MemoryStore:
    """The default store: dictionaries behind one lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.clear()

    def add(self, record: Record) -> bool:
        with self._lock:
            if record.key in self._rows[record.table]:
                return False
            self._rows[record.table][record.key] = record
            for name in record.indexed:
                self._note(record, name)
            self._note_end(record)
            return True

    def get(self, kind: type[R], key: str) -> R | None:
        return cast(R | None, self._rows[kind.table].get(key))

    def find(self, kind: type[R], **field: str) -> list[R]:
        name, value = indexed_field(kind, field)
        with self._lock:
            rows = self._rows[kind.table]
            return [cast(R, rows[key]) for key in self._index.get((kind.table, name, value), ())]

    def all(self, kind: type[R]) -> list[R]:
        with self._lock:
            return [cast(R, row) for row in self._rows[kind.table].values()]

    def replace(self, old: R, new: R) -> bool:
        with self._lock:
            rows = self._rows[old.table]
            if rows.get(old.key) != old:
                return False
            rows[new.key] = new
            for name in new.indexed:
                if getattr(old, name) != getattr(new, name):
                    self._forget_note(old, name)
                    self._note(new, name)
                    place = new.table, name, getattr(new, name)
                    self._index[place] = {key: None for key in rows if key in self._index[place]}
            if old.forget_at is None:
                self._note_end(new)
            return True

    def remove(self, kind: type[Record], key: str) -> bool:
        with self._lock:
            record = self._rows[kind.table].get(key)
            if record is None:
                return False
            self._forget(record)
            return True

    def take_expired(self, now: int) -> list[Record]:
        taken: list[Record] = []
        with self._lock:
            while self._ends and self._ends[0][0] <= now and len(taken) < EXPIRED_AT_ONCE:
                _, table, key = heapq.heappop(self._ends)
                record = self._rows[table].get(key)
                if record is None or record.forget_at is None:
                    continue
                if record.forget_at <= now:
                    self._forget(record)
                    taken.append(record)
                else:
                    self._note_end(record)
        return taken

    def count(self, name: str) -> int:
        with self._lock:
            self._numbers[name] += 1
            return self._numbers[name]

    def clear(self) -> None:
        with self._lock:
            self._rows: dict[str, dict[str, Record]] = {kind.table: {} for kind in TABLES}
            self._index: dict[tuple[str, str, object], dict[str, None]] = {}
            self._ends: list[tuple[int, str, str]] = []  # a heap; an end that has moved is found out when due
            self._numbers: Counter[str] = Counter()

    def close(self) -> None:
        """The rows go with the object."""

    def _note(self, record: Record, name: str) -> None:
        self._index.setdefault((record.table, name, getattr(record, name)), {})[record.key] = None

    def _note_end(self, record: Record) -> None:
        if (end := record.forget_at) is not None:
            heapq.heappush(self._ends, (end, record.table, record.key))

    def _forget(self, record: Record) -> None:
        del self._rows[record.table][record.key]
        for name in record.indexed:
            self._forget_note(record, name)

    def _forget_note(self, record: Record, name: str) -> None:
        place = record.table, name, getattr(record, name)
        keys = self._index[place]
        del keys[record.key]
        if not keys:
            del self._index[place]
