"""The login form of the identity provider and of the cookie app: shown and sent once, by one browser."""

import hmac
from html import escape

from werkzeug.wrappers import Request, Response

from sessions_sandbox.clock import Clock
from sessions_sandbox.http_answers import form_parameters, html_page
from sessions_sandbox.ids import SeededIds, fingerprint
from sessions_sandbox.records import PendingLogin, User
from sessions_sandbox.seed import LOGIN_FORM_SECONDS
from sessions_sandbox.stores import Store

WRONG = "<p role=alert>The name or the password is wrong.</p>"


def set_cookie(response: Response, name: str, value: str) -> None:
    """A `__Host-` cookie: this host only, https only, not for scripts, not sent by other sites' forms."""
    response.set_cookie(name, value, path="/", secure=True, httponly=True, samesite="Lax")


def delete_cookie(response: Response, name: str) -> None:
    """Ask the browser to forget a cookie: same name, path and attributes, empty, `Max-Age=0`."""
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="Lax")


class LoginForm:
    """Shows the form and reads it. `cookie` ties the form to the browser that it was shown to."""

    def __init__(self, cookie: str, action: str, store: Store, clock: Clock, ids: SeededIds) -> None:
        self._cookie = cookie
        self._action = action
        self._store = store
        self._clock = clock
        self._ids = ids

    def show(self, continue_to: str, status: int = 200, message: str = "") -> Response:
        """A fresh form. `continue_to` is kept on the server and comes back from `read`."""
        secret = self._ids.make("pending login")
        csrf_token, expires = self._ids.make("csrf token"), self._clock.now() + LOGIN_FORM_SECONDS
        pending = PendingLogin(self._key(secret), csrf_token, continue_to, expires)
        self._store.add(pending)
        response = html_page("Sign in", message + self._fields(pending.csrf_token), status)
        set_cookie(response, self._cookie, secret)
        return response

    def read(self, request: Request) -> tuple[User | None, PendingLogin | None]:
        """Who signed in, and the form that was sent, which is used up by that.

        No form: it is unknown, expired, of another browser, or its CSRF token is wrong. No user: unknown
        name, wrong password or deactivated account, and nobody outside learns which. Raises `OAuthError` for
        a body that is no form.
        """
        form = form_parameters(request)
        key = self._key(request.cookies.get(self._cookie, ""))
        pending = self._store.get(PendingLogin, key)
        if pending is None or pending.expires <= self._clock.now():
            return None, None
        if not hmac.compare_digest(form.get("csrf_token", "").encode(), pending.csrf_token.encode()):
            return None, None
        if not self._store.remove(PendingLogin, key):
            return None, None
        return self.check(form.get("username", ""), form.get("password", "")), pending

    def check(self, login: str, password: str) -> User | None:
        """The user whose name and password these are, if the account is active."""
        user = next(iter(self._store.find(User, login=login)), None)
        right = hmac.compare_digest((user.password if user else "").encode(), password.encode())
        return user if user is not None and right and user.active else None

    def _key(self, secret: str) -> str:
        """Ties the row to this form: the same cookie opens no other server's."""
        return fingerprint(f"{self._action} {secret}")

    def _fields(self, csrf_token: str) -> str:
        return (
            f'<form method="post" action="{escape(self._action)}">'
            f'<input type="hidden" name="csrf_token" value="{escape(csrf_token)}">'
            '<p><label>Name <input name="username" autocomplete="username"></label></p>'
            '<p><label>Password <input name="password" type="password" '
            'autocomplete="current-password"></label></p>'
            "<p><button>Sign in</button></p></form>"
        )
