"""The names by which a client knows the sandbox. The issuer, and so every URL and `iss`, follows from them.

Lessons and tests use `https://*.acme.test`. Other clients of a served sandbox use `http://idp.localhost:PORT`,
`http://app.localhost:PORT` and `http://api.localhost:PORT`, or, where these names do not resolve, the address
itself: `http://localhost:PORT` and `http://127.0.0.1:PORT`, where the path chooses the server. With TLS, they
are https. A token counts where its issuer is known by the same name; sessions, grants and refresh tokens are
the same rows for all.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sessions_sandbox.seed import API, APP, IDP, ServerSettings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

NAMED = re.compile(r"(idp|app|api)\.(localhost(?::[0-9]{1,5})?)")
ADDRESS = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?")
OF_IDP = re.compile(r"/(?:oauth2|\.well-known)/.*")
OF_APP = ("/login", "/me", "/logout", "/sessions", "/sessions/revoke-others", "/transfer")
PREFIX = "__Host-"
WITHOUT_PREFIX = re.compile(r"(^|; *)(?!__Host-)(?=[^;= ]+=)")


@dataclass(frozen=True)
class Face:
    """Three origins; those of one face may be the same."""

    idp: str = IDP
    app: str = APP
    api: str = API

    def settings(self, settings: ServerSettings) -> ServerSettings:
        """An authorization server as this face shows it."""
        audience = self.idp if settings.audience == settings.origin else settings.audience
        return replace(settings, origin=self.idp, app=self.app, api=self.api, audience=audience)


ACME = Face()


def face_at(host: str, path: str, scheme: str = "http") -> tuple[Face, str] | None:
    """The face of a name on this machine, by the `scheme` that it was called with, and which server is meant.

    The servers are called idp, app and api.

    `None`: `host` is no such name, or nothing of the sandbox stands at this path of it.
    """
    if named := NAMED.fullmatch(host):
        origins = (f"{scheme}://{name}.{named[2]}" for name in ("idp", "app", "api"))
        return Face(*origins), named[1]
    if not ADDRESS.fullmatch(host):
        return None
    here = Face(*[f"{scheme}://{host}"] * 3)
    if OF_IDP.fullmatch(path):
        return here, "idp"
    if path in OF_APP or path.startswith("/bff/"):
        return here, "app"
    return (here, "api") if path in ("/orders", "/payments", "/events") else None


def face_of(issuer: str) -> Face:
    """The face that shows an authorization server under this issuer; under none, that of acme.test."""
    known = urlsplit(issuer)
    found = face_at(known.netloc, "/oauth2/", known.scheme)
    return ACME if found is None else found[0]


def over_plain_http(application: "WSGIApplication") -> "WSGIApplication":
    """The same application with cookies that pass without TLS: `sid` in the place of `__Host-sid; Secure`.

    A `__Host-` cookie must be `Secure` (RFC 6265bis §4.1.3.2), and clients that are no browser send none of
    these over http, on loopback neither. A cookie with `SameSite=None` must be, too: here it goes without.
    """

    def adapted(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Callable[[bytes], object]:
            plain = [
                (name, _plain(value) if name.lower() == "set-cookie" else value) for name, value in headers
            ]
            return start_response(status, plain, *rest)

        sent = environ.get("HTTP_COOKIE")
        if sent is None:
            return application(environ, start)
        prefixed = WITHOUT_PREFIX.sub(rf"\g<1>{PREFIX}", sent)
        return application({**environ, "HTTP_COOKIE": prefixed}, start)

    return adapted


def _plain(cookie: str) -> str:
    return cookie.removeprefix(PREFIX).replace("; Secure", "").replace("; SameSite=None", "")
