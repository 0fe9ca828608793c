"""How many requests a minute an endpoint answers. Modelled on the rate limits of Okta."""

from dataclasses import dataclass

from sessions_sandbox.clock import Clock
from sessions_sandbox.stores import Store

WINDOW_SECONDS = 60


@dataclass(frozen=True)
class Allowance:
    """What is left of a minute, for one endpoint. `reset`: when the next one begins, in Unix seconds."""

    limit: int
    used: int
    now: int

    @property
    def is_exceeded(self) -> bool:
        return self.used > self.limit

    @property
    def headers(self) -> dict[str, str]:
        """Those that Okta sends with each answer, and when to come back (RFC 6585 §4, RFC 9110 §10.2.3)."""
        reset = (self.now // WINDOW_SECONDS + 1) * WINDOW_SECONDS
        headers = {
            "X-Rate-Limit-Limit": str(self.limit),
            "X-Rate-Limit-Remaining": str(max(0, self.limit - self.used)),
            "X-Rate-Limit-Reset": str(reset),
        }
        return {**headers, "Retry-After": str(reset - self.now)} if self.is_exceeded else headers


def count_request(store: Store, clock: Clock, path: str, limit: int) -> Allowance:
    """Count a request to an endpoint, for all processes that share the store."""
    now = clock.now()
    used = store.count(f"requests to {path} in minute {now // WINDOW_SECONDS}")
    return Allowance(limit, used, now)
