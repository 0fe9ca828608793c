"""Rows in a Redis server, for several processes and machines."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from sessions_sandbox.errors import SandboxError
from sessions_sandbox.records import TABLES, Record
from sessions_sandbox.stores.protocol import EXPIRED_AT_ONCE, indexed_field
from sessions_sandbox.stores.redis_scripts import SELECT, SWAP
from sessions_sandbox.stores.rows import end_of, from_row, layout, printable, to_row

R = TypeVar("R", bound=Record)

CONNECT_SECONDS, ANSWER_SECONDS = 2, 5
DEFAULT_PREFIX = "sessions-sandbox"
KINDS = {kind.table: kind for kind in TABLES}


class RedisStore:
    """A hash a record class: the rows as JSON, by key. Sorted sets beside it keep order, indexes and ends.

    One Lua script makes every change to a row. A command whose answer was lost is not sent again: a second
    compare-and-set would deny what the first one did.
    """

    def __init__(self, url: str) -> None:
        """`url`: as `open_store` takes it. Raises `SandboxError` when no Redis answers there."""
        self._name = re.sub("//.*@", "//", url.partition("?")[0])  # without a password
        with self._asking():
            parts = urlsplit(url)
            options = dict(parse_qsl(parts.query))
            self._prefix = options.pop("prefix", DEFAULT_PREFIX)
            self._redis = _client(parts._replace(query=urlencode(options)).geturl())
            self._swap_rows = self._redis.register_script(SWAP)
            self._select_rows = self._redis.register_script(SELECT)
            self._claim()

    def add(self, record: Record) -> bool:
        return self._swap(type(record), record.key, None, record)

    def get(self, kind: type[R], key: str) -> R | None:
        with self._asking():
            row = self._redis.hget(self._key(kind.table), printable(key))
            return None if row is None else from_row(kind, row)

    def find(self, kind: type[R], **field: str) -> list[R]:
        name, value = indexed_field(kind, field)
        return self._select(kind, name, _quoted(value))

    def all(self, kind: type[R]) -> list[R]:
        return self._select(kind, "order")

    def replace(self, old: R, new: R) -> bool:
        return self._swap(type(old), old.key, old, new)

    def remove(self, kind: type[Record], key: str) -> bool:
        while (record := self.get(kind, key)) is not None:
            if self._swap(kind, key, record, None):
                return True
        return False

    def take_expired(self, now: int) -> list[Record]:
        with self._asking():
            ended = self._redis.zrangebyscore(self._key("ends"), "-inf", now, 0, EXPIRED_AT_ONCE)
            entries = [entry.split(" ", 1) for entry in ended]
            with self._redis.pipeline(transaction=False) as pipeline:
                for table, key in entries:
                    pipeline.hget(self._key(table), key)
                rows = zip(entries, pipeline.execute(), strict=True)
                found = [from_row(KINDS[table], row) for (table, _), row in rows if row is not None]
                for record in found:
                    self._swap_rows(*self._change(type(record), record.key, record, None), client=pipeline)
                return [record for record, done in zip(found, pipeline.execute(), strict=True) if done]

    def count(self, name: str) -> int:
        with self._asking():
            return int(self._redis.hincrby(self._key("numbers"), name, 1))

    def clear(self) -> None:
        of_all = [self._key(name) for name in ("ends", "sequence", "numbers")]
        rows = [self._key(kind.table) for kind in TABLES]
        sorted_sets = [self._key(kind.table, name) for kind in TABLES for name in ("order", *kind.indexed)]
        with self._asking():
            self._redis.delete(*of_all, *rows, *sorted_sets)

    def close(self) -> None:
        self._redis.close()

    def _swap(self, kind: type[Record], key: str, old: Record | None, new: Record | None) -> bool:
        with self._asking():
            return bool(self._swap_rows(*self._change(kind, key, old, new)))

    def _change(
        self, kind: type[Record], key: str, old: Record | None, new: Record | None
    ) -> tuple[list[str], list[str | int]]:
        """The KEYS and ARGV of `SWAP`; `None` stands for no row."""
        name, end = printable(key), end_of(new) if new else None
        rows = [to_row(row) if row else "" for row in (old, new)]
        values = [_quoted(getattr(row, name)) if row else "" for name in kind.indexed for row in (old, new)]
        indexes = [self._key(kind.table, name) for name in kind.indexed]
        keys = [self._key(kind.table), self._key(kind.table, "order"), self._key("ends")]
        return (
            [*keys, self._key("sequence"), *indexes],
            [name, *rows, "" if end is None else end, f"{kind.table} {name}", *values],
        )

    def _select(self, kind: type[R], index: str, *value: str) -> list[R]:
        with self._asking():
            rows: list[str] = self._select_rows([self._key(kind.table), self._key(kind.table, index)], value)
            return [from_row(kind, row) for row in rows]

    def _key(self, *names: str) -> str:
        """In braces stands what decides a cluster's slot: all keys of a store lie in one."""
        return ":".join((f"{{{self._prefix}}}", *names))

    def _claim(self) -> None:
        """See that the rows are of this version. Raises `SandboxError`."""
        self._redis.set(self._key("layout"), layout(), nx=True)
        if self._redis.get(self._key("layout")) != str(layout()):
            raise SandboxError(
                f"the rows with the prefix {self._prefix} at {self._name} were written by another version of "
                "sessions-sandbox; they were left as they are: add ?prefix=NAME to the URL, or delete the "
                f"keys that begin with {self._key('')}"
            )

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Explain what the server, the URL or a row has wrong."""
        try:
            yield
        except (RedisError, OSError, ValueError, TypeError) as error:
            raise SandboxError(
                f"the Redis store at {self._name} cannot be used ({type(error).__name__}: {error}): see that "
                "redis-server runs there, or use sqlite:PATH"
            ) from error


def _client(url: str) -> Any:  # its own types allow for bytes and for asyncio everywhere
    return Redis.from_url(
        url,
        decode_responses=True,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


def _quoted(value: Any) -> str:
    """A field's value as it stands in an index; the quotes tell where it ends."""
    return "" if value is None else f'"{printable(value)}"'
