"""The pages of the cookie app: signing in and out, and money that is sent."""

import pytest
import requests

from sessions_sandbox import Sandbox
from sessions_sandbox.records import Record
from tests.sessions_sandbox.cookie_app.visits import (
    COOKIE,
    assert_deletes,
    csrf_token,
    get,
    log_in,
    post,
    sid_of,
    who,
)
from tests.sessions_sandbox.flows import ALICE, BOB, deactivate

PRIVATE = ("/me", "/sessions")
CHANGING = ("/transfer", "/sessions/revoke-others")


def test_the_cookie_has_the_attributes_it_needs_and_no_others(sandbox: Sandbox) -> None:
    """T-CK-1"""
    log_in(sandbox)
    (sent,) = (e for e in sandbox.exchanges(path="/login") if e["method"] == "POST")
    cookies = [value for name, value in sent["response_headers"] if name == "Set-Cookie" and COOKIE in value]
    name_and_value, *attributes = cookies[0].split("; ")
    assert set(attributes) == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}
    assert len(name_and_value.removeprefix(f"{COOKIE}=")) == 43
    assert len(cookies) == 1


def test_a_login_starts_a_new_session(sandbox: Sandbox) -> None:
    """T-CK-2: the form's own cookie is used up, and the session before it ends."""
    browser = log_in(sandbox)
    first = browser.session.cookies[COOKIE]
    assert not sandbox.rows("pending_logins")
    assert "__Host-login" not in browser.session.cookies
    log_in(sandbox, BOB, browser)
    second = browser.session.cookies[COOKIE]
    assert first != second
    assert who(sandbox, first).status_code == 401
    assert who(sandbox, second).json()["user"] == BOB[0]
    assert len(sandbox.rows("app_sessions")) == 1


@pytest.mark.parametrize("sid", ["A" * 43, "", "\u00e4", '"', "a" * 4000])
def test_an_unknown_id_is_not_adopted(sandbox: Sandbox, sid: str) -> None:
    """T-CK-3"""
    reply = requests.get(f"{sandbox.app}/me", headers={"Cookie": f"{COOKIE}={sid}".encode()}, timeout=5)
    assert (reply.status_code, reply.json()) == (401, {"error": "no_session"})
    assert sandbox.rows("app_sessions") == []
    browser = sandbox.browser()
    browser.session.cookies.set(COOKIE, "A" * 43, domain="app.acme.test", secure=True)
    log_in(sandbox, browser=browser)
    assert who(sandbox, "A" * 43).status_code == 401


def test_a_copy_of_the_cookie_dies_with_the_logout(sandbox: Sandbox) -> None:
    """T-CK-4"""
    browser = log_in(sandbox)
    copy = browser.session.cookies[COOKIE]
    me = who(sandbox, copy)
    assert (me.status_code, me.json()["user"], me.headers["Cache-Control"]) == (200, ALICE[0], "no-store")
    reply = browser.session.post(
        f"{sandbox.app}/logout", {"csrf_token": me.json()["csrf_token"]}, allow_redirects=False, timeout=5
    )
    assert (reply.status_code, reply.headers["Location"]) == (303, "/")
    assert reply.headers["Clear-Site-Data"] == '"cookies", "storage"'
    assert reply.headers["Cache-Control"] == "no-store"
    assert_deletes(reply)
    assert COOKIE not in browser.session.cookies
    assert who(sandbox, copy).status_code == 401
    uid = sandbox.rows("users")[0]["uid"]
    assert [(event["event"], event["uid"], event["detail"]) for event in sandbox.log()] == [
        ("user.session.start", uid, "app.acme.test"),
        ("user.session.end", uid, "app.acme.test"),
    ]


def test_nobody_logs_out_by_a_link(sandbox: Sandbox) -> None:
    """T-CK-7"""
    browser = log_in(sandbox)
    reply = browser.session.get(f"{sandbox.app}/logout", timeout=5)
    assert (reply.status_code, reply.headers["Allow"]) == (405, "POST")
    assert who(sandbox, browser.session.cookies[COOKIE]).status_code == 200


