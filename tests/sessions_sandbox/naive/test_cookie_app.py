"""The cookie app's mistakes: each is there when its switch is turned, and only then."""

import base64
import json

import pytest

from sessions_sandbox import Sandbox
from sessions_sandbox.records import AppSession
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

PLANTED = "known-to-mallory"
EVIL = "https://evil.example.net"


@pytest.mark.parametrize("fixation", [False, True])
def test_a_planted_id_becomes_the_session(sandbox: Sandbox, fixation: bool) -> None:
    """T-CK-2, T-CK-3: with the switch, and not without it."""
    sandbox.set(session_fixation=fixation)
    victim = sandbox.browser()
    victim.session.cookies.set(COOKIE, PLANTED, domain="app.acme.test", secure=True)
    assert who(sandbox, PLANTED).status_code == 401
    log_in(sandbox, browser=victim)
    assert who(sandbox, PLANTED).status_code == (200 if fixation else 401)
    assert (sid_of(victim) == PLANTED) is fixation
    assert victim.open(f"{sandbox.app}/me").json()["user"] == ALICE[0]


def test_without_a_planted_id_the_twin_makes_one_and_then_keeps_it(sandbox: Sandbox) -> None:
    sandbox.set(session_fixation=True)
    browser = log_in(sandbox)
    first = sid_of(browser)
    assert len(first) == 43
    log_in(sandbox, BOB, browser)
    assert sid_of(browser) == first
    assert who(sandbox, first).json()["user"] == BOB[0]
    assert len(sandbox.rows("app_sessions")) == 1


@pytest.mark.parametrize("only_client", [False, True])
def test_a_logout_in_the_client_only(sandbox: Sandbox, only_client: bool) -> None:
    """T-CK-4: the browser forgets, and a copy goes on."""
    sandbox.set(logout_client_only=only_client)
    browser = log_in(sandbox)
    copy = sid_of(browser)
    reply = browser.session.post(
        f"{sandbox.app}/logout", {"csrf_token": csrf_token(sandbox, copy)}, allow_redirects=False, timeout=5
    )
    assert (reply.status_code, COOKIE in browser.session.cookies) == (303, False)
    assert_deletes(reply)
    assert who(sandbox, copy).status_code == (200 if only_client else 401)
    assert len(sandbox.rows("app_sessions")) == only_client


def test_other_sessions_still_end_there(sandbox: Sandbox) -> None:
    sandbox.set(logout_client_only=True)
    one, two = (sid_of(log_in(sandbox)) for _ in range(2))
    post(
        sandbox, "/sessions/revoke-others", two,
        {"csrf_token": csrf_token(sandbox, two), "password": ALICE[1]},
    )  # fmt: skip
    assert [who(sandbox, sid).status_code for sid in (one, two)] == [401, 200]


def test_a_signed_session_is_in_the_cookie_and_nowhere_else(sandbox: Sandbox) -> None:
    """T-CK-4: whoever reads the cookie reads the session, and no logout ends it."""
    sandbox.set(session_cookie="signed")
    browser = log_in(sandbox)
    copy = sid_of(browser)
    assert sandbox.rows("app_sessions") == []
    payload = copy.partition(".")[0]
    state = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    me = who(sandbox, copy).json()
    assert me == {"user": state["login"], "csrf_token": state["csrf_token"]}
    assert state["created"] == sandbox.clock.now()
    form = {"csrf_token": me["csrf_token"]}
    assert post(sandbox, "/logout", copy, {}).status_code in (400, 403)
    reply = post(sandbox, "/logout", copy, form)
    assert reply.status_code == 303
    assert_deletes(reply)
    assert who(sandbox, copy).json()["user"] == ALICE[0]
    assert [event["event"] for event in sandbox.log()] == ["user.session.start", "user.session.end"]


def test_a_signed_session_outlives_idleness_and_its_account_but_not_its_age(sandbox: Sandbox) -> None:
    sandbox.set(session_cookie="signed")
    sid = sid_of(log_in(sandbox))
    deactivate(sandbox, ALICE[0])
    sandbox.clock.advance(hours=8, seconds=-1)
    assert who(sandbox, sid).status_code == 200
    sandbox.clock.advance(seconds=1)
    assert who(sandbox, sid).status_code == 401


