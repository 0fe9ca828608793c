"""A sandbox of sessions: an authorization server, a cookie app and an API that run in your process.

`from sessions_sandbox import sandbox` starts one (or connects to the one that `SESSIONS_SANDBOX` names, or to
the issuer that `SESSIONS_ISSUER` names) and keeps it for the life of the process.
`with Sandbox() as sandbox:` starts and stops one, as a test wants it.
"""

from typing import TYPE_CHECKING

from sessions_sandbox.errors import SandboxError

if TYPE_CHECKING:
    from sessions_sandbox.embedded import Sandbox
    from sessions_sandbox.handle import Handle

    sandbox: Handle

__all__ = ["Sandbox", "SandboxError", "sandbox"]


def __getattr__(name: str) -> object:
    """Import the sandbox when it is first asked for, so that a start of pytest does not pay for it."""
    if name == "Sandbox":
        from sessions_sandbox.embedded import Sandbox

        return Sandbox
    if name == "sandbox":
        from sessions_sandbox.default import default_sandbox

        return default_sandbox()
    raise AttributeError(f"module 'sessions_sandbox' has no attribute {name!r}")
