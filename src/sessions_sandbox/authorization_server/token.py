"""The token endpoint (RFC 6749 §3.2): a code, a refresh token or a client's own credentials become tokens."""

import base64
import hashlib
import hmac
import re
from dataclasses import replace
from typing import Any

from werkzeug.wrappers import Request, Response

from sessions_sandbox.authorization_server import dpop
from sessions_sandbox.authorization_server.client_authentication import authenticate
from sessions_sandbox.authorization_server.refresh import redeem, start_family
from sessions_sandbox.authorization_server.server import AuthorizationServer
from sessions_sandbox.authorization_server.tokens import (
    active_grant,
    mint_access_token,
    mint_id_token,
    revoke_grant,
)
from sessions_sandbox.http_answers import NO_STORE, OAuthError, form_parameters, json_response
from sessions_sandbox.ids import fingerprint
from sessions_sandbox.records import AuthorizationCode
from sessions_sandbox.seed import Client

VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def token(server: AuthorizationServer, request: Request) -> Response:
    """Authenticate the client, then serve the grant asked for; a DPoP proof binds the tokens to a key."""
    form = form_parameters(request)
    client = authenticate(server, request, form)
    grants = {
        "authorization_code": _authorization_code,
        "refresh_token": redeem,
        "client_credentials": _client_credentials,
    }
    asked = form.get("grant_type")
    if asked is None:
        raise OAuthError("invalid_request", "The grant_type parameter is required.")
    if asked not in grants:
        raise OAuthError("unsupported_grant_type", "The grant_type is not supported here.")
    if asked not in client.grant_types:
        raise OAuthError("unauthorized_client", "The client may not use this grant_type.")
    jkt = dpop.key_of(server, request)
    nonce = dpop.proof_checker(server).nonce_header() if jkt else {}
    return json_response(grants[asked](server, client, form, jkt), headers={**NO_STORE, **nonce})


def _authorization_code(
    server: AuthorizationServer, client: Client, form: dict[str, str], jkt: str | None
) -> dict[str, Any]:
    """RFC 6749 §4.1.3 with RFC 7636 §4.6. A second use of a code ends what the first one gave (§4.1.2)."""
    for name in ("code", "redirect_uri"):
        if name not in form:
            raise OAuthError("invalid_request", f"The {name} parameter is required.")
    code = server.store.get(AuthorizationCode, fingerprint(form["code"]))
    if code is None or code.server != server.settings.name or code.expires <= server.clock.now():
        raise _invalid_code()
    if code.client_id != client.id:
        raise OAuthError("invalid_grant", "The authorization code was issued to another client.")
    if form["redirect_uri"] != code.redirect_uri:
        raise OAuthError("invalid_grant", "The redirect_uri is not the one of the authorization request.")
    _check_verifier(code, form.get("code_verifier"))
    dpop.check_code(code, jkt)
    if not server.store.replace(replace(code, used=False), replace(code, used=True)):
        revoke_grant(server, code.grant_id)
        raise _invalid_code()
    grant = active_grant(server, code.grant_id)
    user = server.user(grant.uid) if grant else None
    if grant is None or user is None:
        raise _invalid_code()
    access_token = mint_access_token(server, client, grant.scope, grant, jkt)
    answer = token_response(server, access_token, grant.scope, jkt)
    if "offline_access" in grant.scope.split() and "refresh_token" in client.grant_types:
        answer["refresh_token"] = start_family(server, client, grant, jkt)
    if "openid" in grant.scope.split():
        answer["id_token"] = mint_id_token(server, client, user, grant, code.nonce, access_token)
    return answer


def _check_verifier(code: AuthorizationCode, verifier: str | None) -> None:
    """That the sender is the one who began: SHA-256 of the verifier is the challenge (RFC 7636 §4.6)."""
    if code.code_challenge is None:
        if verifier is not None:
            raise OAuthError(
                "invalid_grant", "A code_verifier was sent, but no code_challenge came before it."
            )
        return
    if verifier is None or not VERIFIER.fullmatch(verifier):
        raise OAuthError("invalid_grant", "PKCE verification failed.")
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).rstrip(b"=")
    if not hmac.compare_digest(challenge, code.code_challenge.encode("ascii")):
        raise OAuthError("invalid_grant", "PKCE verification failed.")


def _client_credentials(
    server: AuthorizationServer, client: Client, form: dict[str, str], jkt: str | None
) -> dict[str, Any]:
    """RFC 6749 §4.4: the client acts for itself, so there is no user, no refresh token and no ID token."""
    scopes = form.get("scope", "").split()
    if not scopes:
        raise OAuthError("invalid_scope", "No scopes were requested.")
    if any(scope not in server.settings.api_scopes for scope in scopes):
        raise OAuthError("invalid_scope", "A scope cannot be had with client_credentials.")
    scope = " ".join(dict.fromkeys(scopes))
    return token_response(server, mint_access_token(server, client, scope, None, jkt), scope, jkt)


def token_response(
    server: AuthorizationServer, access_token: str, scope: str, jkt: str | None
) -> dict[str, Any]:
    """The members of RFC 6749 §5.1; `expires_in` in seconds. A bound token's type is DPoP (RFC 9449 §5)."""
    return {
        "token_type": "DPoP" if jkt else "Bearer",
        "expires_in": server.lifetimes.access_token_seconds,
        "access_token": access_token,
        "scope": scope,
    }


def _invalid_code() -> OAuthError:
    return OAuthError("invalid_grant", "The authorization code is invalid or has expired.")