def test_a_signed_session_that_was_changed_counts_for_nothing(sandbox: Sandbox) -> None:
    sandbox.set(session_cookie="signed")
    sid = sid_of(log_in(sandbox))
    payload, _, signature = sid.partition(".")
    state = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    forged = base64.urlsafe_b64encode(json.dumps({**state, "login": BOB[0]}).encode()).decode().rstrip("=")
    for value in (
        f"{forged}.{signature}",
        f"{payload}.",
        payload,
        f"{payload}.{signature[:-1]}",
        ".",
        "\u00e4.a",
    ):
        assert who(sandbox, value.encode().decode("latin-1")).status_code == 401


def test_a_server_without_rows_knows_of_one_session_only(sandbox: Sandbox) -> None:
    sandbox.set(session_cookie="signed")
    one, two = (sid_of(log_in(sandbox)) for _ in range(2))
    now = sandbox.clock.now()
    (shown,) = get(sandbox, "/sessions", two).json()["sessions"]
    assert shown == {"current": True, "created": now, "last_seen": now}
    form = {"csrf_token": csrf_token(sandbox, two), "password": ALICE[1]}
    assert post(sandbox, "/sessions/revoke-others", two, form).json() == {"ended": 0}
    assert who(sandbox, one).status_code == 200


def test_a_stored_id_opens_nothing_where_sessions_are_signed(sandbox: Sandbox) -> None:
    sid = sid_of(log_in(sandbox))
    sandbox.set(session_cookie="signed")
    assert who(sandbox, sid).status_code == 401
    assert len(sandbox.store.all(AppSession)) == 1


@pytest.mark.parametrize(
    ("protection", "same_site"),
    [("token", "Lax"), ("fetch_metadata", "Lax"), ("same_site", "Lax"), ("none", "None")],
)
def test_samesite_is_none_where_there_is_no_protection(
    sandbox: Sandbox, protection: str, same_site: str
) -> None:
    """T-CK-8: a browser takes such a cookie only if it is Secure."""
    sandbox.set(csrf_protection=protection)
    log_in(sandbox)
    sent = next(e for e in sandbox.exchanges(path="/login") if e["method"] == "POST")
    (cookie,) = (value for name, value in sent["response_headers"] if value.startswith(f"{COOKIE}="))
    assert set(cookie.split("; ")[1:]) == {"Secure", "HttpOnly", "Path=/", f"SameSite={same_site}"}


def test_another_site_signs_the_victim_in_as_somebody_else(sandbox: Sandbox) -> None:
    """T-CK-8: login CSRF."""
    sandbox.set(csrf_protection="none")
    victim = sandbox.browser()
    url, mallory = f"{sandbox.app}/login", "mallory@acme.test"
    wrong = victim.post_form(url, {"username": mallory, "password": "wrong"}, from_origin=EVIL)
    assert (wrong.status_code, COOKIE in victim.session.cookies) == (401, False)
    victim.post_form(url, {"username": mallory, "password": "mallory-test-only"}, from_origin=EVIL)
    assert victim.open(f"{sandbox.app}/me").json()["user"] == mallory


@pytest.mark.parametrize("protection", ["none", "same_site"])
def test_a_link_transfers_money_of_whoever_is_signed_in(sandbox: Sandbox, protection: str) -> None:
    """T-CK-8: by GET, without a session it does nothing, and other pages stay as they are."""
    sandbox.set(csrf_protection=protection)
    link = f"{sandbox.app}/transfer?to={BOB[0]}&amount=7"
    assert sandbox.browser().open(link, from_origin=EVIL).status_code == 401
    browser = log_in(sandbox)
    assert browser.open(f"{sandbox.app}/transfer?amount=7", from_origin=EVIL).status_code == 400
    assert browser.session.get(f"{sandbox.app}/logout", timeout=5).status_code == 405
    assert browser.session.put(link, timeout=5).status_code == 405
    assert sandbox.rows("transfers") == []
    assert browser.open(link, from_origin=EVIL).status_code == 201
    assert browser.session.head(link, timeout=5).status_code == 201
    assert [row["amount"] for row in sandbox.rows("transfers")] == [7, 7]
