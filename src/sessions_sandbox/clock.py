"""One clock for the servers and for the process that they run in."""

import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sessions_sandbox.errors import SandboxError

if TYPE_CHECKING:
    import time_machine

START = int(datetime(2026, 1, 5, 9, 0, tzinfo=UTC).timestamp())
"""Unix seconds at which every sandbox starts: Monday, 5 January 2026, 09:00 UTC."""
END = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())


class Clock:
    """Time that stands still until a program moves it, or, after `set(…, runs=True)`, runs with the system's.

    PyJWT and every other library read the process's own clock, so that one is moved too, for as long as
    the clock runs: authorization server, resource server and program never disagree about the time.
    `time.monotonic` is left alone.
    """

    def __init__(self, start: int = START, agree: Callable[[int], int] | None = None) -> None:
        """`start`: Unix seconds. `agree`: where others have the same clock, moves it for all by some seconds,
        and gives by how many it was moved since the start.
        """
        self._start = start
        self._moved = 0
        self._runs = False
        self._agree = agree
        self._lock = threading.Lock()
        self._owns_process = False
        self._travel: time_machine.travel | None = None
        self._traveller: time_machine.Traveller | None = None

    def now(self) -> int:
        """The time in whole Unix seconds."""
        return int(self._exact())

    def advance(self, seconds: int = 0, *, minutes: int = 0, hours: int = 0, days: int = 0) -> int:
        """Move time forward and return the new time in Unix seconds.

        Raises `SandboxError` for a step back or for parts of a second: `iat` and `exp` are whole seconds.
        """
        step = seconds + 60 * minutes + 3600 * hours + 86400 * days
        if not isinstance(step, int) or step < 0:
            raise SandboxError(
                f"the clock moves forward by whole seconds, not by {step}; to go back, reset the sandbox"
            )
        with self._lock:
            if self.now() + step > END:
                raise SandboxError(f"the clock ends with the year 9999; {step} seconds on lie beyond it")
            self._set(self._moved + step if self._agree is None else self._agree(step), self._runs)
            return self.now()

    def move_to(self, now: int) -> None:
        """Set this process's clock to `now` (Unix seconds), where others have set it already."""
        self.set(now - self._start, runs=False)

    def set(self, moved: int, *, runs: bool) -> None:
        """Be `moved` seconds past the start, standing still, or, if it `runs`, past the system's clock."""
        with self._lock:
            self._set(moved, runs)

    def take_over(self) -> None:
        """Make this the clock of the whole process, until `release`.

        Raises `SandboxError` when another library, such as freezegun, holds the clock.
        """
        self._owns_process = True
        self._steer()

    def release(self) -> None:
        """Give the process its own clock back."""
        self._owns_process = False
        if self._travel is not None:
            self._travel.stop()
            self._travel = self._traveller = None

    def _exact(self) -> float:
        return (_system_time() if self._runs else self._start) + self._moved

    def _set(self, moved: int, runs: bool) -> None:
        self._moved, self._runs = moved, runs
        self._steer()

    def _steer(self) -> None:
        """Have the process's clock show this time. As long as both run together, nothing needs to be done."""
        if self._traveller is not None:
            self._traveller.move_to(self._exact(), tick=self._runs)
        elif self._owns_process and not (self._runs and self._moved == 0):
            self._begin_journey()

    def _begin_journey(self) -> None:
        import time_machine  # brings pytest along where that is installed: half of a server's start

        travel = time_machine.travel(self._exact(), tick=self._runs)
        try:
            self._traveller = travel.start()
        except RuntimeError as error:
            raise SandboxError(f"the clock of this process cannot be moved: {error}") from error
        self._travel = travel


def _system_time() -> float:
    """Unix seconds, as they are outside of any journey."""
    machine = sys.modules.get("time_machine")
    if machine is None or not machine.escape_hatch.is_travelling():
        return time.time()
    return float(machine.escape_hatch.time.time())
