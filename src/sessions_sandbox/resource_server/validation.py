"""Two ways to decide about an access token: verify it here, or ask the authorization server."""

import hashlib
from typing import Any
from urllib.parse import urlsplit

import jwt
import requests
from jwt import PyJWKClient

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

    def __init__(self, issuer: str = ISSUER) -> None:
        self._issuer = issuer
        self._keys = PyJWKClient(f"{ISSUER}/v1/keys", headers=_headers(issuer), timeout=5)

    def scopes(self, token: str) -> set[str]:
        """The scopes of a good token. Raises `InvalidToken` or `CannotTell`."""
        try:
            key = self._keys.get_signing_key_from_jwt(token)
            claims: Claims = jwt.decode(
                token,
                key,
                algorithms=["RS256"],
                issuer=self._issuer,
                audience=AUDIENCE,
                options={"require": REQUIRED},
            )
        except jwt.PyJWKClientConnectionError as error:
            raise CannotTell from error
        except jwt.PyJWTError as error:
            raise InvalidToken from error
        return _scopes(claims["scp"])


class Introspection:
    """Asks the authorization server (RFC 7662), and may trust its answer for a while (§4)."""

    def __init__(self, clock: Clock, issuer: str = ISSUER) -> None:
        self._clock = clock
        self._issuer = issuer
        self._answers: dict[str, tuple[int, Claims]] = {}
        """When an answer came (Unix seconds), and what it said."""
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers.update(_headers(issuer))

    def scopes(self, token: str, cache_seconds: int = 0) -> set[str]:
        """The scopes of a good token. Raises `InvalidToken` or `CannotTell`.

        `cache_seconds` bounds how old an answer may be. An answer never outlives the token; refusals are not
        kept.
        """
        claims = self._remembered(token, cache_seconds) or self._ask(token)
        if claims.get("active") is not True or claims.get("aud") != AUDIENCE:
            raise InvalidToken
        if claims.get("iss") != self._issuer:
            raise InvalidToken
        return set(claims["scope"].split())

    def _remembered(self, token: str, cache_seconds: int) -> Claims | None:
        asked, claims = self._answers.get(_key(token), (0, {"exp": 0}))
        now = self._clock.now()
        return claims if now - asked < cache_seconds and now < claims["exp"] else None

    def _ask(self, token: str) -> Claims:
        try:
            reply = self._session.post(
                f"{ISSUER}/v1/introspect", data={"token": token}, auth=RS.credentials, timeout=5
            )
            reply.raise_for_status()
            claims: Claims = reply.json()
        except requests.RequestException as error:
            raise CannotTell from error
        if claims["active"]:
            self._answers[_key(token)] = (self._clock.now(), claims)
        return claims


def _headers(issuer: str) -> dict[str, str]:
    """An issuer that clients know by another name is asked under that name, within this process."""
    named = {} if issuer == ISSUER else {"Host": urlsplit(issuer).netloc}
    return {"User-Agent": USER_AGENT, **named}


def _scopes(claim: object) -> set[str]:
    """The `scp` claim, which is a list of strings. Raises `InvalidToken` when it is anything else."""
    if not isinstance(claim, list) or not all(isinstance(scope, str) for scope in claim):
        raise InvalidToken
    return set(claim)


def _key(token: str) -> str:
    """Answers are kept under a hash, so that a dump of the memory holds no token."""
    return hashlib.sha256(token.encode()).hexdigest()
