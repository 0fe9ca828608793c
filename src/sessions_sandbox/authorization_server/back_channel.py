"""Telling clients that a session is over (OpenID Connect Back-Channel Logout 1.0). Not a feature of Okta."""

import requests

from sessions_sandbox.authorization_server.server import AuthorizationServer
from sessions_sandbox.outgoing import send
from sessions_sandbox.records import Grant, IdpSession
from sessions_sandbox.seed import APP, CLIENTS, Client

SENDER = "idp.acme.test"
TYPE = "logout+jwt"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
LOGOUT_TOKEN_SECONDS = 120


def tell_clients(server: AuthorizationServer, session: IdpSession) -> None:
    """POST a logout token to each client that the user signed in to in this session (§2.3, §2.5).

    What a client answers is noted in the log. One that is down does not keep the next from being told.
    """
    grants = server.store.find(Grant, uid=session.uid)
    signed_in = {(grant.server, grant.client_id) for grant in grants if grant.sid == session.sid}
    for issuing in server.siblings:
        for client in (registered.at(issuing.settings.app) for registered in CLIENTS):
            uri = client.backchannel_logout_uri
            if uri is not None and (issuing.settings.name, client.id) in signed_in:
                detail = _tell(issuing, uri, logout_token(issuing, client, session))
                server.log("sandbox.back_channel_logout", client=client.id, uid=session.uid, detail=detail)


def logout_token(server: AuthorizationServer, client: Client, session: IdpSession) -> str:
    """A logout token (§2.4): for this client, about this session of this user."""
    now = server.clock.now()
    claims = {
        "iss": server.issuer,
        "aud": client.id,
        "iat": now,
        "exp": now + LOGOUT_TOKEN_SECONDS,
        "jti": "LT." + server.ids.make("logout token"),
        "sub": session.uid,
        "sid": session.sid,
        "events": {EVENT: {}},
    }
    return server.id_token_keys.signing.sign(claims, typ=TYPE)


def _tell(server: AuthorizationServer, uri: str, token: str) -> str:
    """What came of it, in words for the log. The app itself is reached within this process."""
    url = uri.replace(f"{server.settings.app}/", f"{APP}/", 1)
    try:
        reply = send("POST", url, uri, SENDER, data={"logout_token": token})
    except requests.RequestException as error:
        return f"no answer: {type(error).__name__}"
    return f"answered {reply.status_code}"
