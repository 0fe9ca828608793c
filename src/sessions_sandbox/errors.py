"""What goes wrong when the sandbox is used in a way that it cannot serve."""


class SandboxError(Exception):
    """A mistake in the use of the sandbox itself. The message says what was wrong and what to do.

    What a server of the sandbox refuses is never raised: it is an HTTP answer.
    """
