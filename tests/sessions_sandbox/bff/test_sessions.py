"""How long a session of the backend for frontend lives, and what its row holds."""

from dataclasses import replace

from sessions_sandbox import Sandbox
from sessions_sandbox.ids import fingerprint
from sessions_sandbox.seed import CUSTOM
from tests.sessions_sandbox.bff.pages import COOKIE, ask, is_signed_in, signed_in, the_session
from tests.sessions_sandbox.flows import is_active

HOUR = 3600
WEEK = 7 * 24 * HOUR


def test_it_lives_as_long_as_its_refresh_token_may(sandbox: Sandbox) -> None:
    """RFC 10017 §6.1.2.2. Unused, that is a week."""
    assert CUSTOM.refresh_idle_seconds == WEEK
    browser = signed_in(sandbox)
    sandbox.clock.advance(seconds=WEEK - 1)
    assert is_signed_in(browser)
    assert is_active(sandbox, the_session(sandbox).refresh_token)
    sandbox.clock.advance(seconds=1)
    assert not is_active(sandbox, the_session(sandbox).refresh_token)
    reply = ask(browser, "user")
    assert (reply.status_code, "Max-Age=0" in reply.headers["Set-Cookie"]) == (401, True)


def test_a_renewal_gives_it_another_week(sandbox: Sandbox) -> None:
    browser = signed_in(sandbox)
    sandbox.clock.advance(seconds=WEEK - 1)
    assert ask(browser, "api/orders").status_code == 200
    sandbox.clock.advance(seconds=WEEK - 1)
    assert is_signed_in(browser)


def test_no_renewal_moves_the_absolute_end(sandbox: Sandbox) -> None:
    sandbox.set(refresh_token_seconds=2 * HOUR)
    browser = signed_in(sandbox)
    sandbox.clock.advance(seconds=HOUR)
    assert ask(browser, "api/orders").status_code == 200
    sandbox.set(refresh_token_seconds=None)
    sandbox.clock.advance(seconds=HOUR - 1)
    assert is_signed_in(browser)
    assert the_session(sandbox).forget_at == the_session(sandbox).ends == sandbox.clock.now() + 1
    sandbox.clock.advance(seconds=1)
    assert not is_signed_in(browser)


def test_an_absolute_end_that_is_further_off_than_a_week(sandbox: Sandbox) -> None:
    sandbox.set(refresh_token_seconds=2 * WEEK)
    signed_in(sandbox)
    session = the_session(sandbox)
    assert session.expires == sandbox.clock.now() + WEEK
    assert session.ends == sandbox.clock.now() + 2 * WEEK


def test_it_follows_the_idle_limit_that_a_switch_sets(sandbox: Sandbox) -> None:
    sandbox.set(refresh_idle_seconds=HOUR + 60)
    browser = signed_in(sandbox)
    sandbox.clock.advance(seconds=HOUR)
    assert ask(browser, "api/orders").status_code == 200
    sandbox.clock.advance(seconds=HOUR + 59)
    assert is_signed_in(browser)
    assert is_active(sandbox, the_session(sandbox).refresh_token)
    sandbox.clock.advance(seconds=1)
    assert not is_active(sandbox, the_session(sandbox).refresh_token)
    assert not is_signed_in(browser)


def test_it_renews_short_tokens_that_do_not_rotate(sandbox: Sandbox) -> None:
    """Also such as are due for renewal from the start."""
    sandbox.set(rotation=False, access_token_seconds=5)
    browser = signed_in(sandbox)
    first = the_session(sandbox)
    assert first.access_token_expires == sandbox.clock.now() + 5
    sandbox.clock.advance(seconds=5)
    assert ask(browser, "api/orders").status_code == 200
    assert the_session(sandbox).access_token_expires == sandbox.clock.now() + 5
    assert the_session(sandbox).refresh_token == first.refresh_token


def test_the_row(sandbox: Sandbox) -> None:
    """The cookie's fingerprint, who it is, and the tokens; the `sid` where the ID token names one."""
    browser = signed_in(sandbox)
    session = the_session(sandbox)
    secret = browser.session.cookies[COOKIE]
    assert secret is not None
    assert session.id_hash == fingerprint(secret)
    assert (session.uid, session.name, session.sid) == ("00u1aliceacmetest00a", "Alice", "")
    assert secret not in repr(sandbox.rows("bff_sessions"))
    sandbox.set(back_channel_logout=True)
    signed_in(sandbox, browser=browser)
    (at_idp,) = sandbox.rows("idp_sessions")
    assert the_session(sandbox) == replace(the_session(sandbox), sid=at_idp["sid"])


def test_the_log_tells_its_start_and_its_end(sandbox: Sandbox) -> None:
    browser = signed_in(sandbox)
    ask(browser, "logout", "POST")
    ours = [row for row in sandbox.log() if row["detail"] == "app.acme.test/bff"]
    assert [(row["event"], row["uid"]) for row in ours] == [
        ("user.session.start", "00u1aliceacmetest00a"),
        ("user.session.end", "00u1aliceacmetest00a"),
    ]


def test_an_id_that_is_none(sandbox: Sandbox) -> None:
    signed_in(sandbox)
    browser = sandbox.browser()
    assert "Set-Cookie" not in ask(browser, "user").headers
    for value in ("A" * 43, "", "\u00e4", the_session(sandbox).id_hash):
        reply = ask(browser, "user", headers={"Cookie": f"{COOKIE}={value}"})
        assert reply.status_code == 401
        assert "Max-Age=0" in reply.headers["Set-Cookie"]
