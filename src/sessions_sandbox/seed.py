"""Who and what is there at the start: users, clients, APIs. All passwords and secrets are TEST ONLY."""

from dataclasses import dataclass, replace

from sessions_sandbox.errors import SandboxError
from sessions_sandbox.records import User

APP = "https://app.acme.test"
API = "https://api.acme.test"
IDP = "https://idp.acme.test"

USERS: tuple[User, ...] = (
    User("00u1aliceacmetest00a", "alice@acme.test", "Alice", "alice-test-only",
         phone="+1 555 0101", address="1 Test Street, Springfield"),
    User("00u2bobacmetest0000b", "bob@acme.test", "Bob", "bob-test-only",
         phone="+1 555 0102", address="2 Test Street, Springfield"),
    User("00u3malloryacmetest0m", "mallory@acme.test", "Mallory", "mallory-test-only",
         phone="+1 555 0103", address="3 Test Street, Springfield"),
    User("00u4daveacmetest000d", "dave@acme.test", "Dave", "dave-test-only", active=False),
)  # fmt: skip


@dataclass(frozen=True)
class Client:
    """A client as it is registered at all authorization servers (RFC 6749 §2).

    `secret` is `None` for a public client. `grace_seconds` is how long a rotated refresh token may be sent
    again, where `rotates_refresh_tokens`. `post_logout_redirect_uris`: where the browser may go after a
    logout. `more_redirect_uris`: those that a user of the sandbox has registered for an app of their own.
    `backchannel_logout_uri`: where the client wants to be told of a logout. Not a feature of Okta.
    """

    name: str
    id: str
    secret: str | None
    redirect_uri: str | None
    grant_types: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...] = ()
    rotates_refresh_tokens: bool = False
    grace_seconds: int = 0
    more_redirect_uris: tuple[str, ...] = ()
    backchannel_logout_uri: str | None = None

    @property
    def redirect_uris(self) -> tuple[str, ...]:
        """All that are registered."""
        return tuple(filter(None, (self.redirect_uri, *self.more_redirect_uris)))

    @property
    def credentials(self) -> tuple[str, str]:
        """Id and secret, as `requests` takes them for Basic authentication (RFC 6749 §2.3.1).

        Raises `SandboxError` for a public client, which has no secret.
        """
        if self.secret is None:
            raise SandboxError(f"the client {self.name} is public: it sends its client_id in the form")
        return self.id, self.secret

    def at(self, app: str) -> "Client":
        """The same client, with the addresses that it has where the app's origin is `app`."""
        if app == APP:
            return self
        ends = tuple(uri.replace(APP, app, 1) for uri in self.post_logout_redirect_uris)
        redirect_uri = self.redirect_uri and self.redirect_uri.replace(APP, app, 1)
        told = self.backchannel_logout_uri and self.backchannel_logout_uri.replace(APP, app, 1)
        return replace(
            self, redirect_uri=redirect_uri, post_logout_redirect_uris=ends, backchannel_logout_uri=told
        )


CODE_AND_REFRESH = ("authorization_code", "refresh_token")

CLIENTS: tuple[Client, ...] = (
    Client("web", "0oa1webacmetest0000w", "web-test-only", f"{APP}/callback", CODE_AND_REFRESH, (f"{APP}/",)),
    Client(
        "spa", "0oa2spaacmetest0000s", None, f"{APP}/spa", CODE_AND_REFRESH, (f"{APP}/spa",),
        rotates_refresh_tokens=True, grace_seconds=30,
    ),
    Client("native", "0oa3nativeacmetest0n", None, "http://127.0.0.1/callback", CODE_AND_REFRESH,
           ("http://127.0.0.1/signed-out",)),
    Client("svc", "0oa4svcacmetest0000v", "svc-test-only", None, ("client_credentials",)),
    Client("rs", "0oa5rsacmetest00000r", "rs-test-only", None, ()),
    Client("otherapp", "0oa6otheracmetest00o", "otherapp-test-only", "https://other.acme.test/callback",
           CODE_AND_REFRESH, ("https://other.acme.test/signed-out",)),
    Client(
        "bff", "0oa7bffacmetest0000b", "bff-test-only", f"{APP}/bff/callback", CODE_AND_REFRESH, (f"{APP}/",),
        rotates_refresh_tokens=True, backchannel_logout_uri=f"{APP}/bff/backchannel-logout",
    ),
)  # fmt: skip

IDENTITY_SCOPES = ("openid", "profile", "email", "address", "phone", "groups", "offline_access")


@dataclass(frozen=True)
class ServerSettings:
    """An authorization server. Lifetimes in seconds; `None` means no limit.

    `path` is what its issuer adds to the origin; `app` is the app's origin, where clients have their redirect
    URIs; `api` is the origin of the API that takes tokens of the Custom one. The lifetimes are the defaults
    that Okta documents.
    """

    name: str
    path: str
    audience: str
    api_scopes: tuple[str, ...]
    access_token_seconds: int = 3600
    id_token_seconds: int = 3600
    authorization_code_seconds: int = 300
    refresh_token_seconds: int | None = None
    refresh_idle_seconds: int | None = 7 * 86400
    origin: str = IDP
    app: str = APP
    api: str = API

    @property
    def issuer(self) -> str:
        return self.origin + self.path

    @property
    def endpoints(self) -> str:
        """Where the endpoints stand: the path before `/v1/token`."""
        return self.path or "/oauth2"


CUSTOM = ServerSettings("default", "/oauth2/default", "api://default", ("orders:read", "orders:write"))
PAYMENTS = ServerSettings(
    "payments", "/oauth2/payments", "api://payments", ("payments:read", "payments:write")
)  # fmt: skip
ORG = ServerSettings(
    "org", "", IDP, (), refresh_token_seconds=90 * 86400, refresh_idle_seconds=None
)  # fmt: skip

SERVERS = (CUSTOM, PAYMENTS, ORG)

IDP_SESSION_IDLE_SECONDS = 120 * 60
APP_SESSION_IDLE_SECONDS = 30 * 60
APP_SESSION_ABSOLUTE_SECONDS = 8 * 3600
LOGIN_FORM_SECONDS = 15 * 60
