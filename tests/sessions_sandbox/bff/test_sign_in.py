"""Signing in to the backend for frontend: what leaves, what must come back, and what is made of it."""

import base64
import hashlib
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from sessions_sandbox import Sandbox, outgoing
from sessions_sandbox.authorization_server import token
from sessions_sandbox.bff import provider
from sessions_sandbox.browser import ModelBrowser
from sessions_sandbox.ids import fingerprint
from sessions_sandbox.records import BffLogin, Record
from sessions_sandbox.seed import LOGIN_FORM_SECONDS
from tests.sessions_sandbox.bff.pages import (
    BFF,
    COOKIE,
    LOGIN_COOKIE,
    is_signed_in,
    requests_to,
    signed_in,
    token_requests,
)
from tests.sessions_sandbox.flows import answer_in, get


def begun(sandbox: Sandbox) -> tuple[str, str]:
    """The URL of the callback that a good sign-in leads to, and the cookie that it needs."""
    browser = sandbox.browser()
    reply = browser.session.get(f"{sandbox.app}/bff/login", allow_redirects=False, timeout=5)
    cookie = browser.session.cookies[LOGIN_COOKIE]
    form = browser.open(reply.headers["Location"])
    browser.session.cookies.clear("app.acme.test")
    answer = browser.submit(form, username="alice@acme.test", password="alice-test-only")
    assert answer.status_code == 400
    requested = next(e["url"] for e in reversed(sandbox.exchanges()) if "/bff/callback?" in e["url"])
    return requested, cookie


def come_back(url: str, cookie: str | None) -> requests.Response:
    headers = {} if cookie is None else {"Cookie": f"{LOGIN_COOKIE}={cookie}"}
    return requests.get(url, headers=headers, allow_redirects=False, timeout=5)


def changed(url: str, **changes: str | None) -> str:
    """A URL with other parameters; one that is changed to `None` is left out."""
    sent = {**answer_in(url), **changes}
    kept = {name: value for name, value in sent.items() if value is not None}
    return f"{url.partition('?')[0]}?{urlencode(kept)}"


def assert_refused(sandbox: Sandbox, reply: requests.Response, status: int = 400) -> None:
    assert (reply.status_code, "This sign-in did not work" in reply.text) == (status, True)
    assert "Set-Cookie" not in reply.headers
    assert sandbox.rows("bff_sessions") == []


def test_the_browser_is_sent_away(sandbox: Sandbox) -> None:
    """With state, nonce and a challenge; what they stand for stays here, bound to a cookie."""
    reply = get(f"{sandbox.app}/bff/login")
    (login,) = sandbox.store.all(BffLogin)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(login.code_verifier.encode()).digest())
    assert reply.status_code == 303
    assert reply.headers["Location"].startswith("https://idp.acme.test/oauth2/default/v1/authorize?")
    assert answer_in(reply.headers["Location"]) == {
        "response_type": "code",
        "client_id": BFF,
        "redirect_uri": "https://app.acme.test/bff/callback",
        "scope": "openid profile offline_access orders:read orders:write",
        "state": login.state,
        "nonce": login.nonce,
        "code_challenge": challenge.rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    name_and_value, *attributes = reply.headers["Set-Cookie"].split("; ")
    name, value = name_and_value.split("=")
    assert set(attributes) == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}
    assert (name, fingerprint(value)) == (LOGIN_COOKIE, login.id_hash)
    assert reply.headers["Cache-Control"] == "no-store"
    assert len({value, login.state, login.nonce, login.code_verifier}) == 4
    again = get(f"{sandbox.app}/bff/login")
    assert answer_in(again.headers["Location"])["state"] != login.state


