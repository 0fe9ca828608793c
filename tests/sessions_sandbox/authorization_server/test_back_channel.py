"""Telling clients of a logout. Not a feature of Okta."""

import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
import requests
import werkzeug.test

from sessions_sandbox import Sandbox
from sessions_sandbox.authorization_server import back_channel
from sessions_sandbox.browser import ModelBrowser
from sessions_sandbox.seed import CLIENTS
from tests.sessions_sandbox.bff.pages import is_signed_in, signed_in
from tests.sessions_sandbox.flows import ALICE, BOB, authorization_url, url_of
from tests.sessions_sandbox.test_faces import LOCALHOST, NAMED, NUMBER

EVENT = "http://schemas.openid.net/event/backchannel-logout"
BFF = "0oa7bffacmetest0000b"


@pytest.fixture(autouse=True)
def _switched_on(sandbox: Sandbox) -> None:
    sandbox.set(back_channel_logout=True)


@pytest.fixture
def browser(sandbox: Sandbox) -> ModelBrowser:
    """Signed in to the backend for frontend."""
    return signed_in(sandbox)


def log_out(
    sandbox: Sandbox, browser: ModelBrowser, client: str = "otherapp", issuer: str | None = None
) -> None:
    """End the session at the identity provider, as another app does in which the same browser signs in."""
    hint = sandbox.sign_in(ALICE[0], client=client, browser=browser, issuer=issuer, scope="openid")[
        "id_token"
    ]
    url = url_of(sandbox, "logout", org=issuer is not None)
    page = browser.open(f"{url}?{urlencode({'id_token_hint': hint})}")
    assert "You are signed out" in page.text


