"""Which client is asking: client authentication at the token, introspection and revocation endpoints."""

import base64
import hmac
from urllib.parse import unquote_plus

from werkzeug.wrappers import Request

from sessions_sandbox.authorization_server.server import AuthorizationServer
from sessions_sandbox.http_answers import OAuthError
from sessions_sandbox.seed import Client

CHALLENGE = {"WWW-Authenticate": 'Basic realm="idp.acme.test"'}


def authenticate(server: AuthorizationServer, request: Request, form: dict[str, str]) -> Client:
    """The client of a request (RFC 6749 §2.3): by Basic, by secret in the form, or by `client_id` alone.

    Raises `OAuthError`: `invalid_client`, also for a way that is not supported, or `invalid_request` where
    two ways are used at once (§5.2).
    """
    header = request.headers.get("Authorization")
    asserted = "client_assertion" in form or "client_assertion_type" in form
    if (header is not None) + ("client_secret" in form) + asserted > 1:
        raise OAuthError("invalid_request", "Can't supply multiple client credentials in one request.")
    if asserted:
        raise _invalid_client("A client_assertion is not supported here.")
    if header is not None:
        client_id, secret = _basic(header)
        if form.get("client_id", client_id) != client_id:
            raise OAuthError("invalid_request", "The client_id of the form is not the one of the header.")
        return _check(server, client_id, secret)
    if "client_id" not in form:
        raise _invalid_client("No client credentials found.")
    return _check(server, form["client_id"], form.get("client_secret"))


def _check(server: AuthorizationServer, client_id: str, secret: str | None) -> Client:
    client = server.client(client_id)
    if client is not None and _matches(client.secret, secret):
        return client
    raise _invalid_client("The client credentials are invalid.")


def _matches(registered: str | None, sent: str | None) -> bool:
    if registered is None:
        return sent is None
    return sent is not None and hmac.compare_digest(registered.encode(), sent.encode())


def _basic(header: str) -> tuple[str, str | None]:
    """Id and secret, which were form-urlencoded before they were joined (RFC 6749 §2.3.1).

    Okta's own client for browsers sends the id of a public client without a colon: that is no secret.
    """
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise _invalid_client("The Authorization header must be Basic.")
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode()
    except ValueError:
        decoded = ""
    client_id, colon, secret = decoded.partition(":")
    if not client_id:
        raise _invalid_client("The Basic credentials cannot be read.")
    return unquote_plus(client_id), unquote_plus(secret) if colon else None


def _invalid_client(description: str) -> OAuthError:
    """A 401 always carries a challenge (RFC 9110 §15.5.2), also to a client that did not try Basic."""
    return OAuthError("invalid_client", description, 401, CHALLENGE)
