"""What a program holds of your own authorization server: the same handle, without what only a sandbox has."""

import base64
import hashlib
import secrets
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import parse_qs, quote_plus, urlencode, urlsplit

import requests

from sessions_sandbox.browser import ModelBrowser
from sessions_sandbox.errors import NotAtThisIssuer, SandboxError
from sessions_sandbox.handle import Handle
from sessions_sandbox.own_issuer.browser import OwnBrowser
from sessions_sandbox.own_issuer.metadata import TIMEOUT_SECONDS, Metadata, discover
from sessions_sandbox.own_issuer.settings import (
    CLIENT_ID_VARIABLE,
    CLIENT_SECRET_VARIABLE,
    OwnSettings,
)
from sessions_sandbox.seed import CODE_AND_REFRESH, Client

API_SCOPE = "orders:read"


class RealClock:
    """The time as it is."""

    def now(self) -> int:
        """The time in whole Unix seconds."""
        return int(time.time())

    def advance(self, seconds: int = 0, *, minutes: int = 0, hours: int = 0, days: int = 0) -> NoReturn:
        """Raises `NotAtThisIssuer`."""
        raise NotAtThisIssuer.needs("a clock that can be moved, and a real issuer's cannot")


@dataclass(frozen=True)
class OwnClient(Client):
    """The client that you have registered, in the part of one of the sandbox's."""

    @property
    def credentials(self) -> tuple[str, str]:
        """Id and secret as Basic authentication takes them: form-encoded first (RFC 6749 §2.3.1).

        Raises `NotAtThisIssuer` for a public client, which has no secret.
        """
        if self.secret is None:
            raise NotAtThisIssuer(
                f"this needs a client with a secret: set {CLIENT_SECRET_VARIABLE}, "
                f"and {CLIENT_ID_VARIABLE} to that client's id"
            )
        return quote_plus(self.id), quote_plus(self.secret)


