"""A stand-in for `time-machine`, which has no build for the browser: time that stands still, under Pyodide.

All of Python's wall clocks read JavaScript's `Date.now` there, so that is replaced, to the millisecond.
`time.monotonic` is left alone, and so is the local time zone. Time that goes on (`tick=True`) is missing.
"""

from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from types import TracebackType
from typing import Any

_LAST = 9_223_372_036_854
"""How far the clocks of Python go, in milliseconds from 1970: nanoseconds in 64 bits."""

_travellers: list["Traveller"] = []


class Traveller:
    """A time that stands still. `travel.start` makes them."""

    def __init__(self, milliseconds: int) -> None:
        self._milliseconds = milliseconds

    def move_to(self, destination: float | datetime, tick: bool | None = None) -> None:
        """Go to a time: Unix seconds, or a datetime in UTC or at a fixed offset (naive: UTC)."""
        _refuse_ticking(bool(tick))
        self._milliseconds = _milliseconds(destination)
        _show()

    def shift(self, delta: timedelta | float) -> None:
        """Go on, or back, by a timedelta or by seconds."""
        if isinstance(delta, timedelta):
            delta = delta.total_seconds()
        if not isinstance(delta, int | float):
            raise TypeError(f"Unsupported type for delta argument: {delta!r}")
        self._milliseconds = _in_range(self._milliseconds + round(delta * 1000))
        _show()


class travel:
    """Time travel, from `start` to `stop` or in a `with` statement; travels may nest.

    `destination`: Unix seconds, or a datetime in UTC or at a fixed offset (naive: UTC).

    Raises NotImplementedError without `tick=False`, TypeError for another kind of destination, OverflowError
    before 1970 and after 2262.
    """

    def __init__(self, destination: float | datetime, *, tick: bool = True) -> None:
        _refuse_ticking(tick)
        self._milliseconds = _milliseconds(destination)

    def start(self) -> Traveller:
        """Stop the clock. Raises RuntimeError where there is no Pyodide."""
        _switch()
        traveller = Traveller(self._milliseconds)
        _travellers.append(traveller)
        _show()
        return traveller

    def stop(self) -> None:
        """Go back to the travel around this one, or to the real time."""
        _travellers.pop()
        _show()

    def __enter__(self) -> Traveller:
        return self.start()

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        self.stop()


def _show() -> None:
    if _travellers:
        _switch().stand(_travellers[-1]._milliseconds)
    else:
        _switch().restore()


class _Switch:
    """Replaces `Date.now`, and puts it back.

    What stands in for it is a function of JavaScript's own: one of Python's would be slow there, and a
    page's content policy forbids to make one of text.
    """

    def __init__(self, js: Any) -> None:
        self._js = js
        self._standing = js.Map.new()
        self._stand = js.Reflect.get(self._standing, "get").bind(self._standing, "milliseconds")
        self._real = self._present()

    def stand(self, milliseconds: int) -> None:
        if self._present() != self._stand:
            self._real = self._present()
        self._standing["milliseconds"] = milliseconds
        self._js.Date.now = self._stand

    def restore(self) -> None:
        self._js.Date.now = self._real

    def _present(self) -> Any:
        return self._js.Reflect.get(self._js.Date, "now")


@cache
def _switch() -> _Switch:
    try:
        import js  # type: ignore[import-not-found]
    except ModuleNotFoundError as error:
        raise RuntimeError("this time_machine needs Pyodide; elsewhere, install time-machine") from error
    return _Switch(js)


def _milliseconds(destination: float | datetime) -> int:
    if isinstance(destination, datetime):
        if not isinstance(destination.tzinfo, timezone | None):
            raise NotImplementedError(
                "the browser's stand-in for time_machine does not change the local time zone to "
                f"{destination.tzinfo}, as the real one does; pass destination.astimezone(datetime.UTC)"
            )
        destination = (destination if destination.tzinfo else destination.replace(tzinfo=UTC)).timestamp()
    if not isinstance(destination, int | float):
        raise TypeError(
            f"Unsupported destination {destination!r}: the browser's stand-in for time_machine takes "
            "Unix seconds or a datetime"
        )
    return _in_range(round(destination * 1000))


def _in_range(milliseconds: int) -> int:
    if not 0 <= milliseconds <= _LAST:
        raise OverflowError(
            f"{milliseconds / 1000} seconds: the clock of the browser's Python goes from 1970 to 2262"
        )
    return milliseconds


def _refuse_ticking(tick: bool) -> None:
    if tick:
        raise NotImplementedError(
            "time that goes on is missing from the browser's stand-in for time_machine: pass tick=False"
        )
