"""Ways in which a program may make the sandbox behave otherwise."""

from dataclasses import dataclass
from typing import Any, Literal

from sessions_sandbox.errors import SandboxError


@dataclass
class Switches:
    """The switches and how they stand at the start.

    `latency_ms`: how long each request to the identity provider takes, in milliseconds of real time.
    `authorization_server_down`: every endpoint of the identity provider answers 503.
    `jwks_down`: the published keys cannot be had: their endpoint answers 503.
    `rate_limit`: how many requests a minute each endpoint of the identity provider answers; `None`: all.
    `introspection_sees_revocation`: if not, access tokens are active until they expire (RFC 7662 §2.2).
    `org_key_published`: the Org authorization server publishes the key of its access tokens.
    `api_validation`: how `GET /orders` of the API checks a token.
    `introspection_cache_seconds`: how long the API may trust an answer, where it introspects; 0: not at all.
    `refresh_grace_seconds`: how long a rotated refresh token may be sent again; `None`: as for the client.
    `refresh_token_seconds`: absolute life of refresh tokens; `None`: as the server is set up.
    `org_at_shuffle`: the Org server's access tokens have another layout: it may change without notice.
    `revoke_on_logout`: a logout ends the tokens of its session too. Not a feature of Okta.
    `rfc9068`: access tokens of Custom servers have `typ: at+jwt`, `client_id` and `scope` (RFC 9068) beside
    Okta's claims. Not a feature of Okta.
    `authorization_response_iss`: answers of the authorization endpoint name the issuer (RFC 9207). Not a
    feature of Okta.
    `jwt_introspection`: who accepts `application/token-introspection+jwt` gets a signed answer (RFC 9701).
    Not a feature of Okta.
    """

    latency_ms: int = 0
    authorization_server_down: bool = False
    jwks_down: bool = False
    rate_limit: int | None = None
    introspection_sees_revocation: bool = True
    org_key_published: bool = False
    api_validation: Literal["local", "introspection"] = "local"
    introspection_cache_seconds: int = 0
    refresh_grace_seconds: int | None = None
    refresh_token_seconds: int | None = None
    org_at_shuffle: bool = False
    revoke_on_logout: bool = False
    rfc9068: bool = False
    authorization_response_iss: bool = False
    jwt_introspection: bool = False

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
    "jwks_down": "True or False",
    "rate_limit": "whole requests or None",
    "introspection_sees_revocation": "True or False",
    "org_key_published": "True or False",
    "api_validation": ("local", "introspection"),
    "introspection_cache_seconds": "whole seconds",
    "refresh_grace_seconds": "whole seconds or None",
    "refresh_token_seconds": "whole seconds or None",
    "org_at_shuffle": "True or False",
    "revoke_on_logout": "True or False",
    "rfc9068": "True or False",
    "authorization_response_iss": "True or False",
    "jwt_introspection": "True or False",
}


def _is(value: object, kind: str) -> bool:
    if kind == "True or False":
        return isinstance(value, bool)
    whole = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return whole or (value is None and kind.endswith("None"))
