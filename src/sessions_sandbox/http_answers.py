"""Answers that several servers give, and the reading of what they are sent."""

import json
import re
from urllib.parse import parse_qsl, urlencode

from werkzeug.wrappers import Request, Response

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
FORM = "application/x-www-form-urlencoded"
MOST_PARAMETERS = 100
NO_PARAMETER_NAME = re.compile(r"[^A-Za-z0-9_.-]")
PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


class OAuthError(Exception):
    """An answer of RFC 6749 §5.2: `error`, `error_description`, and the HTTP status that goes with it."""

    def __init__(
        self, error: str, description: str, status: int = 400, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description
        self.status = status
        self.headers = headers or {}

    def response(self) -> Response:
        body = {"error": self.error, "error_description": self.description}
        return json_response(body, self.status, {**NO_STORE, **self.headers})


def json_response(body: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """`body` as JSON."""
    return Response(json.dumps(body), status, headers, content_type="application/json")


def html_page(title: str, body: str, status: int = 200) -> Response:
    """A small page of ours, not to be framed (RFC 9700 §4.16). `body` is HTML, already escaped."""
    text = f'<!doctype html><html lang="en"><title>{title}</title><h1>{title}</h1>{body}</html>'
    return Response(text, status, PAGE_HEADERS, content_type="text/html; charset=utf-8")


def see_other(uri: str, answer: dict[str, str]) -> Response:
    """Send the browser to a client, by GET: 303, never 307 (RFC 9700 §4.12).

    A query that the URI was registered with stays (RFC 6749 §3.1.2).
    """
    location = f"{uri}{'&' if '?' in uri else '?'}{urlencode(answer)}" if answer else uri
    headers = {"Location": location, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return Response(status=303, headers=headers)


def parameters(encoded: bytes) -> dict[str, str]:
    """Urlencoded parameters, each at most once; one without a value counts as absent (RFC 6749 §3.1, §3.2).

    Raises `OAuthError` with `invalid_request` when one is repeated, or when they are not UTF-8 (Appendix B).
    """
    try:
        pairs = parse_qsl(
            encoded.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS
        )
    except ValueError as error:
        text = f"The parameters cannot be read: they must be urlencoded UTF-8, {MOST_PARAMETERS} at most."
        raise OAuthError("invalid_request", text) from error
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        shown = NO_PARAMETER_NAME.sub("?", repeated)[:40]
        raise OAuthError("invalid_request", f"The {shown} parameter is repeated.")
    return {name: value for name, value in values.items() if value}


def form_parameters(request: Request) -> dict[str, str]:
    """The form of a POST. Another kind of body is refused (RFC 6749 §3.2, RFC 7662 §2.1, RFC 7009 §2.1).

    Raises `OAuthError` with `invalid_request`, as `parameters` does.
    """
    if request.mimetype != FORM:
        raise OAuthError("invalid_request", f"The request body must be {FORM}.")
    return parameters(request.get_data())


def bearer_token(request: Request) -> str | None:
    """The token of an `Authorization: Bearer` header (RFC 6750 §2.1); the scheme's case does not matter."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def bearer_challenge(realm: str, error: str | None = None, **attributes: str) -> dict[str, str]:
    """The `WWW-Authenticate` header of RFC 6750 §3. Without credentials sent, it names no error (§3.1)."""
    values = {"realm": realm, **({"error": error} if error else {}), **attributes}
    return {"WWW-Authenticate": "Bearer " + ", ".join(f'{name}="{value}"' for name, value in values.items())}
