"""What the tests of the backend for frontend do again and again."""

from typing import Any

import requests

from sessions_sandbox import Sandbox
from sessions_sandbox.bff.provider import Provider
from sessions_sandbox.browser import ModelBrowser
from sessions_sandbox.faces import ACME
from sessions_sandbox.keys import SigningKey
from sessions_sandbox.records import BffSession
from tests.sessions_sandbox.flows import ALICE

BFF = "0oa7bffacmetest0000b"
COOKIE = "__Host-bff"
LOGIN_COOKIE = "__Host-bff_login"


def signed_in(
    sandbox: Sandbox, user: tuple[str, str] = ALICE, browser: ModelBrowser | None = None
) -> ModelBrowser:
    """A browser that has signed in."""
    browser = browser or sandbox.browser()
    page = browser.open(f"{sandbox.app}/bff/login")
    if page.url != f"{sandbox.app}/":
        page = browser.submit(page, username=user[0], password=user[1])
    assert (page.status_code, page.url) == (200, f"{sandbox.app}/")
    return browser


def ask(
    browser: ModelBrowser, path: str, method: str = "GET", headers: dict[str, str] | None = None, **sent: Any
) -> requests.Response:
    """A request of the page, such as `user`, with the header."""
    url = f"https://app.acme.test/bff/{path}"
    with_header = {"X-BFF": "1", **(headers or {})}
    return browser.session.request(method, url, headers=with_header, allow_redirects=False, timeout=5, **sent)


def is_signed_in(browser: ModelBrowser) -> bool:
    return ask(browser, "user").status_code == 200


def the_session(sandbox: Sandbox) -> BffSession:
    """The one that there is."""
    (session,) = sandbox.store.all(BffSession)
    return session


def requests_to(sandbox: Sandbox, path: str) -> list[dict[str, Any]]:
    """The exchanges with an endpoint of the authorization server or the API."""
    return [e for e in sandbox.exchanges(path=path) if not e["url"].startswith(sandbox.app)]


def token_requests(sandbox: Sandbox) -> list[str]:
    """The bodies of what was sent to the token endpoint."""
    return [exchange["request_body"] for exchange in requests_to(sandbox, "/token")]


def refreshes(sandbox: Sandbox) -> int:
    """How often a refresh token was sent."""
    return sum("grant_type=refresh_token" in body for body in token_requests(sandbox))


def known_provider() -> Provider:
    """The authorization server at `https://idp.acme.test`, as the backend knows it."""
    return Provider(ACME)


def signing_key(sandbox: Sandbox) -> SigningKey:
    """The key with which that server signs."""
    return sandbox._key_rings["default"].signing
