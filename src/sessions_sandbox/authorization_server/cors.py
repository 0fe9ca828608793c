"""Which pages of other origins may call the token endpoint and its neighbours (CORS, of the Fetch standard).

Those of the registered clients, much as with Okta's list of trusted origins. Never at the authorization
endpoint, to which the browser itself goes (RFC 9700 §2.6).
"""

from urllib.parse import urlsplit

from werkzeug.wrappers import Request, Response

from sessions_sandbox.seed import APP, CLIENTS

METHODS = {"token": "POST", "introspect": "POST", "revoke": "POST", "userinfo": "GET, POST"}
ORIGINS = {
    f"https://{urlsplit(client.redirect_uri).netloc}"
    for client in CLIENTS
    if client.redirect_uri and client.redirect_uri.startswith("https:")
}


def preflight(request: Request) -> Response | None:
    """The answer to a browser that asks beforehand which methods and headers a page may send."""
    methods = _methods(request)
    if request.method != "OPTIONS" or methods is None:
        return None
    allowed = {
        "Access-Control-Allow-Methods": methods,
        "Access-Control-Allow-Headers": "Authorization, Content-Type",
    }
    return Response(status=204, headers=allowed)


def allow_origin(request: Request, response: Response, app: str = APP) -> Response:
    """Let the page that sent the request read the answer, if it is a client's; `app`: the app's origin."""
    if _methods(request) is not None:
        response.headers["Vary"] = "Origin"
        origin = request.headers.get("Origin")
        if origin is not None and origin in {*ORIGINS, app}:
            response.headers["Access-Control-Allow-Origin"] = origin
    return response


def _methods(request: Request) -> str | None:
    """The methods of an endpoint that pages may call; `None` for every other."""
    return METHODS.get(request.path.rpartition("/v1/")[2])
