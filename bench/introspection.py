"""What an API pays to decide about an access token: it verifies, it asks each time, or it asks and remembers.

`python -m bench.introspection` serves a sandbox in a process of its own and reaches it over loopback sockets.
The three ways take turns, so that a busy machine slows all alike. Keys are fetched and connections are
opened before the first figure is taken.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median
from time import perf_counter_ns

from bench.report import Figure, machine
from sessions_sandbox.clock import Clock
from sessions_sandbox.resource_server.validation import Introspection, LocalValidation
from sessions_sandbox.served.process import sandbox_process
from sessions_sandbox.served.remote import RemoteSandbox

WARM_UP = 50
ROUNDS = 500
CACHE_SECONDS = 30


def measure() -> list[Figure]:
    """The median times of one decision each, in milliseconds, and their ratios."""
    with sandbox_process() as address:
        sandbox = RemoteSandbox(address).start()
        try:
            token = sandbox.sign_in("alice@acme.test")["access_token"]
            verify = LocalValidation().scopes
            ask, remember = Introspection(Clock()).scopes, Introspection(Clock()).scopes
            verified, asked, remembered = _take_turns(
                lambda: verify(token), lambda: ask(token), lambda: remember(token, CACHE_SECONDS)
            )
        finally:
            sandbox.stop()
    return [
        Figure("verify locally, RS256, keys at hand", verified, "ms"),
        Figure("introspect, one connection kept open", asked, "ms"),
        Figure(f"introspect, answers kept for {CACHE_SECONDS} s", remembered, "ms"),
        Figure("introspect / verify locally", asked / verified, ""),
        Figure("introspect / answer kept", asked / remembered, ""),
    ]


def _take_turns(*ways: Callable[[], object]) -> list[float]:
    """The median time of each way in milliseconds, over all rounds after the warm-up."""
    times: list[list[int]] = [[] for _ in ways]
    for _ in range(WARM_UP + ROUNDS):
        for way, taken in zip(ways, times, strict=True):
            began = perf_counter_ns()
            way()
            taken.append(perf_counter_ns() - began)
    return [median(taken[WARM_UP:]) / 1e6 for taken in times]


def main() -> None:
    """Measure and print."""
    today = datetime.now(UTC).date()
    for figure in measure():
        print(figure)
    measured = machine("pyjwt", "cryptography", "requests", "urllib3", "granian")
    print(f"Medians of {ROUNDS}, {today}, {measured}.")
    print("Loopback, no TLS, no database: a lower bound of what asking costs.")


if __name__ == "__main__":
    main()
