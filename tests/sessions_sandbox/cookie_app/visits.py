"""Visits to the cookie app: sign in, and see who somebody is."""

from http.cookies import SimpleCookie

import requests

from sessions_sandbox import Sandbox
from sessions_sandbox.browser import ModelBrowser
from tests.sessions_sandbox.flows import ALICE

COOKIE = "__Host-sid"


def log_in(
    sandbox: Sandbox, user: tuple[str, str] = ALICE, browser: ModelBrowser | None = None
) -> ModelBrowser:
    """A browser in which a user is signed in to the app."""
    browser = browser or sandbox.browser()
    form = browser.open(f"{sandbox.app}/login")
    page = browser.submit(form, username=user[0], password=user[1])
    assert page.status_code == 200, page.text
    return browser


def sid_of(browser: ModelBrowser) -> str:
    """What the browser's session cookie holds."""
    value = browser.session.cookies[COOKIE]
    assert isinstance(value, str)
    return value


def who(sandbox: Sandbox, sid: str) -> requests.Response:
    """`/me` for whoever holds a cookie."""
    return get(sandbox, "/me", sid)


def get(sandbox: Sandbox, path: str, sid: str) -> requests.Response:
    """A page of the app for whoever holds a cookie."""
    return requests.get(f"{sandbox.app}{path}", headers={"Cookie": f"{COOKIE}={sid}"}, timeout=5)


def post(sandbox: Sandbox, path: str, sid: str, form: dict[str, str], **headers: str) -> requests.Response:
    """Send a form for whoever holds a cookie; `Sec_Fetch_Site="none"` is sent as a header."""
    sent = {"Cookie": f"{COOKIE}={sid}", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return requests.post(f"{sandbox.app}{path}", form, headers=sent, allow_redirects=False, timeout=5)


def csrf_token(sandbox: Sandbox, sid: str) -> str:
    """The token of a session."""
    token = who(sandbox, sid).json()["csrf_token"]
    assert isinstance(token, str)
    return token


def assert_deletes(reply: requests.Response) -> None:
    """Same name, path and attributes, empty, `Max-Age=0`."""
    cookie = SimpleCookie(reply.headers["Set-Cookie"])[COOKIE]
    assert (cookie.value, cookie["max-age"], cookie["path"]) == ("", "0", "/")
    assert cookie["secure"]
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["domain"]) == ("Lax", "")
