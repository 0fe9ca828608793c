"""The authorization endpoint: who is sent where, and with what."""

from typing import Any

import pytest
import requests

from sessions_sandbox import Sandbox
from sessions_sandbox.records import AuthorizationCode, IdpSession
from sessions_sandbox.seed import CUSTOM, IDENTITY_SCOPES
from tests.sessions_sandbox.flows import (
    ALICE,
    BOB,
    answer_in,
    authorization_url,
    code_for,
    deactivate,
    get,
    tokens_for,
    url_of,
)


def test_a_name_in_an_error_page_stays_text(sandbox: Sandbox) -> None:
    name = "<script>alert(1)</script>"
    reply = requests.get(url_of(sandbox, "authorize"), params=[(name, "1"), (name, "2")], timeout=5)
    assert reply.status_code == 400
    assert "<script" not in reply.text
    assert "repeated" in reply.text


def test_state_is_required(sandbox: Sandbox) -> None:
    for state in (None, ""):
        answer = answer_in(get(authorization_url(sandbox, state=state)).headers["Location"])
        assert answer["error"] == "invalid_request"
        assert "state" in answer["error_description"]
        assert "state" not in answer


def test_what_is_not_utf8_is_refused(sandbox: Sandbox) -> None:
    reply = get(authorization_url(sandbox) + "&nonce=%ff")
    assert (reply.status_code, "Location" in reply.headers) == (400, False)
    assert "UTF-8" in reply.text


@pytest.mark.parametrize("client", ["spa", "native"])
def test_public_clients_need_a_challenge(sandbox: Sandbox, client: str) -> None:
    """T-AUTHZ-4"""
    url = authorization_url(sandbox, client, code_challenge=None, code_challenge_method=None)
    answer = answer_in(get(url).headers["Location"])
    assert answer["error"] == "invalid_request"
    assert "code_challenge" in answer["error_description"]


@pytest.mark.parametrize("client", ["web", "spa"])
@pytest.mark.parametrize("method", ["plain", "s256", None])
def test_only_s256_is_a_challenge_method(sandbox: Sandbox, client: str, method: str | None) -> None:
    """T-AUTHZ-5: without a method it would be `plain` (RFC 7636 §4.3)."""
    answer = answer_in(
        get(authorization_url(sandbox, client, code_challenge_method=method)).headers["Location"]
    )
    assert answer["error"] == "invalid_request"
    assert "code_challenge_method" in answer["error_description"]


@pytest.mark.parametrize("challenge", ["a" * 42, "a" * 44, "a" * 42 + "=", "a" * 42 + "\u00e4"])
def test_a_challenge_has_the_shape_of_a_digest(sandbox: Sandbox, challenge: str) -> None:
    """T-AUTHZ-5"""
    answer = answer_in(get(authorization_url(sandbox, code_challenge=challenge)).headers["Location"])
    assert answer["error"] == "invalid_request"


def test_without_a_session_prompt_none_asks_nobody(sandbox: Sandbox) -> None:
    """T-AUTHZ-6"""
    browser = sandbox.browser()
    url = authorization_url(sandbox, prompt="none")
    answer = answer_in(browser.open(url).headers["Location"])
    assert (answer["error"], answer["state"]) == ("login_required", "the state")
    browser.sign_in(authorization_url(sandbox), *ALICE)
    assert "code" in answer_in(browser.open(url).headers["Location"])
    sandbox.clock.advance(seconds=61)
    too_old = authorization_url(sandbox, prompt="none", max_age="60")
    assert answer_in(browser.open(too_old).headers["Location"])["error"] == "login_required"
    together = authorization_url(sandbox, prompt="none login")
    assert answer_in(browser.open(together).headers["Location"])["error"] == "invalid_request"


def test_one_login_serves_every_client(sandbox: Sandbox) -> None:
    """T-AUTHZ-7"""
    browser = sandbox.browser()
    code_for(sandbox, "web", browser=browser)
    for client, org in (("otherapp", False), ("spa", False), ("web", True)):
        silent = browser.open(authorization_url(sandbox, client, org=org))
        assert "code" in answer_in(silent.headers["Location"])
    starts = [event for event in sandbox.log() if event["event"] == "user.session.start"]
    assert len(starts) == len(sandbox.rows("idp_sessions")) == 1


@pytest.mark.parametrize(
    ("asked", "seconds", "fresh"),
    [
        ({"prompt": "login"}, 0, True),
        ({"prompt": "login consent"}, 0, True),
        ({"prompt": "consent"}, 0, False),
        ({"max_age": "60"}, 60, False),
        ({"max_age": "60"}, 61, True),
        ({"max_age": "0"}, 0, True),
    ],
)
def test_a_client_can_ask_for_a_fresh_login(
    sandbox: Sandbox, asked: dict[str, Any], seconds: int, fresh: bool
) -> None:
    """T-AUTHZ-7: OpenID Connect Core 1.0 §3.1.2.1; `auth_time` then is that of the fresh one."""
    browser = sandbox.browser()
    code_for(sandbox, browser=browser)
    first = browser.session.cookies["__Host-idp_sid"]
    sandbox.clock.advance(seconds=seconds)
    page = browser.open(authorization_url(sandbox, **asked))
    assert (page.status_code == 200) == fresh
    if fresh:
        back = browser.submit(page, username=ALICE[0], password=ALICE[1])
        assert "code" in answer_in(back.headers["Location"])
        assert sandbox.rows("grants")[-1]["auth_time"] == sandbox.clock.now()
        assert browser.session.cookies["__Host-idp_sid"] != first
        assert len(sandbox.rows("idp_sessions")) == 1


