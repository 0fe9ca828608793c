"""The handle of a sandbox that another process serves."""

from contextlib import ExitStack
from typing import Any

import requests

from sessions_sandbox.clock import Clock
from sessions_sandbox.embedded import HOSTS
from sessions_sandbox.errors import SandboxError
from sessions_sandbox.handle import Handle, Row
from sessions_sandbox.network.loopback import dial
from sessions_sandbox.network.trace import Exchange
from sessions_sandbox.network.wire import route, unroute
from sessions_sandbox.reading import in_words
from sessions_sandbox.served.control import HEADER
from sessions_sandbox.served.trust import ca_file, not_trusted, trusting

NO_ANSWER = (requests.RequestException, ValueError)
"""What `requests` raises where no answer comes: `ValueError` for a redirect to what is no URL."""
UNREADABLE = (ValueError, LookupError, TypeError, RecursionError)
"""What comes of an answer that is no JSON, or of another shape than expected."""


class RemoteClock:
    """The clock of the served sandbox, which the clock of this process follows."""

    def __init__(self, sandbox: "RemoteSandbox") -> None:
        self._sandbox = sandbox
        self._local = Clock()

    def now(self) -> int:
        """The time in whole Unix seconds."""
        return self._local.now()

    def advance(self, seconds: int = 0, *, minutes: int = 0, hours: int = 0, days: int = 0) -> int:
        """Move time forward, there and here. Raises `SandboxError` for a step back or a part of a second."""
        step = seconds + 60 * minutes + 3600 * hours + 86400 * days
        self._local.move_to(self._sandbox.command("advance", seconds=step))
        return self._local.now()

    def follow(self) -> None:
        """Take over the clock of this process and set it to that of the served sandbox."""
        self._local.take_over()
        self._local.move_to(self._sandbox.command("now"))

    def release(self) -> None:
        """Give the process its own clock back."""
        self._local.release()


class RemoteSandbox(Handle):
    """Reaches `https://*.acme.test` through a sandbox served at an address such as `http://127.0.0.1:8600`."""

    _remedy = (
        "start one with `python -m sessions_sandbox.cli serve`, or unset SESSIONS_SANDBOX to use the "
        "embedded one"
    )

    def __init__(self, address: str, ca: str | None = None) -> None:
        """`ca`: the file that a sandbox with TLS is trusted by; where none is given, see `ca_file`.

        Raises `SandboxError` for an address of another shape, or a file that holds no certificate.
        """
        super().__init__()
        self._address = address.rstrip("/")
        self._ca = ca_file(ca) if self._address.startswith("https:") else None
        self._dial = dial(self._address, trusting(self._ca) if self._address.startswith("https:") else None)
        self._clock = RemoteClock(self)
        self._control = self._session()
        self._control.headers[HEADER] = "yes"

    def _session(self) -> requests.Session:
        """For requests to the address itself, whatever the environment says of proxies and passwords."""
        session = requests.Session()
        session.trust_env = False
        session.verify = self._ca or True
        return session

    @property
    def clock(self) -> RemoteClock:
        return self._clock

    def _open(self, undo: ExitStack) -> None:
        """Connect, and put the served sandbox back to its start: every program begins from the same seed."""
        super().reset()
        self.command("reset")
        route(HOSTS, self._dial)
        undo.callback(unroute, HOSTS)
        undo.callback(self._clock.release)
        self._clock.follow()

    def rows(self, table: str) -> list[Row]:
        rows: list[Row] = self.command("rows", table=table)
        return rows

    def exchanges(self, host: str | None = None, path: str | None = None) -> list[Exchange]:
        exchanges: list[Exchange] = self.command("exchanges", host=host, path=path)
        return exchanges

    def set(self, **switches: Any) -> None:
        self.command("set", **switches)

    def rotate_keys(self, step: str, *, issuer: str | None = None, after: int = 0) -> None:
        self.command("rotate_keys", step=step, issuer=issuer, after=after)

    def operate(self, operation: str, **arguments: Any) -> Any:
        return self.command(operation, **arguments)

    def reset(self) -> None:
        super().reset()
        self.command("reset")
        self._clock.follow()

    def command(self, name: str, **sent: Any) -> Any:
        """Send one control command and return its answer.

        Raises `SandboxError` when it is refused or nobody answers.
        """
        try:
            url = f"{self._address}/control/{name}"
            reply = self._control.post(url, json=sent, timeout=10, allow_redirects=False)
        except requests.exceptions.SSLError as error:
            raise not_trusted(self._address, error) from error
        except NO_ANSWER as error:
            raise SandboxError(f"no sandbox answers at {self._address}: {self._remedy}") from error
        try:
            answer = reply.json()
            if reply.status_code == 200:
                return answer
            refusal = answer["error"] if reply.status_code == 400 else None
        except UNREADABLE:
            refusal = None
        if isinstance(refusal, str):
            raise SandboxError(refusal)
        raise self._is_none(in_words(reply))

    def _is_none(self, said: str) -> SandboxError:
        """What to tell about a server that is no sandbox."""
        return SandboxError(
            f"no sandbox answers at {self._address}: {self._remedy}. What is there said {said}"
        )