@pytest.mark.parametrize("token", ["", "wrong", "\u00e4"])
def test_a_login_needs_the_token_of_its_form(sandbox: Sandbox, token: str) -> None:
    """T-CK-8: or another site could log the user in as somebody else."""
    browser = sandbox.browser()
    form = browser.open(f"{sandbox.app}/login")
    reply = browser.submit(form, username=ALICE[0], password=ALICE[1], csrf_token=token)
    assert (reply.status_code, COOKIE in browser.session.cookies) == (400, False)


def test_a_form_from_another_site_deletes_no_cookie(sandbox: Sandbox) -> None:
    """T-CK-8: a browser sends the cookie with no such form (SameSite=Lax), and would obey the answer."""
    reply = requests.post(f"{sandbox.app}/logout", {"x": "y"}, allow_redirects=False, timeout=5)
    assert reply.status_code == 303
    assert not {"Set-Cookie", "Clear-Site-Data"} & set(reply.headers)


def test_the_store_holds_no_id(sandbox: Sandbox) -> None:
    """T-CK-9"""
    browser = sandbox.browser()
    form = browser.open(f"{sandbox.app}/login")
    login_cookie = browser.session.cookies["__Host-login"]
    assert login_cookie not in repr(sandbox.rows("pending_logins"))
    browser.submit(form, username=ALICE[0], password=ALICE[1])
    assert browser.session.cookies[COOKIE] not in repr([sandbox.rows("app_sessions"), sandbox.log()])


def test_a_failed_login_does_not_tell_why(sandbox: Sandbox) -> None:
    answers = []
    for name, password in (
        (ALICE[0], "wrong"),
        ("nobody@acme.test", "wrong"),
        ("nobody@acme.test", ""),
        ("dave@acme.test", "dave-test-only"),
    ):
        browser = sandbox.browser()
        reply = browser.submit(browser.open(f"{sandbox.app}/login"), username=name, password=password)
        token = sandbox.rows("pending_logins")[-1]["csrf_token"]
        answers.append((reply.status_code, reply.text.replace(token, "")))
        assert COOKIE not in browser.session.cookies
    assert answers == answers[:1] * 4
    assert answers[0][0] == 401
    assert "The name or the password is wrong." in answers[0][1]


def test_a_form_counts_in_its_own_browser_until_it_is_old(sandbox: Sandbox) -> None:
    browser = sandbox.browser()
    form = browser.open(f"{sandbox.app}/login")
    fields = {"username": ALICE[0], "password": ALICE[1]}
    assert sandbox.browser().submit(form, **fields).status_code == 400
    sandbox.clock.advance(minutes=15)
    assert browser.submit(form, **fields).status_code == 400


