"""`https://app.acme.test/bff/*`: a backend for frontend (RFC 10017 §6.1). The page has a cookie, no token."""

from sessions_sandbox.bff.app import Bff

__all__ = ["Bff"]
