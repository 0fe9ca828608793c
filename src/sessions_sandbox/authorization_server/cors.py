"""Which pages of other origins may call the token endpoint and its neighbours (CORS, of the Fetch standard).

Those of the registered clients' redirect URIs, much as with Okta's list of trusted origins. Never at the
authorization endpoint, to which the browser itself goes (RFC 9700 §2.6). Metadata and keys are for all pages.
"""

from collections.abc import Container
from urllib.parse import urlsplit

from werkzeug.wrappers import Request, Response

from sessions_sandbox.seed import APP, CLIENTS

METHODS = {"token": "POST", "introspect": "POST", "revoke": "POST", "userinfo": "GET, POST"}
HEADERS = "Authorization, Content-Type, DPoP, X-Okta-User-Agent-Extended"
"""The last one is what Okta's own client for browsers adds to each request."""
EXPOSED = (
    "DPoP-Nonce, Retry-After, WWW-Authenticate, "
    "X-Rate-Limit-Limit, X-Rate-Limit-Remaining, X-Rate-Limit-Reset"
)
"""What a page needs to go on: the next nonce, why it was refused, and when to come back."""
ORIGINS = {
    f"https://{urlsplit(client.redirect_uri).netloc}"
    for client in CLIENTS
    if client.redirect_uri and client.redirect_uri.startswith("https:")
}


def preflight(request: Request) -> Response | None:
    """The answer to a browser that asks beforehand which methods and headers a page may send."""
    public = request.path.endswith("/v1/keys") or "/.well-known/" in request.path
    methods = "GET" if public else _methods(request)
    if request.method != "OPTIONS" or methods is None:
        return None
    allowed = {"Access-Control-Allow-Methods": methods, "Access-Control-Allow-Headers": HEADERS}
    if public:
        allowed["Access-Control-Allow-Origin"] = "*"
    return Response(status=204, headers=allowed)


def allow_origin(request: Request, response: Response, others: Container[str] = (APP,)) -> Response:
    """Let the page that sent the request read the answer, if it is a client's.

    `others`: the origins of pages beside those of the seed data's clients.
    """
    if _methods(request) is not None:
        response.headers["Vary"] = "Origin"
        origin = request.headers.get("Origin", "")
        if origin in ORIGINS or origin in others:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = EXPOSED
    return response


def _methods(request: Request) -> str | None:
    """The methods of an endpoint that pages may call; `None` for every other."""
    return METHODS.get(request.path.rpartition("/v1/")[2])
