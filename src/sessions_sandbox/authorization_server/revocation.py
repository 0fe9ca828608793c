"""The revocation endpoint (RFC 7009). Modelled on Okta: the refresh token takes its access tokens along."""

from werkzeug.wrappers import Request, Response

from sessions_sandbox.authorization_server.client_authentication import authenticate
from sessions_sandbox.authorization_server.server import AuthorizationServer
from sessions_sandbox.authorization_server.tokens import (
    find_access_token,
    find_refresh_token,
    revoke_access_token,
    revoke_grant,
)
from sessions_sandbox.http_answers import NO_STORE, OAuthError, form_parameters
from sessions_sandbox.records import AccessToken
from sessions_sandbox.seed import Client


def revoke(server: AuthorizationServer, request: Request) -> Response:
    """Revoke a token of the client that asks. Always 200 and empty, also for a token that is none (§2.2)."""
    form = form_parameters(request)
    client = authenticate(server, request, form)
    if "token" not in form:
        raise OAuthError("invalid_request", "The token parameter is required.")
    _revoke(server, client, form["token"])
    return Response(headers=NO_STORE)


def _revoke(server: AuthorizationServer, client: Client, token: str) -> None:
    access_token = find_access_token(server, token)
    refresh_token = find_refresh_token(server, token)
    found = access_token or (refresh_token[1] if refresh_token else None)
    if found is None:
        return
    if found.client_id != client.id:
        server.log(
            "app.oauth2.as.token.revoke", client=client.id, detail="refused: the token is another client's"
        )
    elif isinstance(found, AccessToken):
        revoke_access_token(server, found)
        server.log("app.oauth2.as.token.revoke", client=client.id, uid=found.uid, detail="access token")
    else:
        revoke_grant(server, found.grant_id)
        server.log("app.oauth2.as.token.revoke", client=client.id, detail="refresh token")
