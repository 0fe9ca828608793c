"""Cookie sessions: the row is the session."""

from http.cookies import SimpleCookie

import pytest
import requests

from sessions_sandbox import Sandbox
from sessions_sandbox.browser import ModelBrowser
from sessions_sandbox.records import Record
from tests.sessions_sandbox.flows import ALICE, BOB, deactivate

COOKIE = "__Host-sid"


def log_in(
    sandbox: Sandbox, user: tuple[str, str] = ALICE, browser: ModelBrowser | None = None
) -> ModelBrowser:
    browser = browser or sandbox.browser()
    form = browser.open(f"{sandbox.app}/login")
    page = browser.submit(form, username=user[0], password=user[1])
    assert page.status_code == 200, page.text
    return browser


def who(sandbox: Sandbox, sid: str) -> requests.Response:
    """`/me` for whoever holds a cookie."""
    return requests.get(f"{sandbox.app}/me", headers={"Cookie": f"{COOKIE}={sid}"}, timeout=5)


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
    _assert_deletes(reply)
    assert COOKIE not in browser.session.cookies
    assert who(sandbox, copy).status_code == 401
    assert [event["event"] for event in sandbox.log()] == ["user.session.start", "user.session.end"]


def _assert_deletes(reply: requests.Response) -> None:
    """Same name, path and attributes, empty, `Max-Age=0`."""
    cookie = SimpleCookie(reply.headers["Set-Cookie"])[COOKIE]
    assert (cookie.value, cookie["max-age"], cookie["path"]) == ("", "0", "/")
    assert cookie["secure"]
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["domain"]) == ("Lax", "")


def test_a_session_ends_when_it_lies_idle(sandbox: Sandbox) -> None:
    """T-CK-5: each request keeps it alive."""
    sid = log_in(sandbox).session.cookies[COOKIE]
    for _ in range(3):
        sandbox.clock.advance(minutes=29, seconds=59)
        assert who(sandbox, sid).status_code == 200
    sandbox.clock.advance(minutes=30)
    reply = who(sandbox, sid)
    assert reply.status_code == 401
    _assert_deletes(reply)
    assert sandbox.rows("app_sessions") == []
    assert sandbox.log()[-1]["event"] == "user.session.end"


def test_a_session_ends_however_busy_it_is(sandbox: Sandbox) -> None:
    """T-CK-6"""
    sid = log_in(sandbox).session.cookies[COOKIE]
    for _ in range(8 * 3 - 1):
        sandbox.clock.advance(minutes=20)
        assert who(sandbox, sid).status_code == 200
    sandbox.clock.advance(minutes=20, seconds=-1)
    assert who(sandbox, sid).status_code == 200
    sandbox.clock.advance(seconds=1)
    assert who(sandbox, sid).status_code == 401
    assert sandbox.rows("app_sessions") == []


def test_nobody_logs_out_by_a_link(sandbox: Sandbox) -> None:
    """T-CK-7"""
    browser = log_in(sandbox)
    reply = browser.session.get(f"{sandbox.app}/logout", timeout=5)
    assert (reply.status_code, reply.headers["Allow"]) == (405, "POST")
    assert who(sandbox, browser.session.cookies[COOKIE]).status_code == 200


@pytest.mark.parametrize("where", ["form", "header"])
@pytest.mark.parametrize("whose", ["none", "empty", "wrong", "another session's", "its own"])
def test_a_logout_needs_the_token_of_its_session(sandbox: Sandbox, where: str, whose: str) -> None:
    """T-CK-8"""
    browser = log_in(sandbox)
    sid = browser.session.cookies[COOKIE]
    other = log_in(sandbox, BOB).session.cookies[COOKIE]
    own = who(sandbox, sid).json()["csrf_token"]
    tokens = {"empty": "", "wrong": own[:-1], "another session's": who(sandbox, other).json()["csrf_token"]}
    token = {**tokens, "its own": own}.get(whose)
    form = {"csrf_token": token} if where == "form" and token is not None else {"x": "y"}
    headers = {"X-CSRF-Token": token} if where == "header" and token is not None else {}
    reply = browser.session.post(
        f"{sandbox.app}/logout", form, headers=headers, allow_redirects=False, timeout=5
    )
    assert reply.status_code == (303 if whose == "its own" else 403)
    assert who(sandbox, sid).status_code == (401 if whose == "its own" else 200)
    assert who(sandbox, other).status_code == 200


@pytest.mark.parametrize("csrf_token", ["", "wrong", "\u00e4"])
def test_a_login_needs_the_token_of_its_form(sandbox: Sandbox, csrf_token: str) -> None:
    """T-CK-8: or another site could log the user in as somebody else."""
    browser = sandbox.browser()
    form = browser.open(f"{sandbox.app}/login")
    reply = browser.submit(form, username=ALICE[0], password=ALICE[1], csrf_token=csrf_token)
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
    sid = log_in(sandbox).session.cookies[COOKIE]
    deactivate(sandbox, ALICE[0])
    assert who(sandbox, sid).status_code == 401


def test_without_a_cookie_none_is_deleted(sandbox: Sandbox) -> None:
    reply = requests.get(f"{sandbox.app}/me", timeout=5)
    assert (reply.status_code, "Set-Cookie" in reply.headers) == (401, False)
    assert requests.head(f"{sandbox.app}/", timeout=5).status_code == 200


def test_what_is_not_there_is_said(sandbox: Sandbox) -> None:
    assert requests.get(f"{sandbox.app}/nothing", timeout=5).json() == {"error": "not_found"}
    reply = requests.delete(f"{sandbox.app}/login", timeout=5)
    assert (reply.status_code, reply.headers["Allow"]) == (405, "GET, POST")
    assert requests.post(f"{sandbox.app}/login", json={}, timeout=5).json()["error"] == "invalid_request"
