"""Work in forks of this process: nothing that a test or a mutant does outlives its fork."""

import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

PROCESSES = os.cpu_count() or 1
SURVIVED, KILLED, FAILED = 0, 1, 2
"""How a fork ends; by a signal, if a test went beyond its time."""
LEAVING = {"subprocess.Popen", "os.fork", "os.posix_spawn", "os.system", "socket.bind", "socket.connect"}
"""Audit events (`sys.addaudithook`) of what a test that takes part does not do."""


class LeavesTheProcess(Exception):
    """Raised where a test would start a process or open a connection."""


class Seal:
    """From now on, this process starts no other, and neither listens nor connects."""

    def __init__(self) -> None:
        self.broken = False
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in LEAVING:
            self.broken = True
            raise LeavesTheProcess(event)


def fork(work: Callable[[], int]) -> int:
    """Do `work` in a fork, which prints nothing and ends with its result. Gives the id of the process."""
    process = os.fork()
    if process:
        return process
    result = FAILED
    try:
        nowhere, said = os.open(os.devnull, os.O_RDWR), os.dup(2)
        for stream in range(3):
            os.dup2(nowhere, stream)
        result = work()
    except BaseException:
        os.write(said, traceback.format_exc().encode())
    finally:
        os._exit(result)


def failure_of(item: pytest.Item, following: pytest.Item | None) -> str:
    """Run a test. Why it failed, or `""`."""
    reports = runtestprotocol(item, log=False, nextitem=following)
    return "\n".join(report.longreprtext or "without a reason" for report in reports if report.failed)


def end_after(cpu_seconds: float, seconds: float) -> None:
    """Let a signal end this process when it has worked, or waited, for so long."""
    signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
    signal.setitimer(signal.ITIMER_REAL, seconds)
