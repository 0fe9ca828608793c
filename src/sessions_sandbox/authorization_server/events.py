"""Telling the API of a revocation, where it listens: a Security Event Token is pushed to it (RFC 8935).

Not a feature of Okta. The event is `session-revoked` of the OpenID Continuous Access Evaluation Profile 1.0
(§3.1); its subject is one access token, with its user if it has one, or a user and so all of their tokens.
An event that does not arrive is not sent again: the API then takes the token until it expires.
"""

from typing import Any

import requests

from sessions_sandbox.authorization_server.server import AuthorizationServer
from sessions_sandbox.outgoing import send
from sessions_sandbox.records import AccessToken
from sessions_sandbox.security_events import MEDIA_TYPE, SESSION_REVOKED, TOKEN_TYPE
from sessions_sandbox.seed import API, CUSTOM

SENDER = "idp.acme.test"
LISTENING = ("denylist", "not_before")
"""The ways of validation for which the API wants to know."""


def tell_of_token(server: AuthorizationServer, token: AccessToken) -> None:
    """Tell of an access token that counted until now; `token` is its row as it was before."""
    if token.revoked is not None or token.expires <= server.clock.now():
        return
    named: dict[str, Any] = {"format": "jwt_id", "iss": server.issuer, "jti": token.jti}
    if token.uid is not None:
        named = {"format": "complex", "session": named, "user": _user(server, token.uid)}
    _push(server, named)


def tell_of_user(server: AuthorizationServer, uid: str) -> None:
    """Tell that nothing counts any more that a user was given until now."""
    _push(server, _user(server, uid))


def _user(server: AuthorizationServer, uid: str) -> dict[str, Any]:
    return {"format": "iss_sub", "iss": server.issuer, "sub": uid}


def _push(server: AuthorizationServer, subject: dict[str, Any]) -> None:
    """Send the event, and log whether it was taken. The API has tokens of the Custom server only."""
    if server.switches.api_validation not in LISTENING or server.settings.name != CUSTOM.name:
        return
    now = server.clock.now()
    claims = {
        "iss": server.issuer,
        "jti": server.ids.make("security event"),
        "iat": now,
        "aud": server.settings.api,
        "sub_id": subject,
        "events": {SESSION_REVOKED: {"event_timestamp": now}},
    }
    event = server.id_token_keys.signing.sign(claims, typ=TOKEN_TYPE)
    headers = {"Content-Type": MEDIA_TYPE, "Accept": "application/json"}
    try:
        url = f"{API}/events"
        reply = send("POST", url, server.settings.api, SENDER, headers=headers, data=event)
        taken = reply.status_code == 202
    except requests.RequestException:
        taken = False
    server.log(f"security_event.{'taken' if taken else 'lost'}", detail=str(claims["jti"]))
