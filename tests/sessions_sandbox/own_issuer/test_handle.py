"""The handle on your own issuer; the issuer here is the sandbox, of which it knows nothing but the name."""

import io
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests

from sessions_sandbox import Sandbox, SandboxError
from sessions_sandbox.browser import ModelBrowser
from sessions_sandbox.errors import NotAtThisIssuer
from sessions_sandbox.own_issuer import OwnIssuer
from sessions_sandbox.own_issuer.settings import OwnSettings
from sessions_sandbox.seed import APP, CLIENTS, CUSTOM

REGISTERED = {client.name: client for client in CLIENTS}
SPECIAL = OwnSettings("https://issuer.example", "my app", "+:100% &", "http://127.0.0.1:8400/callback")
PUBLIC = replace(SPECIAL, client_secret=None)


class Alice(ModelBrowser):
    """Signs in with her own password, whatever the program says."""

    def sign_in(self, url: str, username: str, password: str) -> str:
        return super().sign_in(url, "alice@acme.test", "alice-test-only")


def settings(client: str) -> OwnSettings:
    registered = REGISTERED[client]
    assert registered.redirect_uri is not None
    return OwnSettings(CUSTOM.issuer, registered.id, registered.secret, registered.redirect_uri)


@pytest.fixture
def own(sandbox: Sandbox) -> Iterator[OwnIssuer]:
    """With the client web."""
    with OwnIssuer(settings("web")) as own:
        sandbox.reset()
        yield own


def asked(sandbox: Sandbox) -> dict[str, str]:
    """The last authorization request."""
    query = parse_qs(urlsplit(sandbox.exchanges(path="/authorize")[-1]["url"]).query)
    return {name: values[0] for name, values in query.items()}


def test_it_knows_the_issuer_by_its_metadata(own: OwnIssuer, sandbox: Sandbox) -> None:
    assert own.issuer == sandbox.issuer
    assert own.metadata["userinfo_endpoint"] == f"{CUSTOM.issuer}/v1/userinfo"


def test_a_sign_in_is_the_code_flow_with_pkce(own: OwnIssuer, sandbox: Sandbox) -> None:
    tokens = own.sign_in("bob@acme.test", browser=Alice())
    claims = jwt.decode(tokens["access_token"], options={"verify_signature": False})
    assert (claims["sub"], claims["cid"]) == ("alice@acme.test", REGISTERED["web"].id)
    request = asked(sandbox)
    assert (request["code_challenge_method"], request["prompt"]) == ("S256", "consent")
    assert len(request["state"]) == len(request["code_challenge"]) == 43


def test_no_two_sign_ins_share_state_or_verifier(own: OwnIssuer, sandbox: Sandbox) -> None:
    requests_made = []
    for _ in range(2):
        own.sign_in(browser=Alice())
        requests_made.append(asked(sandbox))
    first, second = requests_made
    assert first["state"] != second["state"]
    assert first["code_challenge"] != second["code_challenge"]


def test_a_public_client_sends_its_id_in_the_form(sandbox: Sandbox) -> None:
    with OwnIssuer(settings("spa")) as own:
        assert own.sign_in(client="spa", browser=Alice())["access_token"]
    (token,) = sandbox.exchanges(path="/token")
    assert f"client_id={REGISTERED['spa'].id}" in token["request_body"]
    assert "Authorization" not in dict(token["request_headers"])


@pytest.mark.parametrize(
    ("methods", "basic"),
    [
        (None, True),
        (["client_secret_basic", "client_secret_post"], True),
        (["client_secret_post"], False),
    ],
)
def test_a_secret_goes_the_way_that_the_metadata_name(
    own: OwnIssuer, sandbox: Sandbox, methods: list[str] | None, basic: bool
) -> None:
    own.metadata.pop("token_endpoint_auth_methods_supported")
    if methods is not None:
        own.metadata["token_endpoint_auth_methods_supported"] = methods
    assert own.sign_in(browser=Alice())["access_token"]
    (token,) = sandbox.exchanges(path="/token")
    assert ("Authorization" in dict(token["request_headers"])) is basic
    assert ("client_secret=web-test-only" in token["request_body"]) is not basic


@pytest.mark.parametrize(
    ("listed", "scope"),
    [
        (["openid", "orders:read"], "openid offline_access orders:read"),
        (["openid"], "openid offline_access"),
        (None, "openid offline_access"),
    ],
)
def test_the_api_is_asked_for_where_the_metadata_list_it(
    own: OwnIssuer, sandbox: Sandbox, listed: list[str] | None, scope: str
) -> None:
    own.metadata.pop("scopes_supported")
    if listed is not None:
        own.metadata["scopes_supported"] = listed
    own.sign_in(browser=Alice())
    assert asked(sandbox)["scope"] == scope


def test_without_a_refresh_token_no_consent_is_asked_for(own: OwnIssuer, sandbox: Sandbox) -> None:
    own.sign_in(scope="openid", browser=Alice())
    assert (asked(sandbox)["scope"], "prompt" in asked(sandbox)) == ("openid", False)


