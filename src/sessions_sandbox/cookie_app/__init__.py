"""`https://app.acme.test`: cookie sessions. The row is the session; the cookie is only its key."""

from sessions_sandbox.cookie_app.app import SESSION_COOKIE, CookieApp

__all__ = ["SESSION_COOKIE", "CookieApp"]
