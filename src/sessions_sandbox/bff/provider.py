"""The authorization server, as the backend asks it: as a confidential client (RFC 10017 §6.1.3.1)."""

from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import requests
from jwt import PyJWK, PyJWKClient, PyJWKClientConnectionError

from sessions_sandbox.faces import Face
from sessions_sandbox.outgoing import SECONDS, headers_for, send
from sessions_sandbox.seed import CLIENTS, CUSTOM, IDP

SENDER = "app.acme.test"
SCOPE = "openid profile offline_access orders:read orders:write"


class Refused(Exception):
    """The token endpoint refuses what it was sent, and would refuse it again."""


class NoAnswer(Exception):
    """The authorization server cannot be asked now, or its answer is of no use."""


class Provider:
    """The Custom authorization server, by the names of a face."""

    def __init__(self, face: Face) -> None:
        settings = face.settings(CUSTOM)
        self.issuer = settings.issuer
        self.client = next(client for client in CLIENTS if client.name == "bff").at(face.app)
        self._origin = face.idp
        self._shown = f"{settings.origin}{settings.endpoints}/v1"
        self._reached = f"{IDP}{settings.endpoints}/v1"
        self._keys = PyJWKClient(
            f"{self._reached}/keys",
            cache_jwk_set=False,
            headers={**headers_for(face.idp), "User-Agent": SENDER},
            timeout=SECONDS,
        )

    def address(self, endpoint: str, **parameters: str | None) -> str:
        """Where the browser is sent."""
        return f"{self._shown}/{endpoint}?{urlencode(parameters)}"

    def tokens(self, **form: str | None) -> dict[str, Any]:
        """A token response (RFC 6749 §5.1). Raises `Refused` or `NoAnswer`."""
        try:
            reply = self._post("token", form)
            answer: dict[str, Any] = reply.json()
        except requests.RequestException as error:
            raise NoAnswer from error
        if reply.status_code == 400:
            raise Refused
        if reply.status_code != 200 or answer["token_type"].lower() != "bearer":
            raise NoAnswer
        return answer

    def revoke(self, token: str) -> None:
        """Revoke a token, if the server can be reached (RFC 7009); the caller's session ends anyway."""
        with suppress(requests.RequestException):
            self._post("revoke", {"token": token})

    def key_of(self, token: str) -> PyJWK:
        """The published key that a JWT names. It is asked for each time: a key withdrawn is not used again.

        Raises `NoAnswer`, or `jwt.PyJWTError` when there is no such key.
        """
        try:
            return self._keys.get_signing_key_from_jwt(token)
        except PyJWKClientConnectionError as error:
            raise NoAnswer from error

    def _post(self, endpoint: str, form: dict[str, str | None]) -> requests.Response:
        url = f"{self._reached}/{endpoint}"
        return send("POST", url, self._origin, SENDER, data=form, auth=self.client.credentials)
