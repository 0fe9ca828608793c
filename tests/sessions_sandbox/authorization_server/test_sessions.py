"""The session at the identity provider: how long it lives, and whom the policy lets in."""

import pytest

from sessions_sandbox import Sandbox
from sessions_sandbox.authorization_server.sessions import end_session
from sessions_sandbox.browser import ModelBrowser
from sessions_sandbox.records import IdpSession
from tests.sessions_sandbox.bff.pages import signed_in
from tests.sessions_sandbox.flows import ALICE, BOB, answer_in, authorization_url, code_for


def is_signed_in(sandbox: Sandbox, browser: ModelBrowser) -> bool:
    return browser.open(authorization_url(sandbox)).status_code == 303


@pytest.mark.parametrize(("switch", "limit"), [(90, 90), (None, 7200), (10 * 86400, 86400)])
def test_it_idles_out_when_the_switch_says(sandbox: Sandbox, switch: int | None, limit: int) -> None:
    """However much the switch allows, the row of a session is kept for a day."""
    sandbox.set(idp_session_idle_seconds=switch)
    browser = sandbox.browser()
    code_for(sandbox, browser=browser)
    for _ in range(2):
        sandbox.clock.advance(seconds=limit - 1)
        assert is_signed_in(sandbox, browser)
    sandbox.clock.advance(seconds=limit)
    assert not is_signed_in(sandbox, browser)


def test_it_has_no_absolute_limit_as_set_up(sandbox: Sandbox) -> None:
    browser = sandbox.browser()
    code_for(sandbox, browser=browser)
    for _ in range(48):
        sandbox.clock.advance(hours=1)
        assert is_signed_in(sandbox, browser)


def test_use_does_not_lengthen_the_absolute_limit(sandbox: Sandbox) -> None:
    sandbox.set(idp_session_absolute_seconds=600)
    browser = sandbox.browser()
    code_for(sandbox, browser=browser)
    for seconds in (300, 299):
        sandbox.clock.advance(seconds=seconds)
        assert is_signed_in(sandbox, browser)
    sandbox.clock.advance(seconds=1)
    assert not is_signed_in(sandbox, browser)
    code_for(sandbox, browser=browser)
    sandbox.clock.advance(seconds=599)
    assert is_signed_in(sandbox, browser)


def test_the_policy_lets_nobody_in(sandbox: Sandbox) -> None:
    """RFC 6749 §4.1.2.1: `access_denied`; who is signed in stays so, and is let in when the policy allows."""
    sandbox.set(access_denied=True)
    browser = sandbox.browser()
    answer = answer_in(browser.sign_in(authorization_url(sandbox), *ALICE))
    assert (answer["error"], answer["state"]) == ("access_denied", "the state")
    for prompt in (None, "none"):
        reply = browser.open(authorization_url(sandbox, prompt=prompt))
        assert answer_in(reply.headers["Location"])["error"] == "access_denied"
    assert sandbox.rows("grants") == []
    sandbox.set(access_denied=False)
    assert is_signed_in(sandbox, browser)


def session_events(sandbox: Sandbox) -> list[tuple[str, str]]:
    """What the log says of sessions at the identity provider: the event and the user's id."""
    rows = [row for row in sandbox.log() if row["event"].startswith("user.session") and not row["detail"]]
    return [(row["event"], row["uid"]) for row in rows]


def test_it_ends_when_another_user_signs_in_in_the_same_browser(sandbox: Sandbox) -> None:
    """When the same user does, it goes on, under a new secret."""
    browser = sandbox.browser()
    alice, bob = "00u1aliceacmetest00a", "00u2bobacmetest0000b"
    sids = []
    for user in (ALICE, ALICE, BOB):
        form = browser.open(authorization_url(sandbox, prompt="login"))
        assert browser.submit(form, username=user[0], password=user[1]).status_code == 303
        (session,) = sandbox.rows("idp_sessions")
        sids.append(session["sid"])
    assert session_events(sandbox) == [
        ("user.session.start", alice),
        ("user.session.start", alice),
        ("user.session.end", alice),
        ("user.session.start", bob),
    ]
    assert sids[0] == sids[1] != sids[2]
    assert session["uid"] == bob


def test_of_two_who_end_it_one_does(sandbox: Sandbox) -> None:
    """And only one tells of it."""
    sandbox.set(back_channel_logout=True)
    signed_in(sandbox)
    (session,) = sandbox.store.all(IdpSession)
    for _ in range(2):
        end_session(sandbox._servers()[0], session)
    assert [event for event, _ in session_events(sandbox)] == ["user.session.start", "user.session.end"]
    assert len(sandbox.exchanges(path="/bff/backchannel-logout")) == 1
