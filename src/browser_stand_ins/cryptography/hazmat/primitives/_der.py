"""Reads DER (X.690) as strictly as the real library: one encoding a value, and no byte left over."""

INTEGER, BIT_STRING, OCTET_STRING, NULL, OBJECT_IDENTIFIER, SEQUENCE = 0x02, 0x03, 0x04, 0x05, 0x06, 0x30


class DerReader:
    """The elements of a DER encoding, one after the other. Raises ValueError for what is not DER."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def read(self, tag: int) -> bytes:
        """The content of the next element, which must have this tag."""
        if self._take(1)[0] != tag:
            raise ValueError(f"not the DER expected: no element of tag {tag:#04x} at byte {self._at - 1}")
        return self._take(self._length())

    def integer(self) -> int:
        """The next element, an INTEGER of zero or more."""
        content = self.read(INTEGER)
        if not content or content[0] >= 0x80 or (len(content) > 1 and content[0] == 0 and content[1] < 0x80):
            raise ValueError("not DER: an INTEGER is negative, empty, or longer than it needs to be")
        return int.from_bytes(content, "big")

    def only(self, tag: int) -> "DerReader":
        """The elements within the next element, which must be the last."""
        content = DerReader(self.read(tag))
        self.end()
        return content

    def at_end(self) -> bool:
        """Whether all elements have been read."""
        return self._at == len(self._data)

    def end(self) -> None:
        """Check that all elements have been read."""
        if not self.at_end():
            raise ValueError(f"not the DER expected: {len(self._data) - self._at} bytes are left over")

    def _take(self, count: int) -> bytes:
        taken = self._data[self._at : self._at + count]
        if len(taken) != count:
            raise ValueError("not DER: the bytes end within an element")
        self._at += count
        return taken

    def _length(self) -> int:
        first = self._take(1)[0]
        if first < 0x80:
            return first
        if not 0x81 <= first <= 0x84:
            raise ValueError("not DER: a length is indefinite, or takes more than four bytes")
        octets = self._take(first - 0x80)
        length = int.from_bytes(octets, "big")
        if octets[0] == 0 or length < 0x80:
            raise ValueError("not DER: a length is longer than it needs to be")
        return length
