"""Mirrors `cryptography.hazmat.primitives.asymmetric`."""
