"""A token while it is looked at: what is known of it, and how the verdict of a check is made."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import jwt
from jwt import PyJWKClient
from jwt.exceptions import PyJWKClientConnectionError
from jwt.types import Options

from sessions_sandbox.errors import SandboxError
from sessions_sandbox.resource_server.issuer import ISSUER

NOTHING: Options = {
    "verify_signature": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "verify_sub": False,
    "verify_jti": False,
}
UNSIGNED = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
"""A header that stands in for that of the token, where only its claims are looked at."""
State = Literal["pass", "fail", "open"]
"""`open`: this check cannot be made, as another has failed, or a server does not answer."""


class Clock(Protocol):
    """What is read of a clock."""

    def now(self) -> int:
        """Unix seconds."""


class InspectedSandbox(Protocol):
    """What is needed of a sandbox."""

    @property
    def clock(self) -> Clock: ...

    def operate(self, operation: str, **arguments: Any) -> Any: ...


class Refused(Exception):
    """The check fails; the message says why."""


class Unknown(Exception):
    """The check cannot be made; the message says why."""


@dataclass(frozen=True)
class Verdict:
    """Of one check: its name, how it ended, why, and the clause that asks for it."""

    check: str
    state: State
    why: str
    clause: str


class PublishedKeys(PyJWKClient):
    """The keys that an issuer publishes now. They come from the sandbox itself, not over the wire."""

    def __init__(self, sandbox: InspectedSandbox, issuer: str) -> None:
        super().__init__(f"{ISSUER}/v1/keys", cache_jwk_set=False)
        self._sandbox = sandbox
        self._issuer = issuer

    def fetch_data(self) -> Any:
        """The JWK Set."""
        try:
            return self._sandbox.operate("published_keys", issuer=self._issuer)
        except SandboxError as error:
            raise PyJWKClientConnectionError(str(error)) from error


@dataclass
class Token:
    """A token while it is looked at. `now`: by the clock of the API, in Unix seconds."""

    text: str
    keys: PublishedKeys
    now: int
    header: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    key: jwt.PyJWK | None = None

    def claims_pass(self, **options: Any) -> None:
        """Let PyJWT check something of the claims alone. Raises `jwt.PyJWTError`."""
        arguments = {name: options.pop(name) for name in ("issuer", "audience") if name in options}
        chosen: Options = {**NOTHING, **options}  # type: ignore[typeddict-item]
        jwt.decode(f"{UNSIGNED}.{self.text.split('.')[1]}.", options=chosen, **arguments)


def made(name: str, check: Callable[[Token], str], clause: str, token: Token) -> Verdict:
    try:
        return Verdict(name, "pass", check(token), clause)
    except Refused as refused:
        return Verdict(name, "fail", str(refused), clause)
    except Unknown as unknown:
        return Verdict(name, "open", str(unknown), clause)
