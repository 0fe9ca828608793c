"""Mirrors `cryptography.hazmat.backends`."""


def default_backend() -> None:
    """There is one backend only, so it has no object."""
