"""The consent page: who is asked, for what, how often, and who may answer."""

import re
from typing import Any

import pytest
import requests

from sessions_sandbox import Sandbox
from sessions_sandbox.authorization_server.consent import withdraw
from sessions_sandbox.browser import ModelBrowser
from sessions_sandbox.records import Consent, PendingConsent
from tests.sessions_sandbox.flows import ALICE, BOB, answer_in, authorization_url, tokens_for, url_of


@pytest.fixture(autouse=True)
def consent_required(sandbox: Sandbox) -> None:
    sandbox.set(consent_required=True)


def asked(sandbox: Sandbox, browser: ModelBrowser, client: str = "web", **changes: Any) -> requests.Response:
    """The consent page of Alice, who signs in if need be."""
    page = browser.open(authorization_url(sandbox, client, **changes))
    if 'name="username"' in page.text:
        page = browser.submit(page, username=ALICE[0], password=ALICE[1])
    assert page.status_code == 200, page.headers
    assert "<h1>Allow " in page.text
    return page


def answer(browser: ModelBrowser, page: requests.Response, decision: str) -> dict[str, str]:
    """What the client gets when the user presses a button."""
    return answer_in(browser.submit(page, decision=decision).headers["Location"])


def test_the_page_names_the_client_and_each_scope_and_both_buttons(sandbox: Sandbox) -> None:
    page = asked(sandbox, sandbox.browser(), "otherapp", scope="openid orders:write")
    assert "<h1>Allow otherapp?</h1>" in page.text
    assert re.findall(r"<li>([^<]*)</li>", page.text) == ["openid", "orders:write"]
    assert re.findall(r'<button name="decision" value="([a-z]+)">', page.text) == ["allow", "deny"]
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert sandbox.rows("grants") == sandbox.rows("consents") == []


def test_who_allows_it_is_asked_once(sandbox: Sandbox) -> None:
    browser = sandbox.browser()
    given = answer(browser, asked(sandbox, browser), "allow")
    assert given["state"] == "the state"
    assert "code" in given
    assert "code" in answer_in(browser.open(authorization_url(sandbox)).headers["Location"])
    (consent,) = sandbox.store.all(Consent)
    assert (consent.server, consent.client_id, consent.uid, consent.scope, consent.given) == (
        "default",
        sandbox.client("web").id,
        "00u1aliceacmetest00a",
        "openid offline_access orders:read orders:write",
        sandbox.clock.now(),
    )
    assert "app.oauth2.as.consent.grant" in [event["event"] for event in sandbox.log()]


@pytest.mark.parametrize("decision", ["deny", "Allow", ""])
def test_whoever_does_not_allow_it_gives_nothing(sandbox: Sandbox, decision: str) -> None:
    browser = sandbox.browser()
    given = answer(browser, asked(sandbox, browser), decision)
    assert (given["error"], given["state"]) == ("access_denied", "the state")
    assert given["error_description"] == "The user did not allow it."
    assert sandbox.rows("grants") == sandbox.rows("consents") == []
    asked(sandbox, browser)


def test_more_scope_is_asked_for_and_less_is_not(sandbox: Sandbox) -> None:
    browser = sandbox.browser()
    answer(browser, asked(sandbox, browser, scope="openid orders:read"), "allow")
    less = authorization_url(sandbox, scope="openid")
    assert "code" in answer_in(browser.open(less).headers["Location"])
    sandbox.clock.advance(seconds=5)
    answer(browser, asked(sandbox, browser, scope="openid profile"), "allow")
    both = authorization_url(sandbox, scope="orders:read profile")
    assert "code" in answer_in(browser.open(both).headers["Location"])
    (consent,) = sandbox.store.all(Consent)
    assert (consent.scope, consent.given) == ("openid orders:read profile", sandbox.clock.now())


def test_consent_is_for_one_client_one_user_and_one_server(sandbox: Sandbox) -> None:
    browser = sandbox.browser()
    answer(browser, asked(sandbox, browser), "allow")
    asked(sandbox, browser, "otherapp")
    asked(sandbox, browser, org=True)
    bob = sandbox.browser()
    page = bob.open(authorization_url(sandbox))
    assert "<h1>Allow web?" in bob.submit(page, username=BOB[0], password=BOB[1]).text


def test_a_client_can_have_the_user_asked_again(sandbox: Sandbox) -> None:
    """OpenID Connect Core 1.0 §3.1.2.1: `prompt=consent`."""
    browser = sandbox.browser()
    answer(browser, asked(sandbox, browser), "allow")
    again = asked(sandbox, browser, prompt="consent")
    assert "code" in answer(browser, again, "allow")
    asked(sandbox, browser, prompt="login consent")
    unknown = authorization_url(sandbox, prompt="consenting")
    assert "code" in answer_in(browser.open(unknown).headers["Location"])


