"""Deciding about an access token: verify it here, ask the authorization server, or each in its turn."""

import hashlib

import jwt
import requests
from werkzeug.wrappers import Request

from sessions_sandbox.naive.validation import signature_and_expiry
from sessions_sandbox.resource_server.issuer import ISSUER, TrustedIssuer, headers_for
from sessions_sandbox.resource_server.strategy import CannotTell, Claims, InvalidToken, Now, Strategy
from sessions_sandbox.seed import CLIENTS, CUSTOM
from sessions_sandbox.switches import Switches

AUDIENCE = CUSTOM.audience
REQUIRED = ["exp", "iat", "iss", "aud", "sub", "jti", "cid", "scp"]
TYPES = (None, "at+jwt", "application/at+jwt")
"""Okta's access tokens have no type; `rfc9068` gives them that of RFC 9068 §2.1, good in both forms (§4)."""
RS = next(client for client in CLIENTS if client.name == "rs")


class LocalValidation(Strategy):
    """Verifies the JWT with the issuer's published keys. Sees no revocation (RFC 7009 §3)."""

    def __init__(self, issuer: str = ISSUER, clock: Now | None = None) -> None:
        self.issuer = TrustedIssuer(issuer, clock)

    def scopes(self, token: str) -> set[str]:
        return set(self.claims(token)["scp"])

    def claims(self, token: str) -> Claims:
        """The claims of a good bearer token. Raises `InvalidToken` or `CannotTell`."""
        return as_bearer(self.claims_of_any(token))

    def claims_of_any(self, token: str) -> Claims:
        """The claims of a good token, which may be bound to a key. Raises `InvalidToken` or `CannotTell`."""
        claims = self.issuer.verified(token, types=TYPES, audience=AUDIENCE, require=REQUIRED)
        if not (_are_strings(claims["scp"]) and _are_strings([claims.get("uid", "")])):
            raise InvalidToken
        if claims["iat"] > self.issuer.clock.now():
            raise InvalidToken
        return claims


class Naive(Strategy):
    """Sees that the issuer's key signed the token and that it has not expired. That is a mistake."""

    def __init__(self, issuer: TrustedIssuer) -> None:
        self._issuer = issuer

    def scopes(self, token: str) -> set[str]:
        try:
            signature_and_expiry(token, self._issuer.key(token))
        except jwt.PyJWTError as error:
            raise InvalidToken from error
        return set(CUSTOM.api_scopes)


class Introspection(Strategy):
    """Asks the authorization server (RFC 7662), and may trust its answer for a while (§4)."""

    def __init__(self, clock: Now, issuer: str = ISSUER) -> None:
        self._clock = clock
        self._issuer = issuer
        self._answers: dict[str, tuple[int, Claims]] = {}
        """When an answer came (Unix seconds), and what it said."""
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers.update(headers_for(issuer))

    def scopes(self, token: str, cache_seconds: int = 0) -> set[str]:
        """The scopes of a good bearer token. Raises `InvalidToken` or `CannotTell`."""
        return set(as_bearer(self.claims_of_any(token, cache_seconds))["scp"])

    def claims_of_any(self, token: str, cache_seconds: int = 0) -> Claims:
        """What is said of a good token, which may be bound to a key; `scp`: its scopes, as in the token.

        Raises `InvalidToken` or `CannotTell`. `cache_seconds` bounds how old an answer may be. An answer
        never outlives the token; refusals are not kept.
        """
        claims = self._remembered(token, cache_seconds) or self._ask(token)
        if claims.get("active") is not True or claims.get("aud") != AUDIENCE:
            raise InvalidToken
        if claims.get("iss") != self._issuer:
            raise InvalidToken
        return {**claims, "scp": claims["scope"].split()}

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


class CachedIntrospection(Strategy):
    """Asks, unless an answer is young enough as the switches have it."""

    def __init__(self, introspection: Introspection, switches: Switches) -> None:
        self._introspection = introspection
        self._switches = switches

    def scopes(self, token: str) -> set[str]:
        return self._introspection.scopes(token, self._switches.introspection_cache_seconds)


class Hybrid(Strategy):
    """Verifies the token of a request that only reads, and asks each time where something changes."""

    def __init__(self, local: LocalValidation, introspection: Introspection) -> None:
        self._local = local
        self._introspection = introspection

    def scopes_for(self, request: Request, token: str) -> set[str]:
        reads = request.method in ("GET", "HEAD")
        return self._local.scopes(token) if reads else self._introspection.scopes(token)


def as_bearer(claims: Claims) -> Claims:
    """The claims of a token that counts without a key. Raises `InvalidToken` for one that is bound to one.

    An API that knows the scheme Bearer alone may take it (RFC 9449 §7.2). This one refuses in every mode that
    reads the claims: else a stolen token would be good again.
    """
    if "cnf" in claims:
        raise InvalidToken
    return claims


def _are_strings(values: object) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


def _key(token: str) -> str:
    """Answers are kept under a hash, so that a dump of the memory holds no token."""
    return hashlib.sha256(token.encode()).hexdigest()