def test_the_code_is_redeemed_by_a_confidential_client_with_the_verifier(sandbox: Sandbox) -> None:
    url, cookie = begun(sandbox)
    (login,) = sandbox.store.all(BffLogin)
    reply = come_back(url, cookie)
    assert (reply.status_code, reply.headers["Location"]) == (303, "/")
    (sent,) = requests_to(sandbox, "/token")
    headers = dict(sent["request_headers"])
    assert headers["Authorization"].startswith("Basic ")
    senders = [exchange["sender"] for path in ("/token", "/keys") for exchange in requests_to(sandbox, path)]
    assert senders == ["app.acme.test"] * 2
    assert f"code_verifier={login.code_verifier}" in sent["request_body"]
    cookies = reply.headers["Set-Cookie"]
    assert f"{LOGIN_COOKIE}=; Expires" in cookies
    session = next(part for part in cookies.split(", ") if part.startswith(f"{COOKIE}="))
    assert set(session.split("; ")[1:]) == {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"}
    assert sandbox.rows("bff_logins") == []


def test_a_state_that_is_not_of_this_browser(sandbox: Sandbox) -> None:
    """RFC 6749 §10.12: nobody is signed in by what another browser began, and the code is not redeemed."""
    url, cookie = begun(sandbox)
    _, others = begun(sandbox)
    for reply in (
        come_back(changed(url, state="x"), cookie),
        come_back(changed(url, state="\u00e4"), cookie),
        come_back(changed(url, state=None), cookie),
        come_back(url, others),
        come_back(url, None),
        come_back(url, ""),
        come_back(url, "A" * 43),
    ):
        assert_refused(sandbox, reply)
    assert token_requests(sandbox) == []
    assert come_back(url, cookie).status_code == 303


def test_a_sign_in_counts_once_and_not_for_ever(sandbox: Sandbox) -> None:
    url, cookie = begun(sandbox)
    late, late_cookie = begun(sandbox)
    (_, row) = sandbox.store.all(BffLogin)
    assert row.forget_at == row.expires == sandbox.clock.now() + LOGIN_FORM_SECONDS
    sandbox.clock.advance(seconds=299)
    assert come_back(url, cookie).status_code == 303
    assert len(sandbox.rows("bff_sessions")) == 1
    assert come_back(url, cookie).status_code == 400
    sandbox.clock.advance(seconds=LOGIN_FORM_SECONDS - 299)
    assert come_back(late, late_cookie).status_code == 400
    assert len(token_requests(sandbox)) == len(sandbox.rows("bff_sessions")) == 1


def test_it_lasts_as_long_as_a_form(sandbox: Sandbox) -> None:
    """To the second; the code may be old by then, which the authorization server says."""
    url, cookie = begun(sandbox)
    sandbox.clock.advance(seconds=LOGIN_FORM_SECONDS - 1)
    assert_refused(sandbox, come_back(url, cookie))
    assert len(token_requests(sandbox)) == 1
    url, cookie = begun(sandbox)
    sandbox.clock.advance(seconds=LOGIN_FORM_SECONDS)
    assert_refused(sandbox, come_back(url, cookie))
    assert len(token_requests(sandbox)) == 1


def test_two_that_come_back_at_once(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have read the row; the other was the first to remove it."""
    url, cookie = begun(sandbox)
    remove = sandbox.store.remove

    def lost(kind: type[Record], key: str) -> bool:
        return False if kind is BffLogin else remove(kind, key)

    monkeypatch.setattr(sandbox.store, "remove", lost)
    assert_refused(sandbox, come_back(url, cookie))
    assert token_requests(sandbox) == []


def test_the_issuer_that_answers(sandbox: Sandbox) -> None:
    """RFC 9207 §2.4: where it is named, it is the one that was asked."""
    url, cookie = begun(sandbox)
    assert_refused(sandbox, come_back(changed(url, iss="https://idp.acme.test"), cookie))
    assert token_requests(sandbox) == []
    sandbox.set(authorization_response_iss=True)
    assert is_signed_in(signed_in(sandbox))


@pytest.mark.parametrize(
    "changes", [{"code": None, "error": "access_denied"}, {"code": None}, {"code": ""}], ids=str
)
def test_an_answer_without_a_code(sandbox: Sandbox, changes: dict[str, str | None]) -> None:
    url, cookie = begun(sandbox)
    assert_refused(sandbox, come_back(changed(url, **changes), cookie))
    assert token_requests(sandbox) == []


def test_a_code_that_is_refused(sandbox: Sandbox) -> None:
    url, cookie = begun(sandbox)
    assert_refused(sandbox, come_back(changed(url, code="x"), cookie))
    assert len(token_requests(sandbox)) == 1


def test_a_repeated_parameter(sandbox: Sandbox) -> None:
    url, cookie = begun(sandbox)
    assert_refused(sandbox, come_back(f"{url}&state=x", cookie))


@pytest.mark.parametrize("switch", ["authorization_server_down", "jwks_down"])
def test_an_identity_provider_that_is_down(sandbox: Sandbox, switch: str) -> None:
    url, cookie = begun(sandbox)
    sandbox.set(**{switch: True})
    assert_refused(sandbox, come_back(url, cookie), 503)


def test_an_identity_provider_that_asks_to_wait(sandbox: Sandbox) -> None:
    url, cookie = begun(sandbox)
    sandbox.set(rate_limit=0)
    assert_refused(sandbox, come_back(url, cookie), 503)


def test_a_wrong_id_token_signs_nobody_in(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that is checked of one stands in `test_id_token.py`."""
    url, cookie = begun(sandbox)
    monkeypatch.setattr(token, "mint_id_token", lambda *_: sandbox.mint())
    assert_refused(sandbox, come_back(url, cookie))


@pytest.mark.parametrize(("kind", "status"), [("bearer", 303), ("DPoP", 503)])
def test_a_token_of_a_kind_that_it_cannot_use(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, kind: str, status: int
) -> None:
    """RFC 6749 §7.1; the case of the type does not matter (§5.1)."""
    url, cookie = begun(sandbox)
    original = outgoing.send

    def answer(*args: Any, **options: Any) -> requests.Response:
        reply = original(*args, **options)
        reply._content = reply.content.replace(b'"Bearer"', f'"{kind}"'.encode())
        return reply

    monkeypatch.setattr(provider, "send", answer)
    assert come_back(url, cookie).status_code == status


def test_each_sign_in_gives_a_new_id_and_ends_the_session_before(sandbox: Sandbox) -> None:
    """Session fixation has nothing to fix; the tokens of the old session go with it."""
    browser: ModelBrowser = sandbox.browser()
    browser.session.cookies.set(COOKIE, "A" * 43, domain="app.acme.test", secure=True)
    signed_in(sandbox, browser=browser)
    first = browser.session.cookies[COOKIE]
    assert first != "A" * 43
    elsewhere = signed_in(sandbox)
    signed_in(sandbox, browser=browser)
    assert browser.session.cookies[COOKIE] != first
    assert len(sandbox.rows("bff_sessions")) == 2
    assert is_signed_in(elsewhere)
    browser.session.cookies.set(COOKIE, first, domain="app.acme.test", secure=True)
    revoked = [family["revoked"] is not None for family in sandbox.rows("refresh_families")]
    assert revoked == [True, False, False]
