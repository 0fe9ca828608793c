"""Fixtures for the tests of an API: a sandbox for each test, good and bad tokens, a clock, the requests.

pytest loads this module at its start, also where no test uses it. So nothing of the sandbox is imported
before a test asks for a fixture. The first line of each docstring stands in the guide's table of fixtures.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Protocol, TypedDict

import pytest

if TYPE_CHECKING:
    from sessions_sandbox.handle import Handle, Time
    from sessions_sandbox.network.trace import Exchange

SERVED = "served_sandbox"
ALICE = "alice@acme.test"
SCOPES = ["openid", "orders:read", "orders:write"]
"""What the bad tokens may do, so that none is refused for want of a scope."""
HOUR = 3600
"""Seconds."""

Tokens = dict[str, Any]
"""A token response (RFC 6749 §5.1): access_token, token_type, expires_in (seconds), scope and so on."""


Uris = Mapping[str, str | Sequence[str]]
"""By the name of a client, such as `web`: one URI, or several."""
REGISTERING = {
    "redirect_uris": "--redirect-uri",
    "post_logout_redirect_uris": "--post-logout-redirect-uri",
    "backchannel_logout_uris": "--backchannel-logout-uri",
}
"""The options of `serve` for what `sandbox_registrations` gives."""


class Registrations(TypedDict, total=False):
    """What the fixture `sandbox_registrations` gives; see `Sandbox` of `sessions_sandbox.embedded`."""

    redirect_uris: Uris
    post_logout_redirect_uris: Uris
    backchannel_logout_uris: Uris


class SignIn(Protocol):
    """What the fixture `sandbox_sign_in` gives."""

    def __call__(
        self, user: str = ALICE, *, client: str = "web", scope: str | None = None, issuer: str | None = None
    ) -> Tokens: ...


class Requests(Protocol):
    """What the fixture `sandbox_requests` gives."""

    def __call__(self, host: str | None = None, path: str | None = None) -> "list[Exchange]": ...


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{SERVED}: the test's sandbox runs in a process of its own")


@pytest.fixture
def sessions_sandbox(
    request: pytest.FixtureRequest, sandbox_registrations: Registrations
) -> "Iterator[Handle]":
    """The sandbox, fresh for each test: nobody is signed in, and the clock stands at its start.

    It runs in the process of the test, or in another one where the test is marked `served_sandbox`. The URIs
    of `sandbox_registrations` are registered in both.
    """
    from sessions_sandbox.errors import SandboxError

    sandbox: Handle
    _check(sandbox_registrations)
    if request.node.get_closest_marker(SERVED):
        from sessions_sandbox.served.remote import RemoteSandbox

        sandbox = RemoteSandbox(request.getfixturevalue("sandbox_server"))
    else:
        from sessions_sandbox.embedded import Sandbox

        try:
            sandbox = Sandbox(**sandbox_registrations)
        except SandboxError as error:
            pytest.fail(f"The fixture sandbox_registrations: {error}", pytrace=False)
    try:
        sandbox.start()
    except SandboxError as error:
        pytest.fail(f"The fixture sessions_sandbox: {error}", pytrace=False)
    yield sandbox
    sandbox.stop()


@pytest.fixture
def sandbox_sign_in(sessions_sandbox: "Handle") -> SignIn:
    """A function that signs a user in and returns the token response; by default Alice, with the client web.

    Raises `SandboxError` for a user, client or issuer that does not exist, or with what a server refused.
    """

    def sign_in(
        user: str = ALICE, *, client: str = "web", scope: str | None = None, issuer: str | None = None
    ) -> Tokens:
        return sessions_sandbox.sign_in(user, client=client, scope=scope, issuer=issuer)

    return sign_in


@pytest.fixture
def sandbox_tokens(sandbox_sign_in: SignIn) -> Tokens:
    """Alice's token response: an access token that may read orders, an ID token and a refresh token."""
    return sandbox_sign_in()


