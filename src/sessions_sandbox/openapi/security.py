"""How a caller shows who it is, as OpenAPI names it."""

from typing import Any

SECURITY_SCHEMES: dict[str, Any] = {
    "client": {
        "type": "http",
        "scheme": "basic",
        "description": "Id and secret of a client (RFC 6749 §2.3.1); or both in the form.",
    },
    "access_token": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An access token (RFC 6750 §2.1)",
    },
    "idp_session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-idp_sid",
        "description": "The browser's session at the identity provider",
    },
    "app_session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-sid",
        "description": "The browser's session at the cookie app",
    },
    "bff_session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-bff",
        "description": "The browser's session at the backend for frontend",
    },
}
CLIENT: list[dict[str, list[str]]] = [{"client": []}, {}]
"""A client by Basic, or by what stands in its form."""
ACCESS_TOKEN: list[dict[str, list[str]]] = [{"access_token": []}]
IDP_SESSION: list[dict[str, list[str]]] = [{"idp_session": []}, {}]
BFF_SESSION: list[dict[str, list[str]]] = [{"bff_session": []}]
APP_SESSION: list[dict[str, list[str]]] = [{"app_session": []}, {}]
