"""The logout endpoint (OpenID Connect RP-Initiated Logout 1.0): a client sends the browser here."""

from html import escape

from werkzeug.wrappers import Request, Response

from sessions_sandbox.authorization_server.server import AuthorizationServer
from sessions_sandbox.authorization_server.sessions import SESSION_COOKIE, current_session, end_session
from sessions_sandbox.authorization_server.tokens import revoke_grant, verified_id_token
from sessions_sandbox.http_answers import OAuthError, form_parameters, html_page, parameters, see_other
from sessions_sandbox.login_form import delete_cookie
from sessions_sandbox.records import Grant, IdpSession
from sessions_sandbox.seed import Client


def logout(server: AuthorizationServer, request: Request) -> Response:
    """End the browser's session and send it back. No token ends with it, unless `revoke_on_logout` says so.

    Without a session there is nothing to end, and the browser goes back at once. The session of another user
    stays. Whatever is wrong, nothing is redirected.
    """
    try:
        sent = form_parameters(request) if request.method == "POST" else parameters(request.query_string)
        client, subject = _hint(server, sent)
        back = _registered(client, sent.get("post_logout_redirect_uri"))
        session = current_session(server, request)
        if session is not None and session.uid != subject:
            raise OAuthError("invalid_request", "Another user is signed in, and stays so.")
    except OAuthError as error:
        return html_page("This sign-out link does not work", f"<p>{escape(error.description)}</p>", 400)
    if session is not None:
        if server.switches.revoke_on_logout:
            _revoke_grants(server, session)
        end_session(server, session)
    if back is None:
        response = html_page("You are signed out", "<p>Your session at the identity provider has ended.</p>")
    else:
        response = see_other(back, {"state": sent["state"]} if "state" in sent else {})
    delete_cookie(response, SESSION_COOKIE)
    return response


def _hint(server: AuthorizationServer, sent: dict[str, str]) -> tuple[Client, str]:
    """The client and the user of the ID token that was sent. One that has expired will do (§2)."""
    if "id_token_hint" not in sent:
        raise OAuthError("invalid_request", "The id_token_hint parameter is required.")
    claims = verified_id_token(server, sent["id_token_hint"], ["aud", "sub", "jti"], verify_exp=False)
    client = server.client(claims["aud"]) if claims and claims["jti"].startswith("ID.") else None
    if claims is None or client is None or sent.get("client_id", client.id) != client.id:
        raise OAuthError("invalid_request", "The id_token_hint is not an ID token of this client and server.")
    return client, claims["sub"]


def _registered(client: Client, uri: str | None) -> str | None:
    """Where to go afterwards: only to an address that the client has registered, letter by letter (§3)."""
    if uri is not None and uri not in client.post_logout_redirect_uris:
        raise OAuthError(
            "invalid_request", "The post_logout_redirect_uri is not one that this client has registered."
        )
    return uri


def _revoke_grants(server: AuthorizationServer, session: IdpSession) -> None:
    """Not a feature of Okta: what the session's sign-ins gave ends with it."""
    for grant in server.store.find(Grant, uid=session.uid):
        if grant.sid == session.sid:
            revoke_grant(server, grant.grant_id)
