"""What the command line asks of a served sandbox, by the address that it has: nothing is reset or moved."""

from typing import Any

import requests

from sessions_sandbox.browser import ModelBrowser
from sessions_sandbox.errors import SandboxError
from sessions_sandbox.faces import Face
from sessions_sandbox.handle import Row
from sessions_sandbox.reading import error_of, in_words, object_in
from sessions_sandbox.seed import SERVERS, Client, ServerSettings
from sessions_sandbox.served.remote import NO_ANSWER, UNREADABLE, RemoteSandbox

Answer = dict[str, Any]

LATEST = 2**37
"""Dates are told before that time, in Unix seconds."""
REMEDIES = {
    "invalid_client": "choose another client with --client",
    "invalid_dpop_proof": "these commands send no DPoP proof: turn the switch require_dpop off, at {console}",
    "invalid_grant": "get another refresh token with `sessions-sandbox login`",
    "invalid_scope": "name other scopes with --scope",
    "unauthorized_client": "choose another client with --client",
    "use_dpop_nonce": "these commands send no DPoP proof: turn the switch require_dpop off, at {console}",
}
"""What to do, by the `error` of a server (RFC 6749 §5.2, RFC 9449 §5, §8)."""


class Caller(RemoteSandbox):
    """Knows the sandbox by its address alone, such as `http://127.0.0.1:8600`, which begins its issuers too.

    It is not started: hosts and clock of this process stay as they are. Whatever a server answers, and be it
    no sandbox, ends in an answer or in a `SandboxError` that says what it was.
    """

    _remedy = "start one with `sessions-sandbox serve`, or name the address of another with --sandbox"

    def __init__(self, address: str, server: str = "default", ca: str | None = None) -> None:
        """`server`: the authorization server, by its name; `ca`, and errors: as with `RemoteSandbox`."""
        super().__init__(address, ca)
        self._face = Face(*[self._address] * 3)
        names = {settings.name: settings for settings in SERVERS}
        self._settings = self._face.settings(names[server])

    @property
    def issuer(self) -> str:
        return self._settings.issuer

    def client(self, name: str) -> Client:
        return super().client(name).at(self._face.app)

    def browser(self) -> ModelBrowser:
        browser = super().browser()
        browser.session.verify = self._control.verify
        return browser

    def _server(self, issuer: str) -> ServerSettings:
        return self._settings

    def login(self, user: str, client: str, scope: str | None) -> Answer:
        """A user's token response, by the code flow with PKCE. Raises `SandboxError` when it is refused."""
        registered = self.client(client)
        if registered.redirect_uri is None:
            raise SandboxError(f"the client {client} signs nobody in; use web, spa or native")
        self._expect_a_sandbox()
        try:
            return self.sign_in(user, client=client, scope=scope)
        except (*NO_ANSWER, *UNREADABLE, AssertionError) as error:  # the last is of pages that are no HTML
            raise self._is_none(f"what no sign-in consists of: {error}") from error

    def log(self) -> list[Row]:
        rows = super().log()
        if not isinstance(rows, list) or not all(map(_is_event, rows)):
            raise self._is_none("what no log consists of")
        return rows

    def token(self, client: str, scope: str) -> Answer:
        """A client's own token (RFC 6749 §4.4)."""
        return object_in(self._post("token", client, grant_type="client_credentials", scope=scope))

    def refresh(self, token: str, client: str) -> Answer:
        """The token response for a refresh token (RFC 6749 §6)."""
        return object_in(self._post("token", client, grant_type="refresh_token", refresh_token=token))

    def introspect(self, token: str, client: str) -> Answer:
        """What the authorization server says of a token (RFC 7662 §2.2)."""
        return object_in(self._post("introspect", client, token=token))

    def revoke(self, token: str, client: str) -> None:
        """Revoke a token of this client (RFC 7009). A token that is none is no error there.

        The status says it all (§2.2).
        """
        self._post("revoke", client, token=token)

    def _post(self, endpoint: str, client: str, **form: str) -> requests.Response:
        """The answer to a form that a client sends. Raises `SandboxError` for one that is not a 200."""
        registered = self.client(client)
        if registered.secret is None:
            form["client_id"] = registered.id
        auth = None if registered.secret is None else registered.credentials
        self._expect_a_sandbox()
        url = f"{self._settings.origin}{self._settings.endpoints}/v1/{endpoint}"
        try:
            with self._session() as session:
                reply = session.post(url, form, auth=auth, timeout=10, allow_redirects=False)
        except NO_ANSWER as error:
            raise self._is_none(f"nothing at {url}: {error}") from error
        if reply.status_code == 200:
            return reply
        code = error_of(reply)
        if code is None:
            raise self._is_none(in_words(reply))
        remedy = REMEDIES.get(code, "").format(console=f"{self._address}/")
        raise SandboxError(f"the server answered {in_words(reply)}{remedy and f' ({remedy})'}")

    def _expect_a_sandbox(self) -> None:
        if not isinstance(self.command("now"), int):
            raise self._is_none("what no clock shows")


def _is_event(row: object) -> bool:
    """Whether it is a row of the system log."""
    if not isinstance(row, dict) or not isinstance(row.get("time"), int) or not 0 <= row["time"] < LATEST:
        return False
    return isinstance(row.get("event"), str) and all(
        row.get(name, 0) is None or isinstance(row.get(name), str) for name in ("client_id", "uid", "detail")
    )
