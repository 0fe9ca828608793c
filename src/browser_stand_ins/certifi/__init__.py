"""A stand-in for `certifi`, which would write its certificates to a file: the sandbox has no TLS to check."""


def where() -> str:
    """A file that exists, which is all that requests asks of it."""
    return "/dev/null"


def contents() -> str:
    """No certificate."""
    return ""