def test_of_two_requests_with_one_form_the_second_is_refused(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another request used the form up between the look and the removal."""
    remove_row = sandbox.store.remove

    def late(kind: type[Record], key: str) -> bool:
        remove_row(kind, key)
        return remove_row(kind, key)

    browser = sandbox.browser()
    form = browser.open(f"{sandbox.app}/login")
    monkeypatch.setattr(sandbox.store, "remove", late)
    assert browser.submit(form, username=ALICE[0], password=ALICE[1]).status_code == 400
    assert sandbox.rows("app_sessions") == []


def test_an_account_that_was_switched_off_loses_its_session(sandbox: Sandbox) -> None:
    sid = sid_of(log_in(sandbox))
    deactivate(sandbox, ALICE[0])
    assert who(sandbox, sid).status_code == 401


def test_the_login_page_shows_nobodys_data(sandbox: Sandbox) -> None:
    """A form, its cookie and its token, also to somebody who is signed in."""
    sid = sid_of(log_in(sandbox))
    page = get(sandbox, "/login", sid)
    (pending,) = sandbox.rows("pending_logins")
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    assert pending["csrf_token"] in page.text
    assert page.headers["Set-Cookie"].startswith("__Host-login=")
    assert "alice" not in page.text.lower()
    assert who(sandbox, sid).status_code == 200


def test_a_login_leads_to_the_front_page(sandbox: Sandbox) -> None:
    log_in(sandbox)
    sent = next(e for e in sandbox.exchanges(path="/login") if e["method"] == "POST")
    headers = dict(sent["response_headers"])
    assert (sent["status"], headers["Location"], headers["Cache-Control"]) == (303, "/", "no-store")


@pytest.mark.parametrize("path", [*PRIVATE, *CHANGING])
def test_without_a_session_nothing_is_told_or_done(sandbox: Sandbox, path: str) -> None:
    for cookies in ({}, {COOKIE: "A" * 43}):
        method = "GET" if path in PRIVATE else "POST"
        form = {"to": BOB[0], "amount": "1", "password": ALICE[1]}
        reply = requests.request(method, f"{sandbox.app}{path}", data=form, cookies=cookies, timeout=5)
        assert (reply.status_code, reply.json()) == (401, {"error": "no_session"})
        assert reply.headers["Cache-Control"] == "no-store"
        if cookies:
            assert_deletes(reply)
        assert ("Set-Cookie" in reply.headers) is bool(cookies)
    assert sandbox.rows("transfers") == []


def test_a_refusal_is_no_reason_to_forget_the_session(sandbox: Sandbox) -> None:
    reply = post(sandbox, "/transfer", sid_of(log_in(sandbox)), {"to": BOB[0], "amount": "1"})
    assert (reply.status_code, "Set-Cookie" in reply.headers) == (403, False)
    assert reply.headers["Cache-Control"] == "no-store"


def test_the_front_page_is_for_all(sandbox: Sandbox) -> None:
    assert requests.head(f"{sandbox.app}/", timeout=5).status_code == 200


def test_a_transfer_is_a_row(sandbox: Sandbox) -> None:
    sid = sid_of(log_in(sandbox))
    form = {"to": BOB[0], "amount": "250", "csrf_token": csrf_token(sandbox, sid)}
    for _ in range(2):
        reply = post(sandbox, "/transfer", sid, form)
        assert (reply.status_code, reply.json()) == (201, {"to": BOB[0], "amount": 250})
        assert reply.headers["Cache-Control"] == "no-store"
    first, second = sandbox.rows("transfers")
    assert first["transfer_id"] != second.pop("transfer_id")
    uid = sandbox.rows("users")[0]["uid"]
    assert second == {"uid": uid, "to": BOB[0], "amount": 250, "time": sandbox.clock.now()}


@pytest.mark.parametrize(
    "change",
    [
        {"to": ""},
        {"to": "nobody@acme.test"},
        {"amount": ""},
        {"amount": "0"},
        {"amount": "-1"},
        {"amount": "1.5"},
        {"amount": "1" * 10},
        {"amount": "\u0661"},
        {"amount": "1\n"},
    ],
)
def test_a_transfer_has_somebody_who_gets_it_and_an_amount(sandbox: Sandbox, change: dict[str, str]) -> None:
    sid = sid_of(log_in(sandbox))
    form = {"to": BOB[0], "amount": "1", "csrf_token": csrf_token(sandbox, sid), **change}
    reply = post(sandbox, "/transfer", sid, form)
    assert (reply.status_code, reply.json()) == (400, {"error": "transfer_invalid"})
    assert sandbox.rows("transfers") == []


@pytest.mark.parametrize("path", ["/logout", *CHANGING])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
def test_what_changes_something_takes_post_only(sandbox: Sandbox, path: str, method: str) -> None:
    reply = requests.request(method, f"{sandbox.app}{path}", timeout=5)
    assert (reply.status_code, reply.headers["Allow"]) == (405, "POST")


def test_what_is_not_there_is_said(sandbox: Sandbox) -> None:
    assert requests.get(f"{sandbox.app}/nothing", timeout=5).json() == {"error": "not_found"}
    reply = requests.delete(f"{sandbox.app}/login", timeout=5)
    assert (reply.status_code, reply.headers["Allow"]) == (405, "GET, POST")
    assert requests.post(f"{sandbox.app}/login", json={}, timeout=5).json()["error"] == "invalid_request"
