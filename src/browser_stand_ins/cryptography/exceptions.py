"""The exceptions of `cryptography.exceptions` that the stand-in raises."""


class AlreadyFinalized(Exception):
    """A hash was used after its `finalize`."""


class InvalidSignature(Exception):
    """The signature is not one of this key over these bytes."""


class UnsupportedAlgorithm(Exception):
    """The algorithm is not in this library."""
