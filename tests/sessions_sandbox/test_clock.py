"""One clock for servers and process."""

import subprocess
import sys
import time
from datetime import UTC, datetime
from types import ModuleType

import pytest
import time_machine

from sessions_sandbox import Sandbox, SandboxError
from sessions_sandbox.clock import START, Clock
from sessions_sandbox.stores import MemoryStore


def test_time_stands_still_until_it_is_moved(sandbox: Sandbox) -> None:
    assert datetime.now(UTC) == datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    assert time.time() == sandbox.clock.now() == START
    assert sandbox.clock.advance(seconds=1, minutes=2, hours=3, days=4) == START + 4 * 86400 + 3 * 3600 + 121
    assert time.time() == sandbox.clock.now() == START + 4 * 86400 + 3 * 3600 + 121


def test_the_monotonic_clock_goes_on(sandbox: Sandbox) -> None:
    before = time.monotonic()
    sandbox.clock.advance(days=1)
    assert 0 < time.monotonic() - before < 60


@pytest.mark.parametrize("step", [-1, 0.5, 1.0, float("inf"), float("nan")])
def test_steps_are_whole_seconds_forward(sandbox: Sandbox, step: float) -> None:
    with pytest.raises(SandboxError, match="the clock moves forward by whole seconds"):
        sandbox.clock.advance(seconds=step)  # type: ignore[arg-type]
    assert time.time() == sandbox.clock.now() == START


def test_the_clock_has_an_end(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxError, match="year 9999"):
        sandbox.clock.advance(days=10_000_000)
    assert time.time() == sandbox.clock.now() == START


def test_reset_goes_back(sandbox: Sandbox) -> None:
    sandbox.clock.advance(days=400)
    sandbox.reset()
    assert time.time() == sandbox.clock.now() == START


def test_the_process_gets_its_own_time_back() -> None:
    before = time.time()
    with Sandbox() as sandbox:
        sandbox.clock.advance(days=1)
    assert 0 <= time.time() - before < 60
    assert sandbox.clock.now() == START + 86400


def test_a_clock_that_was_moved_before_it_ran() -> None:
    clock = Clock(start=1000)
    clock.advance(seconds=5)
    clock.take_over()
    clock.take_over()
    try:
        assert time.time() == 1005
    finally:
        clock.release()
        clock.release()
    assert time.time() > START


def test_time_machine_works_within_and_afterwards(sandbox: Sandbox) -> None:
    """A test of the reader's own may travel on; the clocks of the servers stay."""
    for _ in range(2):
        with time_machine.travel(12345, tick=False):
            assert time.time() == 12345
            assert sandbox.clock.now() == START
        assert time.time() == START
        sandbox.stop()
        with time_machine.travel(12345, tick=False):
            assert time.time() == 12345
        assert time.time() > START
        sandbox.start()


def test_another_library_that_holds_the_clock_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """As freezegun does: by a class of its own in the place of `datetime`."""
    fake = type("FakeDatetime", (datetime,), {})
    with monkeypatch.context() as frozen:
        frozen.setitem(sys.modules, "freezegun", ModuleType("freezegun"))
        frozen.setattr("datetime.datetime", fake)
        with pytest.raises(SandboxError, match=r"cannot be moved: .* freezegun is active"):
            Sandbox().start()
    with Sandbox() as sandbox:
        assert time.time() == sandbox.clock.now()


def test_a_sandbox_in_a_journey_gives_the_journey_back() -> None:
    with time_machine.travel(12345, tick=False):
        with Sandbox():
            assert time.time() == START
        assert time.time() == 12345


def test_a_clock_may_run_until_the_next_reset() -> None:
    """For clients that live in real time: what they are given is valid now."""
    before = int(time.time())
    with Sandbox() as sandbox:
        sandbox.run_clock()
        assert before <= sandbox.clock.now() <= time.time() < before + 60
        assert before + 3600 <= sandbox.clock.advance(hours=1) <= time.time() < before + 3660
        shown = time.time()
        while time.time() == shown:
            pass  # it runs: otherwise this has no end
        sandbox.reset()
        assert time.time() == sandbox.clock.now() == START
        sandbox.run_clock()
    assert before <= sandbox.clock.now() <= time.time() < before + 60


def test_a_clock_that_runs_already_is_left_as_it_is() -> None:
    """As another worker, or an earlier process, left it in the store."""
    store = MemoryStore()
    one = Sandbox(store)
    one.run_clock()
    one.clock.advance(days=1)
    assert one.clock.now() - time.time() > 86000
    Sandbox(store).run_clock()
    assert one.clock.now() - time.time() > 86000


def test_a_clock_may_be_stopped_where_it_is() -> None:
    sandbox = Sandbox()
    sandbox.clock.advance(hours=1)
    sandbox.stop_clock()
    assert sandbox.clock.now() == START + 3600
    sandbox.run_clock()
    before = sandbox.clock.now()
    sandbox.stop_clock()
    assert before <= sandbox.clock.now() <= time.time()
    now = sandbox.clock.now()
    with sandbox:
        assert time.time() == now
    assert sandbox.clock.advance(seconds=1) == now + 1


def test_those_who_share_a_store_run_together() -> None:
    store = MemoryStore()
    one, two = Sandbox(store), Sandbox(store)
    one.run_clock()
    two.clock.advance(days=1)
    assert 0 <= two.clock.now() - one.clock.now() <= 5
    assert one.clock.now() - time.time() > 86000
    two.reset()
    assert one.clock.now() == START


def test_a_server_whose_time_runs_starts_without_what_moves_time() -> None:
    """time_machine imports pytest where that is installed: a server would take twice as long to start."""
    program = (
        "import sys, sessions_sandbox.served.application\n"
        "from sessions_sandbox import Sandbox\n"
        "sandbox = Sandbox(); sandbox.run_clock()\n"
        "with sandbox: print('pytest' in sys.modules, 'time_machine' in sys.modules)\n"
        "with sandbox: sandbox.reset(); print('time_machine' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["False False", "True"]
