"""What the environment says of your authorization server, and of the client that you registered there."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from sessions_sandbox.default import ISSUER_VARIABLE
from sessions_sandbox.errors import SandboxError

CLIENT_ID_VARIABLE = "SESSIONS_CLIENT_ID"
CLIENT_SECRET_VARIABLE = "SESSIONS_CLIENT_SECRET"
REDIRECT_URI_VARIABLE = "SESSIONS_REDIRECT_URI"
LISTENING_HOSTS = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class OwnSettings:
    """An issuer, and a client of it. `client_secret` is `None` for a public client."""

    issuer: str
    client_id: str
    client_secret: str | None
    redirect_uri: str


def settings_from(environment: Mapping[str, str]) -> OwnSettings:
    """Read the four variables; the issuer is there.

    Raises `SandboxError` when one is missing, when the issuer is no https URL without query and fragment
    (RFC 8414 §2; plain http is good enough on loopback), or when a redirect URI on loopback has no port.
    """
    missing = [name for name in (CLIENT_ID_VARIABLE, REDIRECT_URI_VARIABLE) if not environment.get(name)]
    if missing:
        raise SandboxError(
            f"to use your own authorization server, set {' and '.join(missing)} too; "
            f"to use the sandbox, unset {ISSUER_VARIABLE}"
        )
    issuer, redirect_uri = environment[ISSUER_VARIABLE], environment[REDIRECT_URI_VARIABLE]
    if not is_protected(issuer) or "?" in issuer or "#" in issuer:
        raise SandboxError(
            f"{ISSUER_VARIABLE} is {issuer!r}: an issuer is an https URL without query and fragment; "
            "plain http is for an issuer on this machine only"
        )
    _check_redirect_uri(redirect_uri)
    secret = environment.get(CLIENT_SECRET_VARIABLE) or None
    return OwnSettings(issuer, environment[CLIENT_ID_VARIABLE], secret, redirect_uri)


def is_protected(url: str) -> bool:
    """Whether what is sent there is https, or plain http that does not leave this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    on_loopback = host in LISTENING_HOSTS or host.endswith(".localhost")
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and on_loopback))


def comes_here(redirect_uri: str) -> bool:
    """Whether a program on this machine can wait at this redirect URI (RFC 8252 §7.3)."""
    parts = urlsplit(redirect_uri)
    return parts.scheme == "http" and parts.hostname in LISTENING_HOSTS


def _check_redirect_uri(uri: str) -> None:
    """RFC 6749 §3.1.2: absolute, without a fragment."""
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError as error:
        raise SandboxError(f"{REDIRECT_URI_VARIABLE} is {uri!r}: {error}") from error
    if not parts.scheme or "#" in uri:
        raise SandboxError(
            f"{REDIRECT_URI_VARIABLE} is {uri!r}: a redirect URI is absolute, and has no fragment"
        )
    if comes_here(uri) and not port:
        raise SandboxError(
            f"{REDIRECT_URI_VARIABLE} is {uri!r}: give it the port to listen at, "
            "such as http://127.0.0.1:8400/callback"
        )
