"""Mirrors `cryptography.hazmat`."""
