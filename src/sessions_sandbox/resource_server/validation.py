"""Two ways to decide about an access token: verify it here, or ask the authorization server."""

import hashlib
from typing import Any

import jwt
import requests
from jwt import PyJWKClient, PyJWKClientError

from sessions_sandbox.clock import Clock
from sessions_sandbox.seed import CLIENTS, CUSTOM

USER_AGENT = "api.acme.test"
ISSUER = CUSTOM.issuer
AUDIENCE = CUSTOM.audience
REQUIRED = ["exp", "iat", "iss", "aud", "sub", "jti", "cid", "scp"]
RS = next(client for client in CLIENTS if client.name == "rs")

Claims = dict[str, Any]


class InvalidToken(Exception):
    """The token does not count here; the caller learns no more than that (RFC 6750 §3.1)."""


class CannotTell(Exception):
    """The authorization server could not be asked, so the API refuses to serve (fail closed)."""


class LocalValidation:
    """Verifies the JWT with the issuer's published keys. Sees no revocation (RFC 7009 §3)."""

    def __init__(self) -> None:
        self._keys = PyJWKClient(f"{ISSUER}/v1/keys", headers={"User-Agent": USER_AGENT}, timeout=5)

    def scopes(self, token: str) -> set[str]:
        """The scopes of a good token. Raises `InvalidToken` or `CannotTell`."""
        try:
            key = self._keys.get_signing_key_from_jwt(token)
            claims: Claims = jwt.decode(
                token, key, algorithms=["RS256"], issuer=ISSUER, audience=AUDIENCE, options={"require": REQUIRED}
            )
        except jwt.PyJWKClientConnectionError as error:
            raise CannotTell from error
        except (jwt.PyJWTError, PyJWKClientError, TypeError) as error:
            raise InvalidToken from error
        return set(claims["scp"])


class Introspection:
    """Asks the authorization server (RFC 7662), and may trust its answer for a while (§4)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._answers: dict[str, tuple[int, Claims]] = {}
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["User-Agent"] = USER_AGENT

    def scopes(self, token: str, cache_seconds: int = 0) -> set[str]:
        """The scopes of a good token. Raises `InvalidToken` or `CannotTell`.

        `cache_seconds` bounds how old an answer may be. An answer never outlives the token; refusals are not kept.
        """
        claims = self._remembered(token) or self._ask(token)
        if claims.get("active") is not True or claims.get("aud") != AUDIENCE or claims.get("iss") != ISSUER:
            raise InvalidToken
        if cache_seconds:
            until = min(self._clock.now() + cache_seconds, claims["exp"])
            self._answers.setdefault(_key(token), (until, claims))
        return set(claims["scope"].split())

    def _remembered(self, token: str) -> Claims | None:
        until, claims = self._answers.get(_key(token), (0, None))
        if until <= self._clock.now():
            self._answers.pop(_key(token), None)
            return None
        return claims

    def _ask(self, token: str) -> Claims:
        assert RS.secret is not None
        try:
            reply = self._session.post(
                f"{ISSUER}/v1/introspect", data={"token": token}, auth=(RS.id, RS.secret), timeout=5
            )
            reply.raise_for_status()
            claims: Claims = reply.json()
        except requests.RequestException as error:
            raise CannotTell from error
        return claims


def _key(token: str) -> str:
    """Answers are kept under a hash, so that a dump of the memory holds no token."""
    return hashlib.sha256(token.encode()).hexdigest()
