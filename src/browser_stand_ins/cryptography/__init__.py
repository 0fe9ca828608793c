"""A stand-in for the `cryptography` library, for the lessons in the browser and for nothing else.

The real library has no build for the browser; this lets PyJWT run unmodified under Pyodide. It is a teaching
stand-in: it signs and verifies RS256, RS384 and RS512 with Python's own `pow`, which is not in constant time,
so that its timing gives away something of the key. Do not use it anywhere else.

Whatever else the real library has is refused with `UnsupportedAlgorithm` or `NotImplementedError`. Names,
parameters and refusals are those of cryptography 50; the tests hold the two against each other.
"""

__version__ = "50+browser.stand.in"
