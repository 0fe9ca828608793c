"""The sandbox that `from sessions_sandbox import sandbox` gives."""

import os
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sessions_sandbox.handle import Handle

ADDRESS_VARIABLE = "SESSIONS_SANDBOX"


@cache
def default_sandbox() -> "Handle":
    """One for the process: embedded, or the served one whose address stands in `SESSIONS_SANDBOX`.

    Raises `SandboxError` when no sandbox answers at that address.
    """
    address = os.environ.get(ADDRESS_VARIABLE)
    if not address:
        from sessions_sandbox.embedded import Sandbox

        return Sandbox().start()
    from sessions_sandbox.served.remote import RemoteSandbox

    return RemoteSandbox(address).start()
