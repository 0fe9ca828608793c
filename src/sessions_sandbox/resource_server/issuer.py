"""The one authorization server whose word counts here: how it is asked, and how its JWTs are read."""

import time
from collections.abc import Container
from math import inf

import jwt
from jwt import PyJWKClient

from sessions_sandbox import outgoing
from sessions_sandbox.compact import is_well_written
from sessions_sandbox.resource_server.strategy import CannotTell, Claims, InvalidToken, Now
from sessions_sandbox.seed import CUSTOM

USER_AGENT = "api.acme.test"
ISSUER = CUSTOM.issuer


class ProcessClock:
    """The clock of this process."""

    def now(self) -> int:
        return int(time.time())


class TrustedIssuer:
    """Verifies JWTs with the keys that the issuer publishes. They are fetched when they are needed first."""

    def __init__(self, issuer: str = ISSUER, clock: Now | None = None) -> None:
        """`issuer`: the name by which the clients of this API know it. `clock`: the API's own."""
        self.name = issuer
        self.clock = clock or ProcessClock()
        self._keys = PyJWKClient(f"{ISSUER}/v1/keys", headers=headers_for(issuer), timeout=5)

    def key(self, token: str) -> jwt.PyJWK:
        """The key that the header of a JWT names. Raises `InvalidToken` or `CannotTell`."""
        try:
            return self._keys.get_signing_key_from_jwt(token)
        except jwt.PyJWKClientConnectionError as error:
            raise CannotTell from error
        except jwt.PyJWTError as error:
            raise InvalidToken from error

    def verified(
        self, token: str, *, types: Container[str | None], require: list[str], audience: str | None = None
    ) -> Claims:
        """The claims of a JWT of this issuer, of one of these types, that is good by the API's clock.

        `types`: of its `typ` header, `None` for a JWT without one (RFC 8725 §3.11). Without `audience`, it
        must have none. The claims of `require` are there.
        Raises `InvalidToken`, whose cause says what is wrong, or `CannotTell`.
        """
        if not is_well_written(token):
            raise InvalidToken
        key = self.key(token)
        try:
            read = jwt.decode_complete(
                token,
                key,
                algorithms=["RS256"],
                issuer=self.name,
                audience=audience,
                options={"require": require, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
            )
        except jwt.PyJWTError as error:
            raise InvalidToken from error
        if read["header"].get("typ") not in types:
            raise InvalidToken
        claims: Claims = read["payload"]
        check_times(claims, self.clock.now())
        return claims


def check_times(claims: Claims, now: int) -> None:
    """That a JWT has not expired, and may be used already (RFC 7519 §4.1.4, §4.1.5).

    PyJWT reads the clock of the process; this one is the API's own, in Unix seconds. Raises `InvalidToken`.
    """
    times = [claims.get("exp", now + 1), claims.get("nbf", 0), claims.get("iat", 0)]
    if not all(type(time) in (int, float) and -inf < time < inf for time in times):
        raise InvalidToken
    expires, begins, _ = times
    if not (begins <= now < expires):
        raise InvalidToken


def headers_for(issuer: str) -> dict[str, str]:
    """An issuer that clients know by another name is asked under that name, within this process."""
    return {"User-Agent": USER_AGENT, **outgoing.headers_for(issuer)}
