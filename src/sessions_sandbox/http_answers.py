"""Answers that several servers give, and the reading of what they are sent."""

import json
from typing import Any

from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Request, Response

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
FORM = "application/x-www-form-urlencoded"


class OAuthError(Exception):
    """An answer of RFC 6749 §5.2: `error`, `error_description`, and the HTTP status that goes with it."""

    def __init__(self, error: str, description: str, status: int = 400, **headers: str) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description
        self.status = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def response(self) -> Response:
        body = {"error": self.error, "error_description": self.description}
        return json_response(body, self.status, {**NO_STORE, **self.headers})


def json_response(body: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """`body` as JSON."""
    return Response(json.dumps(body), status, headers, content_type="application/json")


def html_page(title: str, body: str, status: int = 200) -> Response:
    """A small page of ours. `body` is HTML, already escaped."""
    text = f'<!doctype html><html lang="en"><title>{title}</title><h1>{title}</h1>{body}</html>'
    return Response(
        text, status, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}, content_type="text/html"
    )


def single_values(parameters: MultiDict[str, str]) -> dict[str, str]:
    """The parameters of a request, each at most once (RFC 6749 §3.1, §3.2); an empty value counts as absent."""
    for name, values in parameters.lists():
        if len(values) > 1:
            raise OAuthError("invalid_request", f"The parameter {name!r} is repeated.")
    return {name: value for name, value in parameters.items() if value}


def form_parameters(request: Request) -> dict[str, str]:
    """The form of a POST. Anything but a urlencoded form is refused (RFC 6749 §3.2, RFC 7662 §2.1, RFC 7009 §2.1)."""
    if request.mimetype != FORM:
        raise OAuthError("invalid_request", f"The request body must be {FORM}.")
    return single_values(request.form)


def bearer_token(request: Request) -> str | None:
    """The token of an `Authorization: Bearer` header (RFC 6750 §2.1); the scheme's case does not matter."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def bearer_challenge(realm: str, error: str | None = None, **attributes: str) -> dict[str, str]:
    """The `WWW-Authenticate` header of RFC 6750 §3. Without credentials in the request it names no error (§3.1)."""
    values: dict[str, Any] = {"realm": realm, **({"error": error} if error else {}), **attributes}
    return {"WWW-Authenticate": "Bearer " + ", ".join(f'{name}="{value}"' for name, value in values.items())}
