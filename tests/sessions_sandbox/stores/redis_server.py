"""A real Redis for the tests: the one that SESSIONS_REDIS names, or one of our own, installed if need be."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import redis

VARIABLE = "SESSIONS_REDIS"
INSTALL_SECONDS = 150
START_SECONDS = 10
ATTEMPTS = 3
STDERR = 2

REMEDY = f"""The tests of the Redis store need a Redis server, and none could be had. Do one of these:
  - install one, so that redis-server is on PATH (on Debian: apt-get install redis-server)
  - name one that runs: export {VARIABLE}=redis://127.0.0.1:6379/0 (the tests remove what they put there)"""


class RedisMissing(Exception):
    """The message says how to get one."""


@contextmanager
def redis_server() -> Iterator[str]:
    """The URL of a server that answers, such as `redis://127.0.0.1:41234`. Raises `RedisMissing`."""
    if named := os.environ.get(VARIABLE):
        try:
            redis.Redis.from_url(named).ping()
        except (redis.RedisError, ValueError) as error:
            raise RedisMissing(f"no Redis answers at {VARIABLE}={named}: {error}") from error
        yield named
        return
    program = shutil.which("redis-server") or _installed()
    process, url = _started(program)
    try:
        yield url
    finally:
        process.kill()
        process.wait()


def _installed() -> str:
    """`redis-server` by the system's packages, where that can be."""
    if shutil.which("apt-get") is not None and os.geteuid() == 0:
        print("Installing the system's package: apt-get install redis-server", file=sys.stderr)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (
            ("apt-get", "update", "-q"),
            ("apt-get", "install", "-q", "-y", "--no-install-recommends", "redis-server"),
        ):
            subprocess.run(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=STDERR, timeout=INSTALL_SECONDS
            )
    found = shutil.which("redis-server")
    if found is None:
        raise RedisMissing(REMEDY)
    return found


def _started(program: str) -> tuple[subprocess.Popen[bytes], str]:
    """A server on a port that was free; should another take it meanwhile, on the next one."""
    for _ in range(ATTEMPTS):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        options = ("--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no")
        process = subprocess.Popen((program, *options), stdout=subprocess.DEVNULL)
        if _answers(process, port):
            return process, f"redis://127.0.0.1:{port}"
        process.kill()
        process.wait()
    raise RedisMissing(f"{program} does not start.\n{REMEDY}")


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    end = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < end:
        try:
            with redis.Redis(port=port, socket_connect_timeout=1) as client:
                return bool(client.info()["process_id"] == process.pid)
        except redis.ConnectionError:
            time.sleep(0.02)
    return False
