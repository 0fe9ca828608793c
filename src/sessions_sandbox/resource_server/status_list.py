"""Validation here, with the list that the authorization server publishes of the status of its tokens.

draft-ietf-oauth-status-list. Not a feature of Okta.
"""

from dataclasses import dataclass
from typing import Any

import requests

from sessions_sandbox.outgoing import send
from sessions_sandbox.resource_server.issuer import ISSUER, USER_AGENT
from sessions_sandbox.resource_server.strategy import CannotTell, Claims, InvalidToken, Strategy
from sessions_sandbox.resource_server.validation import LocalValidation
from sessions_sandbox.status_lists import MEDIA_TYPE, TOKEN_TYPE, VALID, status_at

PATH = "/v1/status_list"
REQUIRED = ["iss", "sub", "iat", "exp", "status_list"]


@dataclass(frozen=True)
class Fetched:
    """A list, and until when it may be used, in Unix seconds of the API's clock."""

    statuses: dict[str, Any]
    good_until: int


class StatusListValidation(Strategy):
    """Verifies the token, then looks up its status in a list that is fetched when the last one is too old."""

    def __init__(self, local: LocalValidation) -> None:
        self._local = local
        self._fetched = Fetched({}, 0)

    def scopes(self, token: str) -> set[str]:
        claims = self._local.claims(token)
        index = self._index(claims)
        try:
            status = status_at(self._list(), index)
        except LookupError as error:
            raise InvalidToken from error
        if status != VALID:
            raise InvalidToken
        return set(claims["scp"])

    def _index(self, claims: Claims) -> int:
        """Where the list speaks of the token (§6.2). One that names none, or another list, is refused."""
        status = claims.get("status")
        named = status.get("status_list") if isinstance(status, dict) else None
        if not isinstance(named, dict) or named.get("uri") != self._local.issuer.name + PATH:
            raise InvalidToken
        index = named.get("idx")
        if type(index) is not int or index < 0:
            raise InvalidToken
        return index

    def _list(self) -> dict[str, Any]:
        if self._local.issuer.clock.now() >= self._fetched.good_until:
            self._fetched = self._fetch()
        return self._fetched.statuses

    def _fetch(self) -> Fetched:
        """The list (§8.1 to §8.3). Raises `CannotTell` when none comes, or not a good one."""
        issuer = self._local.issuer
        try:
            reply = send("GET", ISSUER + PATH, issuer.name, USER_AGENT, headers={"Accept": MEDIA_TYPE})
            reply.raise_for_status()
            claims = issuer.verified(reply.text, types=(TOKEN_TYPE,), require=REQUIRED)
        except (requests.RequestException, InvalidToken) as error:
            raise CannotTell from error
        if claims["sub"] != issuer.name + PATH:
            raise CannotTell
        good_until = min(issuer.clock.now() + claims.get("ttl", 0), claims["exp"])
        return Fetched(claims["status_list"], good_until)
