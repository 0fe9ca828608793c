"""The login form: shown once, sent once, by one browser, to one server."""

import json

import requests

from sessions_sandbox import Sandbox
from sessions_sandbox.ids import SeededIds
from sessions_sandbox.login_form import LoginForm
from sessions_sandbox.records import PendingLogin
from tests.sessions_sandbox.flows import (
    ALICE,
    answer_in,
    authorization_url,
    url_of,
)


def test_a_wrong_password_and_an_unknown_name_look_the_same(sandbox: Sandbox) -> None:
    pages = []
    for name, password in (
        (ALICE[0], "wrong"),
        ("nobody@acme.test", "wrong"),
        ("dave@acme.test", "dave-test-only"),
    ):
        browser = sandbox.browser()
        reply = browser.submit(browser.open(authorization_url(sandbox)), username=name, password=password)
        pending = sandbox.rows("pending_logins")[-1]
        pages.append((reply.status_code, reply.text.replace(pending["csrf_token"], "")))
        assert "__Host-idp_sid" not in browser.session.cookies
    assert pages[0][0] == 401
    assert len(set(pages)) == 1


def test_after_a_wrong_password_the_right_one_leads_on(sandbox: Sandbox) -> None:
    browser = sandbox.browser()
    page = browser.submit(browser.open(authorization_url(sandbox)), username=ALICE[0], password="wrong")
    back = browser.submit(page, username=ALICE[0], password=ALICE[1])
    assert "code" in answer_in(back.headers["Location"])


def test_the_form_counts_once_and_only_in_its_browser(sandbox: Sandbox) -> None:
    browser, other = sandbox.browser(), sandbox.browser()
    page = browser.open(authorization_url(sandbox))
    fields = {"username": ALICE[0], "password": ALICE[1]}
    assert other.submit(page, **fields).status_code == 400
    assert browser.submit(page, **{**fields, "csrf_token": "wrong"}).status_code == 400
    cookies = dict(browser.session.cookies)
    assert browser.submit(page, **fields).status_code == 303
    browser.session.cookies.update(cookies)
    assert browser.submit(page, **fields).status_code == 400


def test_the_form_grows_old(sandbox: Sandbox) -> None:
    for seconds, status in ((899, 303), (900, 400)):
        browser = sandbox.browser()
        page = browser.open(authorization_url(sandbox))
        sandbox.clock.advance(seconds=seconds)
        assert browser.submit(page, username=ALICE[0], password=ALICE[1]).status_code == status


def test_the_form_of_one_server_does_not_open_another(sandbox: Sandbox) -> None:
    """The user must not carry a request that one server checked to a server that never saw it."""
    browser = sandbox.browser()
    browser.open(authorization_url(sandbox, scope="orders:write"))
    secret = browser.session.cookies["__Host-idp_login"]
    (pending,) = sandbox.store.all(PendingLogin)
    form = {"csrf_token": pending.csrf_token, "username": ALICE[0], "password": ALICE[1]}
    for url, cookie in (
        (url_of(sandbox, "login", org=True), "__Host-idp_login"),
        (f"{sandbox.app}/login", "__Host-login"),
    ):
        reply = requests.post(url, form, cookies={cookie: secret}, allow_redirects=False, timeout=5)
        assert reply.status_code == 400
    assert json.loads(pending.continue_to)["scope"] == "orders:write"


def test_cookies_are_bound_to_the_host_and_hidden(sandbox: Sandbox) -> None:
    sandbox.browser().sign_in(authorization_url(sandbox), *ALICE)
    shown, sent = sandbox.exchanges(path="/authorize")[0], sandbox.exchanges(path="/login")[0]
    for exchange in (shown, sent):
        for name, value in exchange["response_headers"]:
            if name == "Set-Cookie":
                parts = value.split("; ")
                assert parts[0].startswith("__Host-idp_")
                assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(parts[1:])
                assert not any(part.startswith("Domain") for part in parts)
    headers = dict(shown["response_headers"])
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_without_such_a_user_no_password_is_right(sandbox: Sandbox) -> None:
    """Nor is none at all."""
    form = LoginForm("c", 'a"<', sandbox.store, sandbox.clock, SeededIds("s", sandbox.store.count))
    assert form.check("nobody@acme.test", "") is None
    assert form.check("nobody@acme.test", "x") is None
    assert 'action="a&quot;&lt;"' in form.show("/").get_data(as_text=True)
