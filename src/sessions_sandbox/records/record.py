"""What all rows have in common. Times are Unix seconds, `None` means never."""

from dataclasses import dataclass
from typing import ClassVar

SESSION_ROW_SECONDS = 86400
"""How long an unused session keeps its row: longer than any may lie idle."""
LOG_SECONDS = 90 * 86400
LONGEST_TOKEN_SECONDS = 86400
"""No access token lives longer; modelled on the most that Okta allows."""


@dataclass(frozen=True)
class Record:
    """A row. `key_field` names the field that identifies it, `indexed` those that `Store.find` asks for.

    `outlived` names a field with a time, and the seconds from then on after which the row may be forgotten.
    """

    table: ClassVar[str]
    key_field: ClassVar[str]
    indexed: ClassVar[tuple[str, ...]] = ()
    outlived: ClassVar[tuple[str, int] | None] = None

    @property
    def key(self) -> str:
        value = getattr(self, self.key_field)
        assert isinstance(value, str)
        return value

    @property
    def forget_at(self) -> int | None:
        """From when on nothing is answered otherwise if the row is gone, in Unix seconds.

        `None`: never, or when the row goes that it hangs on (see `stores.sweeping`).
        """
        if self.outlived is None:
            return None
        field, seconds = self.outlived
        time = getattr(self, field)
        assert isinstance(time, int)
        return time + seconds
