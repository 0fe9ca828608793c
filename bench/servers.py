"""The sandbox beside other servers for tests: start, tokens, introspections, sign-ins, memory.

`python -m bench.servers` starts each as its README does, on one core of its own, and asks it with the same
client from the others. Work is counted in the server's own CPU time, so that the client costs nothing and a
busy machine little. The servers take turns; each figure is the median of the rounds.
"""

from collections.abc import Callable
from contextlib import ExitStack
from statistics import median

from bench.other_servers import Running, products, running
from bench.report import machine

ROUNDS = 5
WARM_UP = 100
TOKENS = 300
INTROSPECTIONS = 500
SIGN_INS = 40
NONE = "-"


def measure() -> dict[str, list[str]]:
    """A row for each: seconds to the first token; tokens, introspections, sign-ins a CPU-second; MB."""
    compared = products()
    starts: dict[str, list[float]] = {product.name: [] for product in compared}
    memory: dict[str, float] = {}
    for number in range(1 + ROUNDS):
        for product in compared:
            with running(product) as (server, seconds):
                if number > 0:  # the first start fills the caches of the system and of Python
                    starts[product.name].append(seconds)
                memory[product.name] = server.megabytes()
    with ExitStack() as stack:
        servers = [stack.enter_context(running(product))[0] for product in compared]
        rates = {server.product.name: _Rates(server) for server in servers}
        for _ in range(ROUNDS):
            for rate in rates.values():
                rate.take()
    return {
        product.name: [
            f"{median(starts[product.name]):.2f}",
            *rates[product.name].row(),
            f"{memory[product.name]:.0f}",
        ]
        for product in compared
    }


class _Rates:
    """How often a server does something in a second of CPU time."""

    def __init__(self, server: Running) -> None:
        self._server = server
        self._taken: dict[str, list[float]] = {"tokens": [], "introspections": [], "sign-ins": []}
        for _ in range(WARM_UP):
            server.service_token()
        self._token = server.sign_in()

    def take(self) -> None:
        """One round of all that the server can do."""
        product = self._server.product
        if product.service is not None:
            self._count("tokens", TOKENS, self._server.service_token)
        if product.introspect is not None:
            self._count("introspections", INTROSPECTIONS, self._introspect)
        self._count("sign-ins", SIGN_INS, self._server.sign_in)

    def _introspect(self) -> None:
        if not self._server.introspect(self._token):
            raise RuntimeError(f"{self._server.product.name} does not know its own token")

    def _count(self, what: str, times: int, work: Callable[[], object]) -> None:
        before = self._server.cpu_seconds()
        for _ in range(times):
            work()
        self._taken[what].append(times / (self._server.cpu_seconds() - before))

    def row(self) -> list[str]:
        """The medians, in the order of the table."""
        return [f"{median(taken):.0f}" if taken else NONE for taken in self._taken.values()]


def main() -> None:
    """Measure and print."""
    head = ["start to first token, s", "tokens/CPU-s", "introspections/CPU-s", "sign-ins/CPU-s", "idle MB"]
    print(f"{'':<24}" + "".join(f"{name:>26}" for name in head))
    for name, row in measure().items():
        print(f"{name:<24}" + "".join(f"{value:>26}" for value in row))
    print(f"Medians of {ROUNDS}, {machine('granian', 'werkzeug', 'pyjwt', 'cryptography')}.")
    print(f"{NONE}: not offered, or the token is not looked at. Tokens: RS256, or opaque where it says so.")


if __name__ == "__main__":
    main()
