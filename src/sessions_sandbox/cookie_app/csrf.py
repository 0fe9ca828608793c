"""Whether a request comes from the app's own pages, or from another site by way of the browser (CSRF).

The cookie does not tell: the browser adds it, whoever asked for the request.
"""

import hmac

from werkzeug.wrappers import Request

from sessions_sandbox.http_answers import form_parameters
from sessions_sandbox.records import AppSession


def carries_token(request: Request, session: AppSession) -> bool:
    """Whether the request holds the token of its session: in its form, or as `X-CSRF-Token`.

    Another origin cannot read it. Raises `OAuthError` for a body that is no form.
    """
    sent = request.headers.get("X-CSRF-Token") or form_parameters(request).get("csrf_token", "")
    return hmac.compare_digest(sent.encode(), session.csrf_token.encode())


def comes_from(origin: str, request: Request) -> bool:
    """Whether the browser says that a page of `origin` sent the request: no page can set these headers.

    `Sec-Fetch-Site` (Fetch Metadata) decides. A browser that does not know it sends `Origin` with a POST.
    Without either nobody knows, and so the answer is no.
    """
    site = request.headers.get("Sec-Fetch-Site")
    return request.headers.get("Origin") == origin if site is None else site == "same-origin"
