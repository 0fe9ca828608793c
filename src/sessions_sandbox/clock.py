"""One clock for the servers and for the process that they run in."""

import threading
from datetime import UTC, datetime

import time_machine

from sessions_sandbox.errors import SandboxError

START = int(datetime(2026, 1, 5, 9, 0, tzinfo=UTC).timestamp())
"""Unix seconds at which every sandbox starts: Monday, 5 January 2026, 09:00 UTC."""


class Clock:
    """Time that stands still until a program moves it.

    PyJWT and every other library read the process's own clock, so that one is moved too, for as long as
    the clock runs: authorization server, resource server and program never disagree about the time.
    `time.monotonic` is left alone.
    """

    def __init__(self, start: int = START) -> None:
        """`start`: Unix seconds."""
        self._start = start
        self._now = start
        self._lock = threading.Lock()
        self._travel: time_machine.travel | None = None
        self._traveller: time_machine.Traveller | None = None

    def now(self) -> int:
        """The time in whole Unix seconds."""
        return self._now

    def advance(self, seconds: int = 0, *, minutes: int = 0, hours: int = 0, days: int = 0) -> int:
        """Move time forward and return the new time in Unix seconds.

        Raises `SandboxError` for a negative step or for parts of a second: `iat` and `exp` are whole seconds.
        """
        step = seconds + 60 * minutes + 3600 * hours + 86400 * days
        if step != int(step) or step < 0:
            raise SandboxError(
                f"the clock moves forward by whole seconds, not by {step}; to go back, reset the sandbox"
            )
        with self._lock:
            self._set(self._now + int(step))
        return self._now

    def move_to(self, now: int) -> None:
        """Set the clock to `now` (Unix seconds), as the handle of a served sandbox does."""
        with self._lock:
            self._set(now)

    def reset(self) -> None:
        """Go back to the start."""
        self.move_to(self._start)

    def take_over(self) -> None:
        """Make this the clock of the whole process, until `release`."""
        if self._travel is None:
            self._travel = time_machine.travel(self._now, tick=False)
            self._traveller = self._travel.start()

    def release(self) -> None:
        """Give the process its own clock back."""
        if self._travel is not None:
            self._travel.stop()
            self._travel = self._traveller = None

    def _set(self, now: int) -> None:
        self._now = now
        if self._traveller is not None:
            self._traveller.move_to(now)
