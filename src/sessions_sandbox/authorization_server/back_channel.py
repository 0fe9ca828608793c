"""Telling clients that a session is over (OpenID Connect Back-Channel Logout 1.0). Not a feature of Okta."""

from dataclasses import replace

import requests

from sessions_sandbox.authorization_server.server import AuthorizationServer
from sessions_sandbox.faces import face_of
from sessions_sandbox.outgoing import send
from sessions_sandbox.records import Grant, IdpSession
from sessions_sandbox.seed import APP, CLIENTS, Client

SENDER = "idp.acme.test"
TYPE = "logout+jwt"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
LOGOUT_TOKEN_SECONDS = 120


def tell_clients(server: AuthorizationServer, session: IdpSession) -> None:
    """POST a logout token to each client that the user signed in to in this session (§2.3, §2.5).

    Each is told by the server and the issuer at which it did so. What it answers is noted in the log. One
    that is down does not keep the next from being told.
    """
    servers = {sibling.settings.name: sibling for sibling in server.siblings}
    clients = {client.id: client for client in CLIENTS}
    grants = [grant for grant in server.store.find(Grant, uid=session.uid) if grant.sid == session.sid]
    signed_in = {(grant.client_id, grant.server, grant.issuer) for grant in grants}
    for client_id, name, issuer in sorted(signed_in):
        issuing = _as_known_by(servers[name], issuer)
        client = issuing.registration.add_to(clients[client_id].at(issuing.settings.app))
        uri = client.backchannel_logout_uri
        if uri is not None:
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


def _as_known_by(server: AuthorizationServer, issuer: str) -> AuthorizationServer:
    """The server as it stands under one of its issuers, whichever it was asked by."""
    return replace(server, settings=face_of(issuer).settings(server.settings))


def _tell(server: AuthorizationServer, uri: str, token: str) -> str:
    """What came of it, in words for the log. The sandbox's own app is reached within this process."""
    own = f"{server.settings.app}/"
    url = f"{APP}/{uri.removeprefix(own)}" if uri.startswith(own) else uri
    try:
        reply = send("POST", url, uri, SENDER, data={"logout_token": token})
    except requests.RequestException as error:
        return f"no answer: {type(error).__name__}"
    return f"answered {reply.status_code}"
