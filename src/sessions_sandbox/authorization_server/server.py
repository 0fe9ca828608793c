"""An authorization server: what its endpoints share."""

from dataclasses import dataclass, field

from sessions_sandbox.clock import Clock
from sessions_sandbox.ids import SeededIds
from sessions_sandbox.key_ring import KeyRing
from sessions_sandbox.lifetimes import with_lifetimes
from sessions_sandbox.records import LogEvent, User
from sessions_sandbox.registration import Registration
from sessions_sandbox.seed import CLIENTS, IDENTITY_SCOPES, Client, ServerSettings
from sessions_sandbox.stores import Store
from sessions_sandbox.switches import Switches


@dataclass(frozen=True, eq=False)
class AuthorizationServer:
    """One issuer with its keys. Two of them may share a store: each row names its server."""

    settings: ServerSettings
    keys: KeyRing
    id_token_keys: KeyRing
    store: Store
    clock: Clock
    ids: SeededIds
    switches: Switches
    registration: Registration = field(default_factory=Registration)
    siblings: "list[AuthorizationServer]" = field(default_factory=list)
    """All servers of the identity provider, this one included: the browser's session is one for all."""

    @property
    def issuer(self) -> str:
        """The issuer identifier (RFC 8414 §2), and so the `iss` of every token."""
        return self.settings.issuer

    @property
    def lifetimes(self) -> ServerSettings:
        """The settings with the lifetimes that hold now: some may be set by a switch."""
        return with_lifetimes(self.settings, self.switches)

    @property
    def scopes(self) -> tuple[str, ...]:
        return IDENTITY_SCOPES + self.settings.api_scopes

    def endpoint(self, name: str) -> str:
        """The URL of an endpoint, such as `token`."""
        return f"{self.issuer.removesuffix(self.settings.path)}{self.settings.endpoints}/v1/{name}"

    def client(self, client_id: str | None) -> Client | None:
        """A registered client, whose redirect URI lies where this server's clients know the app to be."""
        found = next((client for client in CLIENTS if client.id == client_id), None)
        return self.registration.add_to(found.at(self.settings.app)) if found else None

    def user(self, uid: str | None) -> User | None:
        """An account that may still sign in."""
        user = self.store.get(User, uid) if uid else None
        return user if user is not None and user.active else None

    def log(self, event: str, *, client: str | None = None, uid: str | None = None, detail: str = "") -> None:
        """Add a line to the system log."""
        write_log(self.store, self.ids, self.clock, event, client=client, uid=uid, detail=detail)


def write_log(
    store: Store,
    ids: SeededIds,
    clock: Clock,
    event: str,
    *,
    client: str | None = None,
    uid: str | None = None,
    detail: str = "",
) -> None:
    """Add a line to the system log; `client` is a client id."""
    store.add(LogEvent(ids.make("log"), clock.now(), event, client, uid, detail))