def told(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The logout requests that the backend for frontend has got."""
    return sandbox.exchanges(path="/bff/backchannel-logout")


def outcomes(sandbox: Sandbox) -> list[tuple[str, str]]:
    """What the log says of Alice's logout: client and detail."""
    rows = [row for row in sandbox.log() if row["event"] == "sandbox.back_channel_logout"]
    assert {row["uid"] for row in rows} <= {"00u1aliceacmetest00a"}
    return [(row["client_id"], row["detail"]) for row in rows]


def test_the_logout_token(sandbox: Sandbox, browser: ModelBrowser) -> None:
    """T-OUT-5: §2.4, and the request of §2.5."""
    (session,) = sandbox.rows("idp_sessions")
    log_out(sandbox, browser)
    (exchange,) = told(sandbox)
    assert (exchange["method"], exchange["sender"], exchange["status"]) == ("POST", "idp.acme.test", 200)
    assert ["Content-Type", "application/x-www-form-urlencoded"] in exchange["request_headers"]
    assert not [name for name, _ in exchange["request_headers"] if name in ("Cookie", "Authorization")]
    ((name, [token]),) = parse_qs(exchange["request_body"]).items()
    assert name == "logout_token"
    keys = jwt.PyJWKClient(f"{sandbox.issuer}/v1/keys")
    key = keys.get_signing_key_from_jwt(token)
    header = jwt.get_unverified_header(token)
    assert header == {"alg": "RS256", "kid": key.key_id, "typ": "logout+jwt"}
    now = sandbox.clock.now()
    claims = jwt.decode(token, key, ["RS256"], audience=BFF)
    assert claims.pop("jti").startswith("LT.")
    assert claims == {
        "iss": sandbox.issuer,
        "aud": BFF,
        "iat": now,
        "exp": now + 120,
        "sub": session["uid"],
        "sid": session["sid"],
        "events": {EVENT: {}},
    }
    assert outcomes(sandbox) == [(BFF, "answered 200")]
    assert not is_signed_in(browser)


def test_no_two_have_one_id(sandbox: Sandbox) -> None:
    for _ in range(2):
        log_out(sandbox, signed_in(sandbox))
    assert len(sandbox.rows("used_logout_tokens")) == 2


def test_metadata_and_id_tokens_say_so(sandbox: Sandbox, browser: ModelBrowser) -> None:
    """§2.1; without the switch, which is not a feature of Okta, neither is there."""
    members = ("backchannel_logout_supported", "backchannel_logout_session_supported")

    def metadata() -> dict[str, Any]:
        url = f"{sandbox.issuer}/.well-known/openid-configuration"
        found: dict[str, Any] = requests.get(url, timeout=5).json()
        return found

    def id_token() -> dict[str, Any]:
        token = sandbox.sign_in(ALICE[0], browser=browser)["id_token"]
        claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
        return claims

    (session,) = sandbox.rows("idp_sessions")
    assert [metadata()[name] for name in members] == [True, True]
    assert id_token()["sid"] == session["sid"]
    sandbox.set(back_channel_logout=False)
    assert not any(name in metadata() for name in members)
    assert "sid" not in id_token()


def test_without_the_switch_nobody_is_told(sandbox: Sandbox, browser: ModelBrowser) -> None:
    sandbox.set(back_channel_logout=False)
    log_out(sandbox, browser)
    assert (told(sandbox), outcomes(sandbox)) == ([], [])
    assert is_signed_in(browser)


def test_only_the_session_that_ended_ends(sandbox: Sandbox, browser: ModelBrowser) -> None:
    """Not the same user's in another browser, nor another user's."""
    elsewhere, bobs = signed_in(sandbox), signed_in(sandbox, BOB)
    log_out(sandbox, browser)
    assert [is_signed_in(page) for page in (browser, elsewhere, bobs)] == [False, True, True]


def test_a_client_is_told_once_and_only_if_it_signed_the_user_in(
    sandbox: Sandbox, browser: ModelBrowser
) -> None:
    signed_in(sandbox, browser=browser)
    never = sandbox.browser()
    log_out(sandbox, never)
    assert told(sandbox) == []
    log_out(sandbox, browser)
    assert len(told(sandbox)) == 1


def test_a_session_is_one_for_all_servers(sandbox: Sandbox, browser: ModelBrowser) -> None:
    """It ends at the Org server; the client is told by the server that it knows."""
    log_out(sandbox, browser, issuer=sandbox.org_issuer)
    assert outcomes(sandbox) == [(BFF, "answered 200")]
    assert not is_signed_in(browser)


def test_a_logout_by_the_client_itself(sandbox: Sandbox, browser: ModelBrowser) -> None:
    """Its session is over by then: that is no failure (§2.7)."""
    reply = browser.session.post(f"{sandbox.app}/bff/logout", headers={"X-BFF": "1"}, timeout=5)
    browser.open(reply.json()["logout_url"])
    assert outcomes(sandbox) == [(BFF, "answered 200")]


def register(monkeypatch: pytest.MonkeyPatch, uri: str) -> None:
    """Let otherapp have an address of its own."""
    clients = [
        replace(client, backchannel_logout_uri=uri) if client.name == "otherapp" else client
        for client in CLIENTS
    ]
    monkeypatch.setattr(back_channel, "CLIENTS", tuple(clients))


@pytest.mark.parametrize(
    ("uri", "detail"),
    [
        ("http://127.0.0.1:9/logout", "no answer: ConnectionError"),
        ("https://app.acme.test/nothing", "answered 404"),
        ("https://app.acme.test.evil.invalid/bff/backchannel-logout", "no answer: ConnectionError"),
    ],
)
def test_a_client_that_is_down_keeps_nobody_signed_in(
    sandbox: Sandbox, browser: ModelBrowser, monkeypatch: pytest.MonkeyPatch, uri: str, detail: str
) -> None:
    """The logout goes on, the others are told, and the log says what happened."""
    register(monkeypatch, uri)
    log_out(sandbox, browser)
    assert sandbox.rows("idp_sessions") == []
    assert outcomes(sandbox) == [(sandbox.client("otherapp").id, detail), (BFF, "answered 200")]
    assert not is_signed_in(browser)


def test_a_client_that_cannot_check_refuses(sandbox: Sandbox, browser: ModelBrowser) -> None:
    sandbox.set(jwks_down=True)
    log_out(sandbox, browser)
    assert outcomes(sandbox) == [(BFF, "answered 400")]
    assert is_signed_in(browser)


def test_it_goes_with_revoked_tokens_too(sandbox: Sandbox, browser: ModelBrowser) -> None:
    """The switch that ends the tokens, and this one."""
    sandbox.set(revoke_on_logout=True)
    log_out(sandbox, browser)
    assert outcomes(sandbox) == [(BFF, "answered 200")]


def end_by_hand(sandbox: Sandbox, operation: str = "end_session") -> None:
    """What an administrator does to the only session at the identity provider."""
    (session,) = sandbox.rows("idp_sessions")
    sandbox.operate(operation, table="idp_sessions", key=session["id_hash"])


def test_a_session_that_an_administrator_ends(sandbox: Sandbox, browser: ModelBrowser) -> None:
    end_by_hand(sandbox)
    assert outcomes(sandbox) == [(BFF, "answered 200")]
    assert not is_signed_in(browser)


def test_nobody_is_told_of_a_session_that_time_ends(sandbox: Sandbox, browser: ModelBrowser) -> None:
    end_by_hand(sandbox, "expire")
    assert browser.open(authorization_url(sandbox)).status_code == 200
    assert outcomes(sandbox) == []
    assert is_signed_in(browser)


def sign_in_again(sandbox: Sandbox, browser: ModelBrowser, user: tuple[str, str]) -> None:
    """To another app, by a form that the session does not spare."""
    url = authorization_url(sandbox, "otherapp", prompt="login")
    assert browser.submit(browser.open(url), username=user[0], password=user[1]).status_code == 303


def test_a_session_that_another_user_takes_the_place_of(sandbox: Sandbox, browser: ModelBrowser) -> None:
    """In the same browser."""
    sign_in_again(sandbox, browser, ALICE)
    assert (outcomes(sandbox), is_signed_in(browser)) == ([], True)
    sign_in_again(sandbox, browser, BOB)
    assert (outcomes(sandbox), is_signed_in(browser)) == ([(BFF, "answered 200")], False)
    assert [row["uid"] for row in sandbox.rows("idp_sessions")] == ["00u2bobacmetest0000b"]


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("hosts", [NAMED, LOCALHOST, NUMBER])
def test_by_the_name_at_which_the_client_signed_in(
    sandbox: Sandbox, hosts: tuple[str, str, str], scheme: str
) -> None:
    """Whoever ends the session: it is told where it is known, by the issuer that it knows (§2.4, `iss`)."""
    idp, app, _ = (f"{scheme}://{host}" for host in hosts)
    page = werkzeug.test.Client(sandbox)

    def call(url: str, method: str = "GET", **options: Any) -> werkzeug.test.TestResponse:
        parts = urlsplit(url)
        base = f"{parts.scheme}://{parts.netloc}"
        return page.open(f"{parts.path}?{parts.query}", method=method, base_url=base, **options)

    form = call(call(f"{app}/bff/login").headers["Location"])
    csrf_token = re.findall(r'name="csrf_token" value="([^"]+)"', form.text)[0]
    fields = {"username": ALICE[0], "password": ALICE[1], "csrf_token": csrf_token}
    call(call(f"{idp}/oauth2/default/v1/login", "POST", data=fields).headers["Location"])
    assert call(f"{app}/bff/user", headers={"X-BFF": "1"}).status_code == 200
    end_by_hand(sandbox)
    (exchange,) = told(sandbox)
    assert exchange["url"] == f"{app}/bff/backchannel-logout"
    (token,) = parse_qs(exchange["request_body"])["logout_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["iss"] == f"{idp}/oauth2/default"
    assert outcomes(sandbox) == [(BFF, "answered 200")]
    assert call(f"{app}/bff/user", headers={"X-BFF": "1"}).status_code == 401
