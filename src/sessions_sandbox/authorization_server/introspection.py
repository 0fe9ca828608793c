"""The introspection endpoint (RFC 7662): is this token active, and what does it say?"""

from typing import Any

from werkzeug.wrappers import Request, Response

from sessions_sandbox.authorization_server.client_authentication import authenticate
from sessions_sandbox.authorization_server.refresh import expiry, is_alive
from sessions_sandbox.authorization_server.server import AuthorizationServer
from sessions_sandbox.authorization_server.tokens import (
    active_grant,
    find_access_token,
    find_refresh_token,
    read_access_token,
    verified_id_token,
)
from sessions_sandbox.http_answers import NO_STORE, OAuthError, form_parameters, json_response
from sessions_sandbox.seed import Client

JWT_ANSWER = "application/token-introspection+jwt"
INACTIVE: dict[str, Any] = {"active": False}
ID_TOKEN_CLAIMS = ["aud", "exp", "iat", "iss", "jti", "sub"]


def introspect(server: AuthorizationServer, request: Request) -> Response:
    """Answer an authenticated client. Whatever is wrong with a token, the answer is the same (§2.2)."""
    form = form_parameters(request)
    client = authenticate(server, request, form)
    if "token" not in form:
        raise OAuthError("invalid_request", "The `token` parameter is required.")
    token = form["token"]
    found = _access_token(server, token) or _refresh_token(server, token) or _id_token(server, token)
    answer = found or INACTIVE
    entitled = client.secret is not None or answer.get("client_id") == client.id
    told = answer if entitled else INACTIVE
    wants_jwt = request.accept_mimetypes.best_match(["application/json", JWT_ANSWER]) == JWT_ANSWER
    if server.switches.jwt_introspection and wants_jwt and client.secret is not None:
        return _signed(server, client, told)
    return json_response(told, headers=NO_STORE)


def _signed(server: AuthorizationServer, client: Client, answer: dict[str, Any]) -> Response:
    """The answer as a JWT for the one who asked (RFC 9701 §5). Not a feature of Okta.

    Its type, and that it has neither `sub` nor `exp` at its top, keep it from being taken for a token (§8.1).
    """
    claims = {
        "iss": server.issuer,
        "aud": client.id,
        "iat": server.clock.now(),
        "token_introspection": answer,
    }
    signed = server.id_token_keys.signing.sign(claims, typ="token-introspection+jwt")
    return Response(signed, 200, NO_STORE, content_type=JWT_ANSWER)


def _access_token(server: AuthorizationServer, token: str) -> dict[str, Any] | None:
    if server.switches.introspection_sees_revocation:
        record = read_access_token(server, token)
    else:
        record = find_access_token(server, token)
    if record is None or record.expires <= server.clock.now():
        return None
    user = {"username": record.subject, "uid": record.uid} if record.uid else {}
    bound = {"cnf": {"jkt": record.jkt}} if record.jkt else {}
    return {
        "active": True,
        "token_type": "DPoP" if record.jkt else "Bearer",
        "scope": record.scope,
        "client_id": record.client_id,
        **user,
        "exp": record.expires,
        "iat": record.issued,
        "sub": record.subject,
        "aud": record.audience,
        "iss": server.issuer,
        "jti": record.jti,
        **bound,
    }


def _refresh_token(server: AuthorizationServer, token: str) -> dict[str, Any] | None:
    found = find_refresh_token(server, token)
    if found is None or found[0].generation != found[1].live or not is_alive(server, found[1]):
        return None
    family = found[1]
    grant = active_grant(server, family.grant_id)
    user = server.user(grant.uid) if grant else None
    if grant is None or user is None:
        return None
    return {
        "active": True,
        "token_type": "Bearer",
        "scope": grant.scope,
        "client_id": family.client_id,
        "username": user.login,
        "exp": expiry(family),
        "sub": user.login,
    }


def _id_token(server: AuthorizationServer, token: str) -> dict[str, Any] | None:
    """An ID token is known by its signature and its expiry alone: no row is kept of it."""
    claims = verified_id_token(server, token, ID_TOKEN_CLAIMS)
    if claims is None:
        return None
    user, client = server.user(claims["sub"]), server.client(claims["aud"])
    if user is None or client is None or not claims["jti"].startswith("ID."):
        return None
    shared = {name: claims[name] for name in ID_TOKEN_CLAIMS}
    return {"active": True, "token_type": "Bearer", "client_id": client.id, "username": user.login, **shared}
