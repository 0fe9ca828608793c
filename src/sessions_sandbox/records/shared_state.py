"""What all processes that share a store agree on."""

from dataclasses import dataclass

from sessions_sandbox.records.record import Record


@dataclass(frozen=True)
class SharedState(Record):
    """What all processes that share a store agree on. One row at most; without one, all is as at the start.

    `moved` is how far the clock was moved, in seconds; `runs`: it runs with the system's clock, and stands
    still otherwise; `switches` are those that were turned, as JSON; `resets` is how often the sandbox was put
    back to its start; `rotations` is how far the keys of the servers have come that rotated them, as JSON.
    """

    table = "shared_state"
    key_field = "name"

    name: str = "sandbox"
    moved: int = 0
    runs: bool = False
    switches: str = "{}"
    resets: int = 0
    rotations: str = "{}"