@pytest.fixture
def expired_token(sessions_sandbox: "Handle") -> str:
    """An access token that expired an hour ago."""
    now = sessions_sandbox.clock.now()
    return sessions_sandbox.mint(iat=now - 2 * HOUR, auth_time=now - 2 * HOUR, exp=now - HOUR, scp=SCOPES)


@pytest.fixture
def revoked_token(sessions_sandbox: "Handle", sandbox_sign_in: SignIn) -> str:
    """An access token that was revoked; nothing in the token shows it, only introspection tells."""
    import requests

    token: str = sandbox_sign_in(scope=" ".join(SCOPES))["access_token"]
    with requests.Session() as session:
        session.trust_env = False
        session.auth = sessions_sandbox.client("web").credentials
        session.post(f"{sessions_sandbox.issuer}/v1/revoke", {"token": token}, timeout=10).raise_for_status()
    return token


@pytest.fixture
def wrong_audience_token(sessions_sandbox: "Handle") -> str:
    """An access token of the same issuer, for another API."""
    return sessions_sandbox.mint(aud="api://payments", scp=SCOPES)


@pytest.fixture
def tampered_token(sandbox_sign_in: SignIn) -> str:
    """Alice's access token, changed to say that it is Bob's; the signature is the one of before."""
    import json

    from jwt.utils import base64url_decode, base64url_encode

    from sessions_sandbox.seed import USERS

    bob = USERS[1]
    token: str = sandbox_sign_in(scope=" ".join(SCOPES))["access_token"]
    header, payload, signature = token.split(".")
    claims = {**json.loads(base64url_decode(payload)), "sub": bob.login, "uid": bob.uid}
    return ".".join((header, base64url_encode(json.dumps(claims).encode()).decode(), signature))


@pytest.fixture
def sandbox_clock(sessions_sandbox: "Handle") -> "Time":
    """The clock of the sandbox and of the test's process, which stands still until the test moves it."""
    return sessions_sandbox.clock


@pytest.fixture
def sandbox_requests(sessions_sandbox: "Handle") -> Requests:
    """A function that lists the requests to the sandbox so far, all or those to a host or a path."""
    return sessions_sandbox.exchanges


@pytest.fixture(scope="session")
def sandbox_registrations() -> Registrations:
    """The URIs of your own app, for you to override: nothing is registered by default.

    Override it in a `conftest.py`, with the scope `session`, and return a dict with some of `redirect_uris`,
    `post_logout_redirect_uris` and `backchannel_logout_uris`. Each holds URIs by the name of a client, such
    as `{"redirect_uris": {"web": "http://localhost:3000/callback"}}`.
    """
    return {}


@pytest.fixture(scope="session")
def sandbox_server(sandbox_registrations: Registrations) -> Iterator[str]:
    """The address of a sandbox in a process of its own, such as `http://127.0.0.1:41234`.

    The URIs of `sandbox_registrations` are registered there.
    """
    from sessions_sandbox.errors import SandboxError
    from sessions_sandbox.served.process import sandbox_process

    _check(sandbox_registrations)
    with ExitStack() as running:
        try:
            address = running.enter_context(sandbox_process(*_options(sandbox_registrations)))
        except SandboxError as error:
            pytest.fail(f"The fixture sandbox_server: {error}", pytrace=False)
        yield address


def _check(registrations: Registrations) -> None:
    """Fail the test where the fixture was overridden by something of another shape."""
    fits = isinstance(registrations, Mapping) and registrations.keys() <= REGISTERING.keys()
    if not fits or not all(isinstance(uris, Mapping) for uris in registrations.values()):
        pytest.fail(
            f"The fixture sandbox_registrations gives {registrations!r}: it must give a dict with some of "
            f"{', '.join(REGISTERING)}, each with URIs by the name of their client",
            pytrace=False,
        )


def _options(registrations: Registrations) -> list[str]:
    """The same as options of `serve`."""
    several: list[tuple[str, Any]] = list(registrations.items())
    return [
        f"{REGISTERING[kind]}={client}={uri}"
        for kind, by_client in several
        for client, given in by_client.items()
        for uri in ((given,) if isinstance(given, str) else given)
    ]
