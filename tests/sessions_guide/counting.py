"""A small lesson, and a sandbox that only counts."""

from typing import Any

PROGRAM = '''\
"""Counts to two."""
# --8<-- [start:count]
import itertools

numbers = itertools.count(1)
print(next(numbers))
#> 1
# --8<-- [end:count]
# --8<-- [start:skip]
next(numbers)
# --8<-- [end:skip]
# --8<-- [start:go_on]
# MISTAKE: one number is lost.
print(next(numbers))
#> 3
# --8<-- [end:go_on]
'''

PAGE = """\
# Counting

``` { .python .run data-file="numbers/counting.py" data-section="count" title="Count" }
--8<-- "numbers/counting.py:count"
```

And on:

``` { .python .run .mistake data-file="numbers/counting.py" data-section="go_on" title="Go on" }
--8<-- "numbers/counting.py:go_on"
```
"""


class CountingSandbox:
    """Has a clock, counts its resets, and keeps the exchanges that a test puts there."""

    def __init__(self) -> None:
        self.clock = self
        self.resets = 0
        self.kept: list[dict[str, Any]] = []

    def now(self) -> int:
        return 1_000 + len(self.kept)

    def reset(self) -> None:
        self.resets += 1
        self.kept = []

    def exchanges(self) -> list[dict[str, Any]]:
        return list(self.kept)

    def rows(self, table: str) -> list[dict[str, Any]]:
        return []

    def operate(self, operation: str, **arguments: Any) -> Any:
        if operation == "moments":
            return []
        tables = {"refresh_families": {"total": 0, "rows": []}}
        return {"now": self.now(), "clients": {}, "keys": [], "switches": [], "tables": tables}

    def set(self, **switches: Any) -> None: ...
    def rotate_keys(self, step: str, *, issuer: str | None = None) -> None: ...

    def send(self, url: str) -> None:
        self.kept.append({"url": url})
