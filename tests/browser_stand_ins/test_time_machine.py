"""The stand-in for time-machine has the names and parameters of the real one, and refuses what it lacks."""

import importlib.util
import inspect
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine as real
from hypothesis import given, settings
from hypothesis import strategies as st

START = 1767603600
FIRST, LAST = datetime(1970, 1, 2), datetime(2262, 4, 10)


class Switch:
    """What the JavaScript does, for tests without JavaScript."""

    def __init__(self) -> None:
        self.standing: int | None = None

    def stand(self, milliseconds: int) -> None:
        self.standing = milliseconds

    def restore(self) -> None:
        self.standing = None


@pytest.fixture(scope="module")
def stand_in(stand_in_folder: Path) -> ModuleType:
    file = stand_in_folder / "time_machine" / "__init__.py"
    spec = importlib.util.spec_from_file_location("time_machine_stand_in", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def switch(stand_in: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Switch:
    switch = Switch()
    monkeypatch.setattr(stand_in, "_switch", lambda: switch)
    return switch


def test_names_and_parameters_are_those_of_the_real_one(stand_in: ModuleType) -> None:
    for name, method in (
        ("travel", "__init__"),
        ("travel", "start"),
        ("travel", "stop"),
        ("travel", "__enter__"),
        ("travel", "__exit__"),
        ("Traveller", "move_to"),
        ("Traveller", "shift"),
    ):
        here, there = (getattr(getattr(module, name), method) for module in (stand_in, real))
        assert parameters(here) == parameters(there), f"{name}.{method}"


@settings(max_examples=200, deadline=None, database=None)
@given(
    destination=st.one_of(
        st.integers(0, 2**33),
        st.floats(0, 2**33),
        st.datetimes(FIRST, LAST),
        st.datetimes(FIRST, LAST, timezones=st.just(UTC)),
        st.datetimes(
            FIRST, LAST, timezones=st.integers(-720, 720).map(lambda m: timezone(timedelta(minutes=m)))
        ),
    )
)
def test_destinations_mean_what_they_mean_to_the_real_one(stand_in: ModuleType, destination: Any) -> None:
    nanoseconds, _ = real.extract_timestamp_tzname(destination)
    assert abs(stand_in._milliseconds(destination) * 1_000_000 - nanoseconds) <= 500_000


def test_a_naive_datetime_is_utc_wherever_the_machine_is(
    stand_in: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    naive = datetime(2026, 1, 5, 9)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        milliseconds, (nanoseconds, _) = stand_in._milliseconds(naive), real.extract_timestamp_tzname(naive)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert milliseconds * 1_000_000 == nanoseconds == START * 10**9


def test_travel_moves_nests_and_ends(stand_in: ModuleType, switch: Switch) -> None:
    travel = stand_in.travel(100, tick=False)
    assert switch.standing is None
    traveller = travel.start()
    assert switch.standing == 100_000
    traveller.shift(2)
    traveller.shift(2.3)
    traveller.shift(timedelta(milliseconds=-1))
    assert switch.standing == 104_299
    with stand_in.travel(datetime(2026, 1, 5, 9, tzinfo=UTC), tick=False) as inner:
        assert switch.standing == START * 1000
        inner.move_to(5, tick=False)
        assert switch.standing == 5_000
        traveller.move_to(7)
        assert switch.standing == 5_000
    assert switch.standing == 7_000
    travel.stop()
    assert switch.standing is None
    with pytest.raises(IndexError):
        travel.stop()


def test_a_move_that_is_refused_changes_nothing(stand_in: ModuleType, switch: Switch) -> None:
    with stand_in.travel(100, tick=False) as traveller:
        for move, where in (
            (traveller.move_to, -1),
            (traveller.move_to, "2026-01-05"),
            (traveller.shift, -101),
            (traveller.shift, "2"),
        ):
            with pytest.raises((OverflowError, TypeError)):
                move(where)
            assert switch.standing == 100_000
        with pytest.raises(NotImplementedError, match="pass tick=False"):
            traveller.move_to(5, tick=True)
        assert switch.standing == 100_000


REFUSED: dict[str, tuple[Callable[[ModuleType], object], type[Exception], str]] = {
    "time that goes on": (lambda m: m.travel(0), NotImplementedError, "pass tick=False"),
    "time that goes on, asked for": (
        lambda m: m.travel(0, tick=True),
        NotImplementedError,
        "pass tick=False",
    ),
    "a time zone": (
        lambda m: m.travel(datetime(2026, 1, 5, tzinfo=ZoneInfo("Europe/Berlin")), tick=False),
        NotImplementedError,
        r"astimezone\(datetime.UTC\)",
    ),
    "text": (lambda m: m.travel("2026-01-05", tick=False), TypeError, "Unix seconds or a datetime"),
    "a date": (lambda m: m.travel(date(2026, 1, 5), tick=False), TypeError, "Unix seconds or a datetime"),
    "nothing": (lambda m: m.travel(None, tick=False), TypeError, "Unix seconds or a datetime"),
    "a function": (lambda m: m.travel(lambda: 0, tick=False), TypeError, "Unix seconds or a datetime"),
    "before 1970": (lambda m: m.travel(-0.001, tick=False), OverflowError, "from 1970 to 2262"),
    "after 2262": (lambda m: m.travel(9_223_372_037, tick=False), OverflowError, "from 1970 to 2262"),
    "infinity": (lambda m: m.travel(float("inf"), tick=False), OverflowError, "infinity"),
    "no number": (lambda m: m.travel(float("nan"), tick=False), ValueError, "NaN"),
    "a process without Pyodide": (lambda m: m.travel(0, tick=False).start(), RuntimeError, "needs Pyodide"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_it_lacks_is_refused(stand_in: ModuleType, what: str) -> None:
    attempt, error, message = REFUSED[what]
    with pytest.raises(error, match=message):
        attempt(stand_in)


def parameters(function: Any) -> list[tuple[str, object, object]]:
    return [(each.name, each.default, each.kind) for each in inspect.signature(function).parameters.values()]