def test_the_endpoint_keeps_its_own_query(own: OwnIssuer, sandbox: Sandbox) -> None:
    own.metadata["authorization_endpoint"] += "?tenant=1"
    assert own.sign_in(browser=Alice())
    assert (asked(sandbox)["tenant"], asked(sandbox)["response_type"]) == ("1", "code")


def test_what_the_token_endpoint_refuses_is_quoted(sandbox: Sandbox) -> None:
    with (
        OwnIssuer(replace(settings("web"), client_secret="wrong")) as own,
        pytest.raises(SandboxError, match=r"the token endpoint refused with 401: .*invalid_client"),
    ):
        own.sign_in(browser=Alice())


def test_the_code_goes_to_the_token_endpoint_and_nowhere_else(
    own: OwnIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: dict[str, Any] = {}

    def post(url: str, form: dict[str, str], **options: Any) -> requests.Response:
        sent.update(options, url=url, **form)
        moved = requests.Response()
        moved.status_code = 307
        moved._content = b"moved"
        return moved

    monkeypatch.setattr(requests, "post", post)
    with pytest.raises(SandboxError, match="the token endpoint refused with 307: moved"):
        own.sign_in(browser=Alice())
    assert (sent["url"], sent["redirect_uri"]) == (f"{CUSTOM.issuer}/v1/token", f"{APP}/callback")
    assert (sent["allow_redirects"], sent["timeout"]) == (False, 10)


def test_before_the_start_nothing_is_known_but_the_issuer() -> None:
    with pytest.raises(NotAtThisIssuer, match=r"https://issuer\.example publishes no token_endpoint"):
        OwnIssuer(SPECIAL).metadata["token_endpoint"]


def test_another_issuer_is_refused(own: OwnIssuer) -> None:
    assert own.sign_in(issuer=own.issuer, browser=Alice())
    with pytest.raises(NotAtThisIssuer, match=r"the issuer 'https://other\.example'"):
        own.sign_in(issuer="https://other.example")


def test_the_browser_is_the_readers(own: OwnIssuer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("https://evil.example/?code=c\n"))
    monkeypatch.setattr("webbrowser.open", lambda url: True)
    with pytest.raises(SandboxError, match=f"the browser comes back to {APP}/callback"):
        own.sign_in()


@pytest.mark.parametrize("name", ["web", "rs"])
def test_the_client_plays_the_parts_with_a_secret(name: str) -> None:
    client = OwnIssuer(SPECIAL).client(name)
    assert (client.name, client.id, client.secret) == (name, "my app", "+:100% &")
    assert client.redirect_uri == "http://127.0.0.1:8400/callback"
    assert client.credentials == ("my+app", "%2B%3A100%25+%26")
    with pytest.raises(NotAtThisIssuer, match="set SESSIONS_CLIENT_SECRET"):
        OwnIssuer(PUBLIC).client(name).credentials  # noqa: B018


@pytest.mark.parametrize("name", ["spa", "native"])
def test_the_client_plays_the_parts_without_a_secret(name: str) -> None:
    assert OwnIssuer(PUBLIC).client(name).id == "my app"
    with pytest.raises(NotAtThisIssuer, match="needs a public client: unset SESSIONS_CLIENT_SECRET"):
        OwnIssuer(SPECIAL).client(name)


@pytest.mark.parametrize("name", ["svc", "otherapp", "bff", "nobody"])
def test_there_is_no_other_client(name: str) -> None:
    with pytest.raises(NotAtThisIssuer, match=f"the client '{name}'"):
        OwnIssuer(SPECIAL).client(name)


def test_the_time_is_real() -> None:
    clock = OwnIssuer(SPECIAL).clock
    assert abs(clock.now() - time.time()) < 2
    with pytest.raises(NotAtThisIssuer, match="a clock that can be moved, and a real issuer's cannot"):
        clock.advance(hours=1)


USES: list[Callable[[OwnIssuer], Any]] = [
    lambda own: own.payments_issuer,
    lambda own: own.org_issuer,
    lambda own: own.app,
    lambda own: own.api,
    lambda own: own.rows("grants"),
    lambda own: own.log(),
    lambda own: own.exchanges(),
    lambda own: own.set(latency_ms=1),
    lambda own: own.rotate_keys("publish"),
    lambda own: own.admin.deactivate("alice@acme.test"),
    lambda own: own.mint(),
    lambda own: own.reset(),
]


@pytest.mark.parametrize("use", USES)
def test_what_only_a_sandbox_has_is_refused_and_said(use: Callable[[OwnIssuer], Any]) -> None:
    with pytest.raises(
        NotAtThisIssuer, match=r"^this needs .*: unset SESSIONS_ISSUER, and it runs in the sandbox$"
    ):
        use(OwnIssuer(SPECIAL))


def test_nothing_of_the_process_is_taken_over(sandbox: Sandbox) -> None:
    """Here the sandbox has clock and hosts, and keeps them."""
    with OwnIssuer(settings("web")):
        pass
    assert time.time() == sandbox.clock.now()
    assert requests.get(f"{sandbox.app}/me", timeout=5).status_code == 401
