"""The reader's own browser, in the place of the sandbox's model of one."""

import sys
import threading
import webbrowser
from collections.abc import Mapping
from typing import NoReturn
from urllib.parse import parse_qs, urlsplit

import requests

from sessions_sandbox.browser import ModelBrowser
from sessions_sandbox.errors import NotAtThisIssuer, SandboxError
from sessions_sandbox.own_issuer.answer import check_answer
from sessions_sandbox.own_issuer.listener import wait_for_redirect
from sessions_sandbox.own_issuer.metadata import Metadata
from sessions_sandbox.own_issuer.settings import comes_here

SIGN_IN_SECONDS = 300


class OwnBrowser(ModelBrowser):
    """Opens an authorization URL for a person, who signs in there; it fills in nothing by itself."""

    def __init__(self, redirect_uri: str, server: Metadata, seconds: float = SIGN_IN_SECONDS) -> None:
        """`seconds`: how long to wait for the person."""
        super().__init__()
        self._redirect_uri, self._server, self._seconds = redirect_uri, server, seconds

    def sign_in(self, url: str, username: str = "", password: str = "") -> str:
        """Open an authorization URL, and return the one that the browser was sent back to.

        User name and password do not count: who signs in, and how, is between the person and the server.
        Where the redirect URI is not on this machine, the person pastes the address that the browser shows.
        Raises `SandboxError` when the answer is refused, or does not come.
        """
        state = parse_qs(urlsplit(url).query).get("state", [])
        if len(state) != 1:
            raise SandboxError(
                "the authorization request needs one state, by which its answer is told from others"
            )

        def check(callback: str) -> None:
            check_answer(callback, self._redirect_uri, state[0], self._server)

        if comes_here(self._redirect_uri):
            return wait_for_redirect(self._redirect_uri, check, self._seconds, lambda: _show(url))
        _show(url)
        callback = _pasted(self._redirect_uri)
        check(callback)
        return callback

    def open(self, url: str, *, from_origin: str | None = None) -> NoReturn:
        """Raises `NotAtThisIssuer`: a program cannot look into the reader's browser."""
        raise NotAtThisIssuer.needs("a browser that fills in forms by itself, and servers to show them")

    def submit(self, page: requests.Response, **fields: str) -> NoReturn:
        """Raises `NotAtThisIssuer`."""
        self.open("")

    def post_form(self, url: str, fields: Mapping[str, str], *, from_origin: str) -> NoReturn:
        """Raises `NotAtThisIssuer`."""
        self.open("")


def _show(url: str) -> None:
    """Open the browser, and print the address too, on stderr: not every machine has a browser."""
    print(f"Sign in in your browser. If none opens, go to:\n{url}", file=sys.stderr, flush=True)
    # In a thread of its own: a browser may keep its caller until it ends.
    threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()


def _pasted(redirect_uri: str) -> str:
    print(
        f"Then paste the address that begins with {redirect_uri} from the address bar, and press Enter:",
        file=sys.stderr,
        flush=True,
    )
    try:
        return input().strip()
    except EOFError as error:
        raise SandboxError("no address was pasted, so the sign-in has no answer") from error
