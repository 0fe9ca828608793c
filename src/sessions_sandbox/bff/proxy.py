"""Passing a page's requests on to the API, with the access token in the place of the cookie."""

import requests
from werkzeug.wrappers import Request, Response

from sessions_sandbox.bff.provider import SENDER
from sessions_sandbox.http_answers import NO_STORE, json_response
from sessions_sandbox.outgoing import send
from sessions_sandbox.seed import API

PREFIX = "/bff/api/"
ALLOWED = {"/bff/api/orders": f"{API}/orders", "/bff/api/payments": f"{API}/payments"}
"""Where a path leads, and nothing else leads anywhere (RFC 10017 §6.1.3.6)."""
SENT_ON = ("Accept", "Content-Type")
SENT_BACK = ("Content-Type", "WWW-Authenticate", "Allow", "Retry-After")
"""Headers that are passed on. Cookies are not, in either direction."""


def forward(request: Request, api: str, access_token: str) -> Response:
    """The API's answer; `api`: its origin. 404 for a path that leads nowhere, 502 when the API is down."""
    url = ALLOWED.get(request.path)
    if url is None:
        return json_response({"error": "not_found"}, 404, NO_STORE)
    headers = {name: request.headers[name] for name in SENT_ON if name in request.headers}
    headers["Authorization"] = f"Bearer {access_token}"
    try:
        reply = send(
            request.method,
            url,
            api,
            SENDER,
            headers=headers,
            params=request.query_string,
            data=request.get_data(),
        )
    except requests.RequestException:
        return json_response({"error": "api_unreachable"}, 502, NO_STORE)
    answer = {name: reply.headers[name] for name in SENT_BACK if name in reply.headers}
    return Response(reply.content, reply.status_code, {**answer, **NO_STORE})
