"""What the command line asks of a served sandbox, by the address that it has: nothing is reset or moved."""

from typing import Any

from sessions_sandbox.browser import ModelBrowser
from sessions_sandbox.errors import SandboxError
from sessions_sandbox.faces import Face
from sessions_sandbox.seed import SERVERS, Client, ServerSettings
from sessions_sandbox.served.remote import RemoteSandbox

Answer = dict[str, Any]


class Caller(RemoteSandbox):
    """Knows the sandbox by its address alone, such as `http://127.0.0.1:8600`, which begins its issuers too.

    It is not started: hosts and clock of this process stay as they are.
    """

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
        self.command("now")
        return self.sign_in(user, client=client, scope=scope)

    def token(self, client: str, scope: str) -> Answer:
        """A client's own token (RFC 6749 §4.4)."""
        return self._post("token", client, grant_type="client_credentials", scope=scope)

    def refresh(self, token: str, client: str) -> Answer:
        """The token response for a refresh token (RFC 6749 §6)."""
        return self._post("token", client, grant_type="refresh_token", refresh_token=token)

    def introspect(self, token: str, client: str) -> Answer:
        """What the authorization server says of a token (RFC 7662 §2.2)."""
        return self._post("introspect", client, token=token)

    def revoke(self, token: str, client: str) -> None:
        """Revoke a token of this client (RFC 7009). A token that is none is no error there."""
        self._post("revoke", client, token=token)

    def _post(self, endpoint: str, client: str, **form: str) -> Answer:
        registered = self.client(client)
        if registered.secret is None:
            form["client_id"] = registered.id
        auth = None if registered.secret is None else registered.credentials
        self.command("now")
        url = f"{self._settings.origin}{self._settings.endpoints}/v1/{endpoint}"
        with self._session() as session:
            reply = session.post(url, form, auth=auth, timeout=10)
        answer: Answer = reply.json() if reply.content else {}
        if not reply.ok:
            raise SandboxError(f"{answer['error']}: {answer['error_description']}")
        return answer
