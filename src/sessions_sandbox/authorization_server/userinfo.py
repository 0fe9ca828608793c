"""The userinfo endpoint (OpenID Connect Core 1.0 §5.3): the authorization server as a resource server."""

from werkzeug.wrappers import Request, Response

from sessions_sandbox.authorization_server.server import AuthorizationServer
from sessions_sandbox.authorization_server.tokens import identity_claims, read_access_token
from sessions_sandbox.http_answers import NO_STORE, bearer_challenge, bearer_token, json_response

REALM = "idp.acme.test"


def userinfo(server: AuthorizationServer, request: Request) -> Response:
    """Claims of the user of an access token that is active and has the scope `openid`."""
    token = bearer_token(request)
    if token is None:
        return _refusal(401, bearer_challenge(REALM))
    record = read_access_token(server, token)
    if record is None:
        description = "The access token is invalid"
        return _refusal(401, bearer_challenge(REALM, "invalid_token", error_description=description))
    user = server.user(record.uid)
    if user is None or "openid" not in record.scope.split():
        return _refusal(403, bearer_challenge(REALM, "insufficient_scope", scope="openid"))
    return json_response({"sub": user.uid, **identity_claims(user, record.scope)}, headers=NO_STORE)


def _refusal(status: int, challenge: dict[str, str]) -> Response:
    return Response(status=status, headers={**NO_STORE, **challenge})
