"""An API of orders. It serves whoever brings a good access token of the issuer that it is configured for."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import jwt
import requests
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

SCOPES = {"GET": "orders:read", "POST": "orders:write"}


# --8<-- [start:answer]
class OrdersApi:
    """`issuer` and `audience` come from your configuration; nothing here knows of a sandbox."""

    def __init__(self, issuer: str, audience: str) -> None:
        self.issuer = issuer
        self.audience = audience
        self.keys: jwt.PyJWKClient | None = None

    def answer(self, request: Request) -> Response:
        credentials = request.authorization
        if credentials is None or credentials.type != "bearer" or not credentials.token:
            return refuse(401)
        try:
            claims = self.verify(credentials.token)
        except (jwt.PyJWKClientConnectionError, requests.RequestException):
            return Response(status=503)
        except jwt.PyJWTError:
            return refuse(401, "invalid_token")
        if SCOPES.get(request.method) not in set(claims["scp"]):
            return refuse(403, "insufficient_scope")
        return Response(f"Orders of {claims['sub']}\n")
# --8<-- [end:answer]

    # --8<-- [start:verify]
    def verify(self, token: str) -> dict[str, Any]:
        """The claims of a good token. Raises PyJWTError for any other."""
        if self.keys is None:
            reply = requests.get(f"{self.issuer}/.well-known/openid-configuration", timeout=5)
            reply.raise_for_status()
            self.keys = jwt.PyJWKClient(reply.json()["jwks_uri"], timeout=5)
        claims: dict[str, Any] = jwt.decode(
            token,
            self.keys.get_signing_key_from_jwt(token),
            ["RS256"],
            issuer=self.issuer,
            audience=self.audience,
            options={"require": ["exp", "sub", "scp"]},
        )
        return claims

    # --8<-- [end:verify]

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """The API as a WSGI application."""
        return self.answer(Request(environ))(environ, start_response)


def refuse(status: int, error: str | None = None) -> Response:
    """A refusal with its challenge (RFC 6750 §3)."""
    challenge = 'Bearer realm="orders"' + (f', error="{error}"' if error else "")
    return Response(status=status, headers={"WWW-Authenticate": challenge})
