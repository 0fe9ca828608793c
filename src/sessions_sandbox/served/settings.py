"""What a served sandbox is to be. Imports nothing of the servers, so that their process starts soon."""

import json
import os
from dataclasses import asdict, dataclass, field

VARIABLE = "SESSIONS_SANDBOX_SERVED"


@dataclass(frozen=True)
class Settings:
    """`store`: see `open_store`. `seed`: from which all ids and secrets are derived.

    `clock`: `system`: time runs as outside, until a program connects with SESSIONS_SANDBOX and sets the
    sandbox to its start, where time stands still; `fixed`: it stands still at that start from the beginning,
    or, in a store where it has moved on, at the time that it shows.
    `redirect_uris`, `post_logout_redirect_uris`, `backchannel_logout_uris`: more of them, by the name of a
    client.
    """

    store: str = "memory:"
    seed: str = "test only"
    clock: str = "system"
    redirect_uris: dict[str, list[str]] = field(default_factory=dict)
    post_logout_redirect_uris: dict[str, list[str]] = field(default_factory=dict)
    backchannel_logout_uris: dict[str, list[str]] = field(default_factory=dict)

    def hand_on(self) -> None:
        """Leave them where the workers of this process find them."""
        os.environ[VARIABLE] = json.dumps(asdict(self))
