"""What a test pays that takes the sandbox into its own process, and whether memory stays flat.

`python -m bench.in_process`. Many sign-ins take minutes: the clock moves meanwhile, so that rows expire and
are swept.
"""

from collections.abc import Callable
from statistics import median
from time import perf_counter_ns

import psutil

from bench.report import Figure, machine
from sessions_sandbox import Sandbox

WARM_UP = 20
ROUNDS = 300
FLOWS = 100_000
MINUTES_BETWEEN_FLOWS = 5
REPORTS = 5


def measure() -> list[Figure]:
    """The median times of a fresh sandbox and of a sign-in, in milliseconds."""
    sandbox = Sandbox()
    with sandbox:
        fresh = _median(sandbox.reset)
        signed_in = _median(lambda: sandbox.sign_in("alice@acme.test"))
    built = _median(Sandbox)
    return [
        Figure("a sandbox, built anew", built, "ms"),
        Figure("a sandbox, put back to its start", fresh, "ms"),
        Figure("a sign-in: forms, code, PKCE, tokens", signed_in, "ms"),
    ]


def memory() -> list[Figure]:
    """Memory of this process in MB, before and during many sign-ins."""
    process = psutil.Process()
    figures = [Figure("memory before the first sign-in", process.memory_full_info().uss / 1e6, "MB")]
    with Sandbox() as sandbox:
        for number in range(1, FLOWS + 1):
            sandbox.sign_in("alice@acme.test")
            sandbox.clock.advance(minutes=MINUTES_BETWEEN_FLOWS)
            if number % (FLOWS // REPORTS) == 0:
                used = process.memory_full_info().uss / 1e6
                figures.append(Figure(f"memory after {number:,} sign-ins", used, "MB"))
    return figures


def _median(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(WARM_UP + ROUNDS):
        began = perf_counter_ns()
        work()
        taken.append(perf_counter_ns() - began)
    return median(taken[WARM_UP:]) / 1e6


def main() -> None:
    """Measure and print."""
    for figure in measure():
        print(figure)
    print(f"Medians of {ROUNDS}, {machine('requests', 'werkzeug', 'pyjwt', 'cryptography')}.")
    for figure in memory():
        print(figure)


if __name__ == "__main__":
    main()