class OwnIssuer(Handle):
    """Programs reach your authorization server where it stands; nothing of this process is taken over."""

    def __init__(self, settings: OwnSettings) -> None:
        super().__init__()
        self._settings = settings
        self._metadata = Metadata(issuer=settings.issuer)
        self._clock = RealClock()

    def _open(self, undo: ExitStack) -> None:
        """Raises `SandboxError` when the issuer's metadata cannot be had, or are not its own."""
        self._metadata = discover(self._settings.issuer)

    @property
    def issuer(self) -> str:
        return self._settings.issuer

    @property
    def metadata(self) -> Metadata:
        return self._metadata

    @property
    def clock(self) -> RealClock:
        return self._clock

    def client(self, name: str) -> OwnClient:
        """Your client, as web or rs, which have a secret, or as spa or native, which have none.

        Raises `NotAtThisIssuer` for a public one when yours has a secret, and for the sandbox's others.
        """
        secret = self._settings.client_secret
        if name not in ("web", "rs", "spa", "native"):
            raise NotAtThisIssuer.needs(f"the client {name!r}")
        if name in ("spa", "native") and secret is not None:
            raise NotAtThisIssuer(
                f"this needs a public client: unset {CLIENT_SECRET_VARIABLE}, "
                f"and set {CLIENT_ID_VARIABLE} to that client's id"
            )
        return OwnClient(
            name, self._settings.client_id, secret, self._settings.redirect_uri, CODE_AND_REFRESH
        )

    def browser(self) -> OwnBrowser:
        """The reader's own."""
        return OwnBrowser(self._settings.redirect_uri, self._metadata)

    def sign_in(
        self,
        username: str = "",
        *,
        client: str = "web",
        scope: str | None = None,
        issuer: str | None = None,
        browser: ModelBrowser | None = None,
    ) -> dict[str, Any]:
        """Have a person sign in by the code flow with PKCE, and return the token response (RFC 6749 §5.1).

        `username` does not count. `scope` is `openid offline_access` by default, and `orders:read` too where
        the metadata list it. Raises `SandboxError` when the server refuses, with what it said.
        """
        if issuer not in (None, self.issuer):
            raise NotAtThisIssuer.needs(f"the issuer {issuer!r}")
        registered = self.client(client)
        verifier, state = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        digest = hashlib.sha256(verifier.encode()).digest()
        scope = scope or " ".join(self._scopes())
        asked = {
            "response_type": "code",
            "client_id": registered.id,
            "redirect_uri": registered.redirect_uri,
            "scope": scope,
            "state": state,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        if "offline_access" in scope.split():
            asked["prompt"] = "consent"  # OpenID Connect Core 1.0 §11
        endpoint = self._metadata["authorization_endpoint"]
        joint = "&" if urlsplit(endpoint).query else "?"  # RFC 6749 §3.1: its own query is kept
        back = (browser or self.browser()).sign_in(f"{endpoint}{joint}{urlencode(asked)}", "", "")
        return self._redeem(registered, parse_qs(urlsplit(back).query)["code"][0], verifier)

    def _redeem(self, client: OwnClient, code: str, verifier: str) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._settings.redirect_uri,
            "code_verifier": verifier,
        }
        basic = None
        if client.secret is None:
            form["client_id"] = client.id
        elif "client_secret_basic" in self._client_authentication():
            basic = client.credentials
        else:
            form |= {"client_id": client.id, "client_secret": client.secret}
        reply = requests.post(
            self._metadata["token_endpoint"], form, auth=basic, timeout=TIMEOUT_SECONDS, allow_redirects=False
        )
        if reply.status_code != 200:
            raise SandboxError(f"the token endpoint refused with {reply.status_code}: {reply.text}")
        tokens: dict[str, Any] = reply.json()
        return tokens

    def _client_authentication(self) -> list[str]:
        """RFC 8414 §2: where the metadata say nothing, it is Basic."""
        return list(self._metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]))

    def _scopes(self) -> list[str]:
        listed = self._metadata.get("scopes_supported", [])
        return ["openid", "offline_access", *(scope for scope in (API_SCOPE,) if scope in listed)]

    @property
    def payments_issuer(self) -> NoReturn:
        raise NotAtThisIssuer.needs("a second authorization server (sandbox.payments_issuer)")

    @property
    def org_issuer(self) -> NoReturn:
        raise NotAtThisIssuer.needs("a second authorization server (sandbox.org_issuer)")

    @property
    def app(self) -> NoReturn:
        raise NotAtThisIssuer.needs("the app of the sandbox (sandbox.app)")

    @property
    def api(self) -> NoReturn:
        raise NotAtThisIssuer.needs("the API of the sandbox (sandbox.api)")

    def rows(self, table: str) -> NoReturn:
        raise NotAtThisIssuer.needs("a look at the server's rows (sandbox.rows)")

    def log(self) -> NoReturn:
        raise NotAtThisIssuer.needs("the server's log (sandbox.log)")

    def exchanges(self, host: str | None = None, path: str | None = None) -> NoReturn:
        raise NotAtThisIssuer.needs("the record of every exchange (sandbox.exchanges)")

    def set(self, **switches: Any) -> NoReturn:
        raise NotAtThisIssuer.needs("the switches of the sandbox (sandbox.set)")

    def rotate_keys(self, step: str, *, issuer: str | None = None, after: int = 0) -> NoReturn:
        raise NotAtThisIssuer.needs("a rotation of the server's keys (sandbox.rotate_keys)")

    def operate(self, operation: str, **arguments: Any) -> NoReturn:
        raise NotAtThisIssuer.needs("an administrator of the sandbox (sandbox.admin)")

    def mint(self, **claims: Any) -> NoReturn:
        raise NotAtThisIssuer.needs("the key that the server signs with (sandbox.mint)")

    def reset(self) -> NoReturn:
        raise NotAtThisIssuer.needs("a server that goes back to its start (sandbox.reset)")