def test_prompt_none_asks_nobody(sandbox: Sandbox) -> None:
    """T-AUTHZ-6: OpenID Connect Core 1.0 §3.1.2.6."""
    browser = sandbox.browser()
    silent = authorization_url(sandbox, prompt="none")
    assert answer_in(browser.open(silent).headers["Location"])["error"] == "login_required"
    page = asked(sandbox, browser)
    refused = answer_in(browser.open(silent).headers["Location"])
    assert (refused["error"], refused["state"]) == ("consent_required", "the state")
    answer(browser, page, "allow")
    assert "code" in answer_in(browser.open(silent).headers["Location"])


def test_nobody_is_asked_unless_the_switch_is_on(sandbox: Sandbox) -> None:
    sandbox.set(consent_required=False)
    tokens_for(sandbox, prompt="consent")
    assert sandbox.rows("consents") == sandbox.rows("pending_consents") == []


def test_the_model_browser_allows(sandbox: Sandbox) -> None:
    browser = sandbox.browser()
    assert "access_token" in sandbox.sign_in(ALICE[0], browser=browser)
    assert "access_token" in sandbox.sign_in(ALICE[0], client="spa", browser=browser)
    assert len(sandbox.rows("consents")) == 2


def is_refused(sandbox: Sandbox, browser: ModelBrowser, form: dict[str, str]) -> bool:
    """Whether a consent form is answered with an error page and no code."""
    reply = browser.session.post(url_of(sandbox, "consent"), form, allow_redirects=False)
    return (reply.status_code, "no longer valid" in reply.text) == (400, True)


def form_of(page: requests.Response) -> dict[str, str]:
    (token,) = re.findall(r'name="csrf_token" value="([^"]+)"', page.text)
    return {"csrf_token": token, "decision": "allow"}


def test_another_page_cannot_allow(sandbox: Sandbox) -> None:
    browser = sandbox.browser()
    form = form_of(asked(sandbox, browser))
    for token in ("", "a guess"):
        assert is_refused(sandbox, browser, {**form, "csrf_token": token})
    assert not is_refused(sandbox, browser, form)


def test_a_page_counts_once(sandbox: Sandbox) -> None:
    browser = sandbox.browser()
    form = form_of(asked(sandbox, browser))
    assert not is_refused(sandbox, browser, form)
    assert is_refused(sandbox, browser, form)


def test_of_two_that_answer_together_one_counts(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = sandbox.browser()
    form = form_of(asked(sandbox, browser))
    monkeypatch.setattr(sandbox.store, "remove", lambda kind, key: False)
    assert is_refused(sandbox, browser, form)


def test_a_page_counts_in_the_session_that_it_was_shown_in(sandbox: Sandbox) -> None:
    form = form_of(asked(sandbox, sandbox.browser()))
    assert is_refused(sandbox, sandbox.browser(), form)
    other = sandbox.browser()
    asked(sandbox, other)
    assert is_refused(sandbox, other, form)
    assert sandbox.rows("consents") == []


def test_a_page_expires(sandbox: Sandbox) -> None:
    browser = sandbox.browser()
    form = form_of(asked(sandbox, browser))
    (pending,) = sandbox.store.all(PendingConsent)
    sandbox.clock.advance(seconds=pending.expires - sandbox.clock.now() - 1)
    late = form_of(asked(sandbox, browser))
    assert not is_refused(sandbox, browser, form)
    sandbox.clock.advance(minutes=15)
    assert is_refused(sandbox, browser, late)


def test_rows_hold_no_secret(sandbox: Sandbox) -> None:
    form = form_of(asked(sandbox, sandbox.browser()))
    assert form["csrf_token"] not in repr(sandbox.rows("pending_consents"))


def test_a_body_that_is_no_form_is_refused(sandbox: Sandbox) -> None:
    browser = sandbox.browser()
    asked(sandbox, browser)
    assert browser.session.post(url_of(sandbox, "consent"), json={}).status_code == 400


def test_an_error_names_its_issuer_by_switch(sandbox: Sandbox) -> None:
    sandbox.set(authorization_response_iss=True)
    browser = sandbox.browser()
    assert answer(browser, asked(sandbox, browser), "deny")["iss"] == sandbox.issuer


def test_a_consent_that_was_withdrawn_is_asked_for_again(sandbox: Sandbox) -> None:
    """Of that client, that server and that user only; a second time there is nothing to withdraw."""
    browser = sandbox.browser()
    for client in ("web", "otherapp"):
        answer(browser, asked(sandbox, browser, client), "allow")
    first, _ = sandbox.store.all(Consent)
    for _ in range(2):
        withdraw(sandbox._servers()[0], first, "why")
    last = [row for row in sandbox.log() if row["event"] == "app.oauth2.as.consent.revoke"]
    assert [(row["client_id"], row["uid"], row["detail"]) for row in last] == [
        (sandbox.client("web").id, "00u1aliceacmetest00a", "why")
    ]
    assert "code" in answer_in(browser.open(authorization_url(sandbox, "otherapp")).headers["Location"])
    assert "code" in answer(browser, asked(sandbox, browser), "allow")
