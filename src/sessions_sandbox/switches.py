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
    `idp_session_idle_seconds`: how long a session at the identity provider may lie unused; `None`: as set up.
    `idp_session_absolute_seconds`: how long after its login such a session ends; `None`: as set up.
    `consent_required`: who signs in has to allow a client what it asks for, once.
    `access_denied`: the policy lets no user sign in to any client.
    `introspection_sees_revocation`: if not, access tokens are active until they expire (RFC 7662 §2.2).
    `org_key_published`: the Org authorization server publishes the key of its access tokens.
    `api_validation`: how the API checks a token, of an order; see `sessions_sandbox.resource_server`. What
    "denylist", "not_before" and "status_list" rest on is not a feature of Okta: events that the authorization
    server sends to the API (RFC 8417), and a list of the status of its tokens (draft-ietf-oauth-status-list).
    `introspection_cache_seconds`: how long the API may trust an answer, where it introspects; 0: not at all.
    `status_list_seconds`: how long the API may trust a status list, which says so itself (`ttl`); 0: not at
    all. Not a feature of Okta.
    `api_fail_open`: when the API cannot learn whether a token counts, it serves. That is a mistake.
    `clock_skew_seconds`: how far the API's clock runs ahead of that of the others; below 0: behind it.
    `refresh_grace_seconds`: how long a rotated refresh token may be sent again; `None`: as for the client.
    `rotation`: whether refresh tokens rotate, whatever the client; `None`: as each client is set up. It
    counts at the sign-in.
    `access_token_seconds`: how long access tokens live, a day at most; `None`: as set up. Okta's minimum is
    5 min. Like the next four, it is for all servers, and for what is issued from then on; what Okta does not
    allow is noted in the system log. The lifetimes of Okta's Org server are fixed.
    `id_token_seconds`: how long ID tokens live, a day at most; `None`: as set up. Okta's minimum is 5 min.
    `authorization_code_seconds`: how long codes live, a day at most; `None`: as set up. Okta's live 5 min.
    `refresh_token_seconds`: absolute life of refresh tokens; `None`: as the server is set up. Okta's minimum
    is 10 min.
    `refresh_idle_seconds`: how long refresh tokens may lie unused, five years at most; `None`: as the server
    is set up: the Org one sets no limit. Okta's minimum is 5 min.
    `org_at_shuffle`: the Org server's access tokens have another layout: it may change without notice.
    `app_session_idle_seconds`: how long a session of the cookie app may lie unused, a day at most; `None`: as
    set up.
    `app_session_absolute_seconds`: how long it may last in all; `None`: as set up.
    `csrf_protection`: what the cookie app asks of a request that changes something: the session's "token", or
    "fetch_metadata": that the browser says it comes from the app's own pages. Two mistakes: "same_site" asks
    nothing and trusts in the cookie's SameSite=Lax, "none" has no SameSite either, and asks nothing at the
    login; with both, a link makes transfers.
    `session_cookie`: the session is a "stored" row, or, a mistake, lies in a "signed" cookie.
    `session_fixation`: a mistake: a login keeps the session id that the browser sent.
    `logout_client_only`: a mistake: a logout deletes the cookie, and leaves the session.
    `revoke_on_logout`: a logout ends the tokens of its session too. Not a feature of Okta.
    `rfc9068`: access tokens of Custom servers have `typ: at+jwt`, `client_id` and `scope` (RFC 9068) beside
    Okta's claims. Not a feature of Okta.
    `authorization_response_iss`: answers of the authorization endpoint name the issuer (RFC 9207). Not a
    feature of Okta.
    `require_dpop`: the token endpoint refuses requests without a DPoP proof (RFC 9449 §5).
    `dpop_nonce`: every DPoP proof must carry a nonce that the server gave (RFC 9449 §8, §9).
    `jwt_introspection`: who accepts `application/token-introspection+jwt` gets a signed answer (RFC 9701).
    Not a feature of Okta.
    `back_channel_logout`: ID tokens name the session in `sid`, and its end, but by time, is told to the
    clients that it concerns (OpenID Connect Back-Channel Logout 1.0). Not a feature of Okta.
    """

    latency_ms: int = 0
    authorization_server_down: bool = False
    jwks_down: bool = False
    rate_limit: int | None = None
    idp_session_idle_seconds: int | None = None
    idp_session_absolute_seconds: int | None = None
    consent_required: bool = False
    access_denied: bool = False
    introspection_sees_revocation: bool = True
    org_key_published: bool = False
    api_validation: Literal[
        "naive", "local", "introspection", "denylist", "not_before", "hybrid", "status_list", "dpop"
    ] = "local"
    introspection_cache_seconds: int = 0
    status_list_seconds: int = 60
    api_fail_open: bool = False
    clock_skew_seconds: int = 0
    refresh_grace_seconds: int | None = None
    rotation: bool | None = None
    access_token_seconds: int | None = None
    id_token_seconds: int | None = None
    authorization_code_seconds: int | None = None
    refresh_token_seconds: int | None = None
    refresh_idle_seconds: int | None = None
    org_at_shuffle: bool = False
    app_session_idle_seconds: int | None = None
    app_session_absolute_seconds: int | None = None
    csrf_protection: Literal["token", "fetch_metadata", "same_site", "none"] = "token"
    session_cookie: Literal["stored", "signed"] = "stored"
    session_fixation: bool = False
    logout_client_only: bool = False
    revoke_on_logout: bool = False
    rfc9068: bool = False
    authorization_response_iss: bool = False
    require_dpop: bool = False
    dpop_nonce: bool = False
    jwt_introspection: bool = False
    back_channel_logout: bool = False

    def set(self, **values: Any) -> None:
        """Turn switches. Raises `SandboxError` for one that does not exist or a value of the wrong kind."""
        for name, value in values.items():
            if name not in KINDS:
                raise SandboxError(f"there is no switch {name!r}; the switches are {', '.join(KINDS)}")
            allowed = KINDS[name]
            right = _is_one_of(value, allowed) if isinstance(allowed, tuple) else _is(value, allowed)
            if not right:
                wanted = " or ".join(map(repr, allowed)) if isinstance(allowed, tuple) else allowed
                raise SandboxError(f"the switch {name} takes {wanted}, not {value!r}")
        for name, value in values.items():
            setattr(self, name, value)


UP_TO_A_DAY = "whole seconds from 1 to 86400, or None"
UP_TO_FIVE_YEARS = "whole seconds from 1 to 157680000, or None"
MOST = {UP_TO_A_DAY: 86400, UP_TO_FIVE_YEARS: 5 * 365 * 86400}

KINDS: dict[str, Any] = {
    "latency_ms": "whole milliseconds",
    "authorization_server_down": "True or False",
    "jwks_down": "True or False",
    "rate_limit": "whole requests or None",
    "idp_session_idle_seconds": "whole seconds or None",
    "idp_session_absolute_seconds": "whole seconds or None",
    "consent_required": "True or False",
    "access_denied": "True or False",
    "introspection_sees_revocation": "True or False",
    "org_key_published": "True or False",
    "api_validation": (
        "naive",
        "local",
        "introspection",
        "denylist",
        "not_before",
        "hybrid",
        "status_list",
        "dpop",
    ),
    "introspection_cache_seconds": "whole seconds",
    "status_list_seconds": "whole seconds",
    "api_fail_open": "True or False",
    "clock_skew_seconds": "whole seconds, ahead or behind",
    "refresh_grace_seconds": "whole seconds or None",
    "rotation": (None, True, False),
    "access_token_seconds": UP_TO_A_DAY,
    "id_token_seconds": UP_TO_A_DAY,
    "authorization_code_seconds": UP_TO_A_DAY,
    "refresh_token_seconds": "whole seconds or None",
    "refresh_idle_seconds": UP_TO_FIVE_YEARS,
    "org_at_shuffle": "True or False",
    "app_session_idle_seconds": "whole seconds or None",
    "app_session_absolute_seconds": "whole seconds or None",
    "csrf_protection": ("token", "fetch_metadata", "same_site", "none"),
    "session_cookie": ("stored", "signed"),
    "session_fixation": "True or False",
    "logout_client_only": "True or False",
    "revoke_on_logout": "True or False",
    "rfc9068": "True or False",
    "authorization_response_iss": "True or False",
    "require_dpop": "True or False",
    "dpop_nonce": "True or False",
    "jwt_introspection": "True or False",
    "back_channel_logout": "True or False",
}


def _is_one_of(value: object, allowed: tuple[object, ...]) -> bool:
    return any(type(value) is type(one) and value == one for one in allowed)


def _is(value: object, kind: str) -> bool:
    if kind == "True or False":
        return isinstance(value, bool)
    if not isinstance(value, int) or isinstance(value, bool):
        return value is None and kind.endswith("None")
    if kind in MOST:
        return 1 <= value <= MOST[kind]
    return value >= 0 or kind.endswith("behind")
