"""What a client asks of the authorization endpoint, and whether that is in order (RFC 6749 §4.1.1)."""

import re
from dataclasses import dataclass

from sessions_sandbox.authorization_server import dpop
from sessions_sandbox.authorization_server.server import AuthorizationServer
from sessions_sandbox.authorization_server.tokens import verified_id_token
from sessions_sandbox.http_answers import OAuthError
from sessions_sandbox.seed import Client

LOOPBACK = "http://127.0.0.1"
S256_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
NOT_SUPPORTED = ("request", "request_uri", "registration")
"""Each has an error of its own (OpenID Connect Core 1.0 §3.1.2.6)."""


@dataclass(frozen=True)
class AuthorizationRequest:
    """A request that was found in order."""

    client_id: str
    redirect_uri: str
    scope: str
    state: str
    nonce: str | None
    code_challenge: str | None
    prompt: str
    max_age: int | None
    dpop_jkt: str | None = None
    sub: str | None = None
    """The only user to answer for: that of the `id_token_hint`."""


def client_and_redirect(server: AuthorizationServer, sent: dict[str, str]) -> tuple[Client, str]:
    """The client and where to send the browser; nothing may be sent to an address that is not registered
    (RFC 9700 §4.1.3: exact comparison; RFC 8252 §7.3: the port of a loopback address may vary)."""
    client = server.client(sent.get("client_id"))
    if client is None or client.redirect_uri is None:
        raise OAuthError("invalid_request", "The client_id is not one of a client that signs users in here.")
    redirect_uri = sent.get("redirect_uri", "")
    if not any(uri == redirect_uri or _same_but_for_port(redirect_uri, uri) for uri in client.redirect_uris):
        raise OAuthError("invalid_request", "The redirect_uri is not one that this client has registered.")
    return client, redirect_uri


def _same_but_for_port(sent: str, registered: str) -> bool:
    path = registered.removeprefix(LOOPBACK)
    return (
        path != registered
        and re.fullmatch(f"{re.escape(LOOPBACK)}:[0-9]{{1,5}}{re.escape(path)}", sent) is not None
    )


def checked(
    server: AuthorizationServer, client: Client, redirect_uri: str, sent: dict[str, str]
) -> AuthorizationRequest:
    """The rest of the request; what is wrong with it, the client is told (RFC 6749 §4.1.2.1).

    `unsupported_response_mode` is an error of Okta's own.
    """
    for name in NOT_SUPPORTED:
        if name in sent:
            raise OAuthError(f"{name}_not_supported", f"The {name} parameter is not supported here.")
    if "state" not in sent:
        raise OAuthError("invalid_request", "The state parameter is required.")
    if "response_type" not in sent:
        raise OAuthError("invalid_request", "The response_type parameter is required.")
    if sent["response_type"] != "code":
        raise OAuthError("unsupported_response_type", "The response_type must be code.")
    if sent.get("response_mode", "query") != "query":
        raise OAuthError("unsupported_response_mode", "The response_mode must be query.")
    prompts = sent.get("prompt", "").split()
    if "none" in prompts and len(prompts) > 1:
        raise OAuthError("invalid_request", "The prompt none stands alone.")
    max_age = sent.get("max_age")
    if max_age is not None and not re.fullmatch(r"[0-9]{1,9}", max_age):
        raise OAuthError("invalid_request", "The max_age must be a number of seconds.")
    return AuthorizationRequest(
        client_id=client.id,
        redirect_uri=redirect_uri,
        scope=_scope(server, sent.get("scope", "")),
        state=sent["state"],
        nonce=sent.get("nonce"),
        code_challenge=_challenge(client, sent),
        prompt=" ".join(prompts),
        max_age=None if max_age is None else int(max_age),
        dpop_jkt=dpop.asked_key(sent),
        sub=_hinted_user(server, client, sent.get("id_token_hint")),
    )


def _hinted_user(server: AuthorizationServer, client: Client, hint: str | None) -> str | None:
    """The user of an ID token of this client, which may have expired (OpenID Connect Core 1.0 §3.1.2.1)."""
    if hint is None:
        return None
    claims = verified_id_token(server, hint, ["aud", "sub", "jti"], verify_exp=False)
    if claims is None or claims["aud"] != client.id or not claims["jti"].startswith("ID."):
        raise OAuthError("invalid_request", "The id_token_hint is not an ID token of this client and server.")
    return str(claims["sub"])


def _scope(server: AuthorizationServer, asked: str) -> str:
    scopes = list(dict.fromkeys(asked.split()))
    if not scopes:
        raise OAuthError("invalid_scope", "No scopes were requested.")
    if not set(scopes) <= set(server.scopes):
        raise OAuthError(
            "invalid_scope", f"A scope is unknown here; the scopes are {' '.join(server.scopes)}."
        )
    return " ".join(scopes)


def _challenge(client: Client, sent: dict[str, str]) -> str | None:
    """The PKCE challenge (RFC 7636 §4.3). Public clients must send one, and `plain` protects nobody."""
    challenge = sent.get("code_challenge")
    if challenge is None and client.secret is None:
        raise OAuthError("invalid_request", "PKCE code challenge is required: send code_challenge.")
    if challenge is None:
        return None
    if sent.get("code_challenge_method") != "S256":
        raise OAuthError("invalid_request", "The code_challenge_method must be S256.")
    if not S256_CHALLENGE.fullmatch(challenge):
        raise OAuthError("invalid_request", "The code_challenge must be the base64url of a SHA-256.")
    return challenge
