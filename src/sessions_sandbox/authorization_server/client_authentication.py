"""Which client is asking: client authentication at the token, introspection and revocation endpoints."""

import base64
import binascii
import hmac
from urllib.parse import unquote_plus

from werkzeug.wrappers import Request

from sessions_sandbox.authorization_server.server import AuthorizationServer
from sessions_sandbox.http_answers import OAuthError
from sessions_sandbox.seed import Client


def authenticate(server: AuthorizationServer, request: Request, form: dict[str, str]) -> Client:
    """The client of a request (RFC 6749 §2.3): by Basic, by `client_secret` in the form, or public by `client_id`.

    Raises `OAuthError` with `invalid_client`, or with `invalid_request` where two ways are used at once (§5.2).
    """
    header = request.headers.get("Authorization")
    if header is not None and "client_secret" in form:
        raise OAuthError("invalid_request", "Can't supply multiple client credentials in one request.")
    if header is not None:
        client_id, secret = _basic(header)
        if form.get("client_id", client_id) != client_id:
            raise OAuthError("invalid_request", "The client_id of the form is not the one of the header.")
        return _check(server, client_id, secret, **_challenge())
    if "client_id" not in form:
        raise OAuthError("invalid_client", "No client credentials found.", 401)
    return _check(server, form["client_id"], form.get("client_secret"))


def _check(server: AuthorizationServer, client_id: str, secret: str | None, **headers: str) -> Client:
    client = server.client(client_id)
    if client is not None and _matches(client.secret, secret):
        return client
    raise OAuthError("invalid_client", "The client credentials are invalid.", 401, **headers)


def _matches(registered: str | None, sent: str | None) -> bool:
    if registered is None:
        return sent is None
    return sent is not None and hmac.compare_digest(registered.encode(), sent.encode())


def _basic(header: str) -> tuple[str, str]:
    """Id and secret, which were form-urlencoded before they were joined (RFC 6749 §2.3.1)."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise OAuthError("invalid_client", "The Authorization header must be Basic.", 401, **_challenge())
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        decoded = ""
    client_id, colon, secret = decoded.partition(":")
    if not colon:
        raise OAuthError("invalid_client", "The Basic credentials cannot be read.", 401, **_challenge())
    return unquote_plus(client_id), unquote_plus(secret)


def _challenge() -> dict[str, str]:
    return {"WWW_Authenticate": 'Basic realm="idp.acme.test"'}
