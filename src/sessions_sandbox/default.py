"""The sandbox that `from sessions_sandbox import sandbox` gives."""

import os
from functools import cache
from typing import TYPE_CHECKING

from sessions_sandbox.errors import SandboxError

if TYPE_CHECKING:
    from sessions_sandbox.handle import Handle

ADDRESS_VARIABLE = "SESSIONS_SANDBOX"
ISSUER_VARIABLE = "SESSIONS_ISSUER"


@cache
def default_sandbox() -> "Handle":
    """One for the process: embedded, or the served one whose address stands in `SESSIONS_SANDBOX`.

    Where `SESSIONS_ISSUER` names an issuer, it is your own authorization server.
    Raises `SandboxError` when no sandbox answers at that address, when the issuer's metadata cannot be had,
    or when both variables are set.
    """
    address = os.environ.get(ADDRESS_VARIABLE)
    if os.environ.get(ISSUER_VARIABLE):
        if address:
            raise SandboxError(f"{ADDRESS_VARIABLE} and {ISSUER_VARIABLE} are both set: unset one of them")
        from sessions_sandbox.own_issuer import OwnIssuer, settings_from

        return OwnIssuer(settings_from(os.environ)).start()
    if not address:
        from sessions_sandbox.embedded import Sandbox

        return Sandbox().start()
    from sessions_sandbox.served.remote import RemoteSandbox

    return RemoteSandbox(address).start()