@pytest.mark.parametrize(
    ("changes", "error", "named"),
    [
        ({"response_type": None}, "invalid_request", "response_type"),
        ({"response_type": "token"}, "unsupported_response_type", "response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type", "response_type"),
        ({"scope": None}, "invalid_scope", "scopes"),
        ({"scope": "   "}, "invalid_scope", "scopes"),
        ({"scope": "openid admin"}, "invalid_scope", "scope"),
        ({"max_age": "soon"}, "invalid_request", "max_age"),
        ({"max_age": "-1"}, "invalid_request", "max_age"),
        ({"max_age": "60s"}, "invalid_request", "max_age"),
        ({"max_age": "\u0661"}, "invalid_request", "max_age"),
    ],
)
def test_the_client_is_told_what_was_wrong(
    sandbox: Sandbox, changes: dict[str, Any], error: str, named: str
) -> None:
    answer = answer_in(get(authorization_url(sandbox, **changes)).headers["Location"])
    assert (answer["error"], answer["state"]) == (error, "the state")
    assert named in answer["error_description"]


def test_the_org_server_knows_no_scope_of_an_api(sandbox: Sandbox) -> None:
    answer = answer_in(
        get(authorization_url(sandbox, org=True, scope="openid orders:read")).headers["Location"]
    )
    assert answer["error"] == "invalid_scope"


def test_the_request_may_come_by_post(sandbox: Sandbox) -> None:
    url, _, query = authorization_url(sandbox).partition("?")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert "<form" in requests.post(url, query, headers=form, timeout=5).text
    assert requests.post(url, json={}, timeout=5).status_code == 400


def test_the_session_ends_when_it_lies_idle(sandbox: Sandbox) -> None:
    browser = sandbox.browser()
    code_for(sandbox, browser=browser)
    for _ in range(2):
        sandbox.clock.advance(minutes=119, seconds=59)
        assert browser.open(authorization_url(sandbox)).status_code == 303
    sandbox.clock.advance(minutes=120)
    assert browser.open(authorization_url(sandbox)).status_code == 200


def test_an_account_that_was_switched_off_has_no_session(sandbox: Sandbox) -> None:
    browser = sandbox.browser()
    code_for(sandbox, browser=browser)
    deactivate(sandbox, ALICE[0])
    assert browser.open(authorization_url(sandbox)).status_code == 200


def test_rows_hold_no_secret(sandbox: Sandbox) -> None:
    browser = sandbox.browser()
    code = code_for(sandbox, browser=browser)
    kept = repr(
        [sandbox.rows("authorization_codes"), sandbox.rows("idp_sessions"), sandbox.rows("pending_logins")]
    )
    assert code not in kept
    assert browser.session.cookies["__Host-idp_sid"] not in kept


def test_a_code_is_bound_to_what_was_asked(sandbox: Sandbox) -> None:
    code_for(sandbox, nonce="n\u00f6nce")
    (row,) = sandbox.store.all(AuthorizationCode)
    assert (row.client_id, row.redirect_uri) == (sandbox.client("web").id, sandbox.client("web").redirect_uri)
    assert (row.nonce, row.expires - sandbox.clock.now()) == ("n\u00f6nce", 300)
    assert sandbox.rows("grants")[0]["scope"] == "openid offline_access orders:read orders:write"


def test_a_new_login_replaces_the_session(sandbox: Sandbox) -> None:
    browser = sandbox.browser()
    code_for(sandbox, browser=browser)
    old = browser.session.cookies["__Host-idp_sid"]
    browser.sign_in(authorization_url(sandbox, prompt="login"), *BOB)
    (session,) = sandbox.store.all(IdpSession)
    assert session.uid == "00u2bobacmetest0000b"
    thief = requests.get(
        authorization_url(sandbox), cookies={"__Host-idp_sid": old}, allow_redirects=False, timeout=5
    )
    assert thief.status_code == 200


def test_scopes_are_told_once(sandbox: Sandbox) -> None:
    assert tokens_for(sandbox, scope="openid  profile openid")["scope"] == "openid profile"


def test_all_scopes_may_be_asked_for(sandbox: Sandbox) -> None:
    scopes = " ".join((*IDENTITY_SCOPES, *CUSTOM.api_scopes))
    assert tokens_for(sandbox, scope=scopes)["scope"] == scopes


def test_a_wrong_password_is_told_and_a_good_one_ends_the_form(sandbox: Sandbox) -> None:
    """The cookie of the form goes when the form is used up."""
    browser = sandbox.browser()
    page = browser.open(authorization_url(sandbox))
    assert "role=alert" not in page.text
    wrong = browser.submit(page, username=ALICE[0], password="wrong")
    assert (wrong.status_code, "The name or the password is wrong." in wrong.text) == (401, True)
    assert "__Host-idp_login" in browser.session.cookies
    browser.submit(wrong, username=ALICE[0], password=ALICE[1])
    assert list(browser.session.cookies.keys()) == ["__Host-idp_sid"]
