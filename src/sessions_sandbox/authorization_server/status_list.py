"""The status of all access tokens of a server, in one list. Not a feature of Okta.

draft-ietf-oauth-status-list. There is one, and tokens name their place in it, only while the API validates
with it.
"""

from typing import Any

from werkzeug.wrappers import Request, Response

from sessions_sandbox.authorization_server.server import AuthorizationServer
from sessions_sandbox.authorization_server.tokens import is_active
from sessions_sandbox.records import AccessToken
from sessions_sandbox.routing import NoRoute
from sessions_sandbox.status_lists import MEDIA_TYPE, TOKEN_TYPE, status_list

GRACE_SECONDS = 300
"""How long a list is good after a fresh one should have been fetched: clocks differ."""


def publish(server: AuthorizationServer, request: Request) -> Response:
    """`GET /v1/status_list`: the Status List Token (§5.1, §8.2), which a browser's pages may read too."""
    if server.switches.api_validation != "status_list":
        raise NoRoute(404, "not_found", {})
    now, seconds = server.clock.now(), server.switches.status_list_seconds
    claims: dict[str, Any] = {
        "iss": server.issuer,
        "sub": server.endpoint("status_list"),
        "iat": now,
        "exp": now + seconds + GRACE_SECONDS,
        **({"ttl": seconds} if seconds else {}),
        "status_list": _statuses(server),
    }
    signed = server.id_token_keys.signing.sign(claims, typ=TOKEN_TYPE)
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": f"max-age={seconds}"}
    return Response(signed, 200, headers, content_type=MEDIA_TYPE)


def _statuses(server: AuthorizationServer) -> dict[str, Any]:
    """Invalid is what introspection would call inactive. Rows of expired tokens may be gone already."""
    rows = [row for row in server.store.all(AccessToken) if row.server == server.settings.name]
    indexes = {row.status_index: row for row in rows if row.status_index is not None}
    invalid = [index for index, row in indexes.items() if not is_active(server, row)]
    return status_list(invalid, max(indexes, default=0) + 1)
