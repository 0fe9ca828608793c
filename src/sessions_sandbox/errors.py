"""What goes wrong when the sandbox is used in a way that it cannot serve."""


class SandboxError(Exception):
    """A mistake in the use of the sandbox itself. The message says what was wrong and what to do.

    What a server of the sandbox refuses is never raised: it is an HTTP answer.
    """


class NotAtThisIssuer(SandboxError):
    """A program needs something of the sandbox, and runs against the reader's own authorization server."""

    @classmethod
    def needs(cls, what: str) -> "NotAtThisIssuer":
        """Say what is needed, and how to have it."""
        return cls(f"this needs {what}: unset SESSIONS_ISSUER, and it runs in the sandbox")
