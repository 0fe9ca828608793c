"""The keys that verify what this server signs (RFC 7517 §5)."""

from werkzeug.wrappers import Request, Response

from sessions_sandbox.authorization_server.server import AuthorizationServer
from sessions_sandbox.http_answers import json_response


def keys(server: AuthorizationServer, request: Request) -> Response:
    """`GET /v1/keys`: the public keys, those that come next included; their order says nothing.

    A client that has them already gets 304 (`If-None-Match`, RFC 9110 §13.1.2).
    """
    published = {
        key.kid: key.public_jwk for ring in (server.id_token_keys, server.keys) for key in ring.published
    }
    if server.switches.org_key_published:
        published[server.keys.signing.kid] = server.keys.signing.public_jwk
    headers = {"Cache-Control": "max-age=3600, must-revalidate", "Access-Control-Allow-Origin": "*"}
    response = json_response({"keys": list(published.values())}, headers=headers)
    response.add_etag()
    response.make_conditional(request)
    return response
