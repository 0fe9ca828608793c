"""A served sandbox for as long as a block lasts."""

import os
import select
import sys
from pathlib import Path

import pytest
import requests

from sessions_sandbox import SandboxError
from sessions_sandbox.served import process
from sessions_sandbox.served.process import sandbox_process
from sessions_sandbox.served.remote import RemoteSandbox


@pytest.fixture
def instead_of_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that is run where Python should be."""
    program = tmp_path / "program"
    program.touch(mode=0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    return program


def test_it_serves_for_as_long_as_the_block_lasts() -> None:
    with sandbox_process() as address, RemoteSandbox(address) as sandbox:
        assert sandbox.sign_in("alice@acme.test")
    with pytest.raises(requests.ConnectionError):
        requests.get(address, proxies={"http": ""}, timeout=5)


def test_what_a_process_that_ends_wrote_is_shown(instead_of_python: Path) -> None:
    instead_of_python.write_text("#!/bin/sh\necho trouble >&2\nexit 3\n")
    with pytest.raises(SandboxError, match=r"did not start: \S+program -m .* ended with status 3\ntrouble"):
        sandbox_process().__enter__()


def test_a_process_that_says_nothing_is_ended(
    instead_of_python: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "LONGEST_START", 0.5)
    instead_of_python.write_text("#!/bin/sh\necho loading\nexec sleep 60\n")
    with pytest.raises(SandboxError, match="ended with status -9"):
        sandbox_process().__enter__()


def test_a_process_that_does_not_end_is_killed_with_its_workers(
    instead_of_python: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(process, "LONGEST_END", 0.1)
    held = tmp_path / "held"
    os.mkfifo(held)
    instead_of_python.write_text(
        f"#!/bin/sh\ntrap '' TERM\nsleep 60 >{held} &\necho listens at http://127.0.0.1:9\nwait\n"
    )
    with sandbox_process() as address:
        assert address == "http://127.0.0.1:9"
        holding = held.open()
    with holding:
        ended, _, _ = select.select([holding], [], [], 10)
        assert ended
        assert holding.read() == ""
