"""What passes for bytes."""

Octets = bytes | bytearray | memoryview


def octets(value: Octets) -> bytes:
    """The bytes of a buffer. Raises TypeError for anything else, text and numbers included."""
    return memoryview(value).tobytes()
