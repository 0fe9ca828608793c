"""What a served sandbox is to be. Imports nothing of the servers, so that their process starts soon."""

import json
import os
from dataclasses import asdict, dataclass

VARIABLE = "SESSIONS_SANDBOX_SERVED"


@dataclass(frozen=True)
class Settings:
    """`store`: see `open_store`. `seed`: from which all ids and secrets are derived.

    `clock`: `system`: time runs as outside, until a program connects with SESSIONS_SANDBOX and sets the
    sandbox to its start, where time stands still; `fixed`: it stands still at that start from the beginning.
    """

    store: str = "memory:"
    seed: str = "test only"
    clock: str = "system"

    def hand_on(self) -> None:
        """Leave them where the workers of this process find them."""
        os.environ[VARIABLE] = json.dumps(asdict(self))
