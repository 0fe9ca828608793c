"""URIs that a user's own app is registered with, beside those of the seed data."""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from sessions_sandbox.errors import SandboxError
from sessions_sandbox.seed import CLIENTS, Client

Uris = Mapping[str, str | Iterable[str]]
"""By the name of a client: one URI, or several."""

PRINTABLE = re.compile(r"[!-~]+")
USUAL_PORTS = {"http": ":80", "https": ":443"}
SIGNING_IN = tuple(client.name for client in CLIENTS if client.redirect_uri is not None)
TOLD = tuple(client.name for client in CLIENTS if client.backchannel_logout_uri is not None)
"""The clients of the seed data that are told of a logout."""


@dataclass(frozen=True)
class Registration:
    """More addresses of clients, by the client's name. They count letter by letter, as those of the seed."""

    redirect_uris: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    post_logout_redirect_uris: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    backchannel_logout_uris: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls, redirect_uris: Uris, post_logout_redirect_uris: Uris, backchannel_logout_uris: Uris
    ) -> "Registration":
        """Raises `SandboxError` for an unknown client, one that signs nobody in, or a URI of a bad shape.

        And for a client with several back-channel logout URIs.
        """
        told = {name: _only(name, uris) for name, uris in _checked(backchannel_logout_uris).items() if uris}
        return cls(_checked(redirect_uris), _checked(post_logout_redirect_uris), told)

    def add_to(self, client: Client) -> Client:
        """The client with these addresses too."""
        return replace(
            client,
            more_redirect_uris=self.redirect_uris.get(client.name, ()),
            post_logout_redirect_uris=(
                *client.post_logout_redirect_uris,
                *self.post_logout_redirect_uris.get(client.name, ()),
            ),
            backchannel_logout_uri=self.backchannel_logout_uris.get(
                client.name, client.backchannel_logout_uri
            ),
        )

    @property
    def origins(self) -> frozenset[str]:
        """The origins of the redirect URIs, whose pages may call the endpoints."""
        return frozenset(_origin(uri) for uris in self.redirect_uris.values() for uri in uris)


def _origin(uri: str) -> str:
    """As a browser writes it: in small letters, without the port that the scheme has anyway."""
    parts = urlsplit(uri.lower())
    return f"{parts.scheme}://{parts.netloc.removesuffix(USUAL_PORTS[parts.scheme])}"


def _checked(uris: Uris) -> dict[str, tuple[str, ...]]:
    checked = {}
    for name, given in uris.items():
        if name not in SIGNING_IN:
            raise SandboxError(
                f"no client that signs users in is called {name!r}; there are {', '.join(SIGNING_IN)}"
            )
        several = (given,) if isinstance(given, str) else tuple(given)
        for uri in several:
            _check(uri)
        checked[name] = several
    return checked


def _only(name: str, uris: tuple[str, ...]) -> str:
    """The back-channel logout URI of a client, which has one: OpenID Connect Back-Channel Logout 1.0 §2.2."""
    if name in TOLD:
        raise SandboxError(f"the client {name} has a back-channel logout URI already; use web, spa or native")
    if len(uris) > 1:
        raise SandboxError(f"the client {name} can have one back-channel logout URI, and not {len(uris)}")
    return uris[0]


def _check(uri: str) -> None:
    """An absolute URI without a fragment; http only where nobody can listen in.

    RFC 6749 §3.1.2, and OpenID Connect Back-Channel Logout 1.0 §2.2.
    """
    try:
        parts = urlsplit(uri)
        absolute = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
        absolute = absolute and parts.port != 0
    except ValueError:
        absolute = False  # a port that is none, or an address that cannot be taken apart
    if not absolute or not PRINTABLE.fullmatch(uri):
        raise SandboxError(
            f"{uri!r} is no absolute URI of an app; one looks like http://localhost:3000/callback"
        )
    if "#" in uri:
        raise SandboxError(
            f"{uri!r} has a fragment, which no URI of an app may have; leave out what follows #"
        )
    if parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
        raise SandboxError(
            f"{uri!r} is http, and {parts.hostname} is not this machine: use https, or localhost"
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
