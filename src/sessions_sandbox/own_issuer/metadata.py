"""Where the endpoints of an issuer are, as it says itself (RFC 8414, OpenID Connect Discovery 1.0)."""

from typing import Any
from urllib.parse import urlsplit

import requests

from sessions_sandbox.errors import NotAtThisIssuer, SandboxError
from sessions_sandbox.own_issuer.settings import is_protected

REQUIRED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
TIMEOUT_SECONDS = 10


class Metadata(dict[str, Any]):
    """The metadata of an issuer by their names (RFC 8414 §2). A missing one raises `NotAtThisIssuer`."""

    def __missing__(self, name: str) -> Any:
        raise NotAtThisIssuer(f"{self['issuer']} publishes no {name}, and this needs one")


def discover(issuer: str) -> Metadata:
    """Fetch the metadata of an issuer.

    First where OpenID Connect Discovery 1.0 §4 has it, then where RFC 8414 §3 has it; redirects are not
    followed. Raises `SandboxError` when none is there, when it is the metadata of another issuer (RFC 8414
    §3.3), or when an endpoint is missing or not protected by TLS.
    """
    for url in _addresses(issuer):
        try:
            reply = requests.get(url, timeout=TIMEOUT_SECONDS, allow_redirects=False)
            found = reply.json() if reply.status_code == 200 else None
        except requests.JSONDecodeError as error:
            raise SandboxError(f"{url} answers with something that is no JSON") from error
        except requests.RequestException as error:
            raise SandboxError(f"{url} cannot be reached: {error}") from error
        if found is not None:
            return _checked(found, url, issuer)
    raise SandboxError(
        f"{issuer} publishes no metadata: neither {' nor '.join(_addresses(issuer))} answers with 200"
    )


def _addresses(issuer: str) -> tuple[str, str]:
    parts = urlsplit(issuer)
    path = parts.path.rstrip("/")
    origin = f"{parts.scheme}://{parts.netloc}"
    return (
        f"{origin}{path}/.well-known/openid-configuration",
        f"{origin}/.well-known/oauth-authorization-server{path}",
    )


def _checked(found: object, url: str, issuer: str) -> Metadata:
    if not isinstance(found, dict) or found.get("issuer") != issuer:
        named = found.get("issuer") if isinstance(found, dict) else None
        raise SandboxError(
            f"{url} is the metadata of the issuer {named!r}, not of {issuer!r}: the two must be the same, "
            "letter by letter"
        )
    endpoints = {name: where for name, where in found.items() if name.endswith(("_endpoint", "jwks_uri"))}
    for name in REQUIRED:
        if name not in endpoints:
            raise SandboxError(f"{url} names no {name}")
    for name, where in endpoints.items():
        if not isinstance(where, str) or not is_protected(where):
            raise SandboxError(f"{url} has the {name} {where!r}, which is no https URL")
    return Metadata(found)
