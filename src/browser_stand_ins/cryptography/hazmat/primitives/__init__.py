"""Mirrors `cryptography.hazmat.primitives`."""
