"""Ways in which a program may make the sandbox behave otherwise."""

from dataclasses import dataclass
from typing import Any, Literal

from sessions_sandbox.errors import SandboxError


@dataclass
class Switches:
    """The switches and how they stand at the start.

    `latency_ms`: how long each request to the identity provider takes, in milliseconds of real time.
    `authorization_server_down`: every endpoint of the identity provider answers 503.
    `introspection_sees_revocation`: if not, access tokens are active until they expire (RFC 7662 §2.2).
    `org_key_published`: the Org authorization server publishes the key of its access tokens.
    `api_validation`: how `GET /orders` of the API checks a token.
    `introspection_cache_seconds`: how long the API may trust an answer, where it introspects; 0: not at all.
    `refresh_grace_seconds`: how long a rotated refresh token may be sent again; `None`: as for the client.
    `refresh_token_seconds`: absolute life of refresh tokens; `None`: as the server is set up.
    """

    latency_ms: int = 0
    authorization_server_down: bool = False
    introspection_sees_revocation: bool = True
    org_key_published: bool = False
    api_validation: Literal["local", "introspection"] = "local"
    introspection_cache_seconds: int = 0
    refresh_grace_seconds: int | None = None
    refresh_token_seconds: int | None = None

    def set(self, **values: Any) -> None:
        """Turn switches. Raises `SandboxError` for one that does not exist or a value of the wrong kind."""
        for name, value in values.items():
            if name not in KINDS:
                raise SandboxError(f"there is no switch {name!r}; the switches are {', '.join(KINDS)}")
            allowed = KINDS[name]
            right = value in allowed if isinstance(allowed, tuple) else _is(value, allowed)
            if not right:
                wanted = " or ".join(map(repr, allowed)) if isinstance(allowed, tuple) else allowed
                raise SandboxError(f"the switch {name} takes {wanted}, not {value!r}")
        for name, value in values.items():
            setattr(self, name, value)


KINDS: dict[str, Any] = {
    "latency_ms": "whole milliseconds",
    "authorization_server_down": "True or False",
    "introspection_sees_revocation": "True or False",
    "org_key_published": "True or False",
    "api_validation": ("local", "introspection"),
    "introspection_cache_seconds": "whole seconds",
    "refresh_grace_seconds": "whole seconds or None",
    "refresh_token_seconds": "whole seconds or None",
}


def _is(value: object, kind: str) -> bool:
    if kind == "True or False":
        return isinstance(value, bool)
    whole = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return whole or (value is None and kind.endswith("None"))
