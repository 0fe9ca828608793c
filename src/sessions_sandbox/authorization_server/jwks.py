"""The keys that verify what this server signs (RFC 7517 §5)."""

from werkzeug.wrappers import Request, Response

from sessions_sandbox.authorization_server.server import AuthorizationServer
from sessions_sandbox.http_answers import json_response


def keys(server: AuthorizationServer, request: Request) -> Response:
    """`GET /v1/keys`: the public keys, those that come next included; their order says nothing.

    The time that a client may keep them ends, at the latest, with the next planned step of their rotation.
    A client that has them already gets 304 (`If-None-Match`, RFC 9110 §13.1.2).
    """
    if server.switches.jwks_down:
        return Response("The keys cannot be had.", 503, {"Retry-After": "5"})
    published = {key.kid: key.public_jwk for key in server.id_token_keys.published}
    if server.switches.org_key_published:
        published[server.keys.signing.kid] = server.keys.signing.public_jwk
    headers = {
        "Cache-Control": f"max-age={server.id_token_keys.max_age}, must-revalidate",
        "Access-Control-Allow-Origin": "*",
    }
    response = json_response({"keys": list(published.values())}, headers=headers)
    response.add_etag()
    response.make_conditional(request)
    return response
