"""The logout endpoint: what it ends, what it leaves, and where it sends nobody."""

from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from sessions_sandbox import Sandbox
from sessions_sandbox.browser import ModelBrowser
from tests.sessions_sandbox.flows import answer_in, authorization_url, is_active, url_of

ALICE = "alice@acme.test"


def logout_url(sandbox: Sandbox, *, org: bool = False, **sent: str | None) -> str:
    given = {name: value for name, value in sent.items() if value is not None}
    return f"{url_of(sandbox, 'logout', org=org)}?{urlencode(given)}"


def is_signed_in(sandbox: Sandbox, browser: ModelBrowser) -> bool:
    """Whether the browser gets a code without a form."""
    page = browser.open(authorization_url(sandbox, prompt="none"))
    return "code" in answer_in(page.headers["Location"])


@pytest.fixture
def browser(sandbox: Sandbox) -> ModelBrowser:
    return sandbox.browser()


@pytest.fixture
def tokens(sandbox: Sandbox, browser: ModelBrowser) -> dict[str, Any]:
    """Of a sign-in by which the browser has a session."""
    return sandbox.sign_in(ALICE, browser=browser)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_it_ends_the_session_and_goes_back(
    sandbox: Sandbox, browser: ModelBrowser, tokens: dict[str, Any], method: str
) -> None:
    sent = {
        "id_token_hint": tokens["id_token"],
        "post_logout_redirect_uri": f"{sandbox.app}/",
        "state": "a b&c",
        "client_id": sandbox.client("web").id,
    }
    assert is_signed_in(sandbox, browser)
    (session,) = sandbox.rows("idp_sessions")
    cookie = {"Cookie": f"__Host-idp_sid={browser.session.cookies['__Host-idp_sid']}"}
    url, form = (logout_url(sandbox, **sent), None) if method == "GET" else (url_of(sandbox, "logout"), sent)
    reply = browser.session.request(method, url, data=form, allow_redirects=False)
    assert (reply.status_code, reply.headers["Location"]) == (303, f"{sandbox.app}/?state=a+b%26c")
    assert reply.headers["Cache-Control"] == "no-store"
    gone = "__Host-idp_sid=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Secure; HttpOnly; Path=/;"
    assert reply.headers["Set-Cookie"].startswith(gone)
    assert session not in sandbox.rows("idp_sessions")
    assert not is_signed_in(sandbox, browser)
    asked = requests.get(
        authorization_url(sandbox, prompt="none"), headers=cookie, allow_redirects=False, timeout=5
    )
    assert "error=login_required" in asked.headers["Location"], "the copied cookie is worth nothing"
    assert [row["event"] for row in sandbox.log()].count("user.session.end") == 1


def test_the_model_browser_follows_it(
    sandbox: Sandbox, browser: ModelBrowser, tokens: dict[str, Any]
) -> None:
    url = logout_url(sandbox, id_token_hint=tokens["id_token"], post_logout_redirect_uri=f"{sandbox.app}/")
    assert browser.open(url).url == f"{sandbox.app}/"
    assert not is_signed_in(sandbox, browser)


def test_without_an_address_the_user_is_told(
    sandbox: Sandbox, browser: ModelBrowser, tokens: dict[str, Any]
) -> None:
    page = browser.open(logout_url(sandbox, id_token_hint=tokens["id_token"], state="x"))
    assert (page.status_code, "You are signed out" in page.text) == (200, True)
    assert not is_signed_in(sandbox, browser)


@pytest.mark.parametrize("state", [None, "the state"])
def test_without_a_session_the_browser_goes_back_at_once(
    sandbox: Sandbox, tokens: dict[str, Any], state: str | None
) -> None:
    """And a backend that calls it without the browser's cookie ends no session."""
    back = f"{sandbox.app}/"
    url = logout_url(sandbox, id_token_hint=tokens["id_token"], post_logout_redirect_uri=back, state=state)
    reply = requests.get(url, allow_redirects=False, timeout=5)
    expected = back if state is None else f"{back}?state=the+state"
    assert (reply.status_code, reply.headers["Location"]) == (303, expected)
    assert len(sandbox.rows("idp_sessions")) == 1


def assert_refused(sandbox: Sandbox, browser: ModelBrowser, url: str, says: str = "") -> None:
    """An error page, no redirect, and the session goes on."""
    page = browser.open(url)
    assert (page.status_code, page.url, page.history) == (400, url, [])
    assert "Location" not in page.headers
    assert "Set-Cookie" not in page.headers
    assert "This sign-out link does not work" in page.text
    assert says in page.text
    assert is_signed_in(sandbox, browser)


def test_the_hint_is_required(sandbox: Sandbox, browser: ModelBrowser, tokens: dict[str, Any]) -> None:
    """T-OUT-1"""
    url = logout_url(sandbox, post_logout_redirect_uri=f"{sandbox.app}/")
    assert_refused(sandbox, browser, url, "The id_token_hint parameter is required.")


def test_the_hint_must_be_an_id_token_of_this_server(
    sandbox: Sandbox, browser: ModelBrowser, tokens: dict[str, Any]
) -> None:
    """T-OUT-1"""
    web = sandbox.client("web").id
    genuine = tokens["id_token"]
    good = {"aud": web, "sub": "00u1aliceacmetest00a", "jti": "ID.x"}
    hints = {
        "garbage": "x",
        "another signature": genuine[:-8] + "AAAAAAAA",
        "an access token": tokens["access_token"],
        "an access token for a client": sandbox.mint(**{**good, "jti": "AT.x"}),
        "another issuer": sandbox.mint(**good, iss=sandbox.org_issuer),
        "no issuer": sandbox.mint(**{**good, "iss": None}),
        "an unknown client": sandbox.mint(**{**good, "aud": "0oa"}),
        "many clients": sandbox.mint(**{**good, "aud": [web]}),
        "no subject": sandbox.mint(**{**good, "sub": None}),
        "no client": sandbox.mint(**{**good, "aud": None}),
        "no id": sandbox.mint(**{**good, "jti": None}),
        "of the other server": sandbox.sign_in(ALICE, issuer=sandbox.org_issuer)["id_token"],
    }
    for hint in hints.values():
        url = logout_url(sandbox, id_token_hint=hint, post_logout_redirect_uri=f"{sandbox.app}/")
        assert_refused(sandbox, browser, url, "not an ID token of this client and server")
    other = sandbox.client("otherapp").id
    assert_refused(sandbox, browser, logout_url(sandbox, id_token_hint=genuine, client_id=other))
    browser.open(logout_url(sandbox, id_token_hint=sandbox.mint(**good)))
    assert not is_signed_in(sandbox, browser), "without a flaw it would have been taken"


def test_a_hint_that_has_expired_will_do(
    sandbox: Sandbox, browser: ModelBrowser, tokens: dict[str, Any]
) -> None:
    """T-OUT-2"""
    sandbox.clock.advance(minutes=90)
    assert not is_active(sandbox, tokens["id_token"])
    assert is_signed_in(sandbox, browser)
    browser.open(logout_url(sandbox, id_token_hint=tokens["id_token"]))
    assert not is_signed_in(sandbox, browser)


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example.net/",
        "https://app.acme.test",
        "https://app.acme.test/?x=1",
        "https://app.acme.test/callback",
        "https://other.acme.test/signed-out",
        "https://app.acme.test@evil.example.net/",
    ],
)
def test_an_address_that_is_not_registered_is_not_followed(
    sandbox: Sandbox, browser: ModelBrowser, tokens: dict[str, Any], uri: str
) -> None:
    """T-OUT-3: nor one that another client has registered."""
    url = logout_url(sandbox, id_token_hint=tokens["id_token"], post_logout_redirect_uri=uri)
    assert_refused(sandbox, browser, url, "not one that this client has registered")
    reply = requests.get(url, allow_redirects=False, timeout=5)
    assert (reply.status_code, "Location" in reply.headers) == (400, False)


def test_the_session_of_another_user_stays(sandbox: Sandbox, browser: ModelBrowser) -> None:
    sandbox.sign_in(ALICE, browser=browser)
    bobs = sandbox.sign_in("bob@acme.test")["id_token"]
    url = logout_url(sandbox, id_token_hint=bobs, post_logout_redirect_uri=f"{sandbox.app}/")
    assert_refused(sandbox, browser, url, "Another user is signed in, and stays so.")


@pytest.mark.parametrize("revoke", [False, True])
def test_tokens_survive_it(sandbox: Sandbox, browser: ModelBrowser, revoke: bool) -> None:
    """T-OUT-4: they do, unless the switch, which is not a feature of Okta, is turned."""
    sandbox.set(revoke_on_logout=revoke)
    elsewhere = sandbox.sign_in(ALICE)
    here = [sandbox.sign_in(ALICE, client=name, browser=browser) for name in ("web", "otherapp")]
    asked = authorization_url(sandbox, prompt="login")
    browser.sign_in(asked, ALICE, "alice-test-only")
    browser.open(logout_url(sandbox, id_token_hint=here[0]["id_token"]))
    assert not is_signed_in(sandbox, browser)
    for kind in ("access_token", "refresh_token"):
        assert [is_active(sandbox, tokens[kind]) for tokens in here] == [not revoke] * 2
        assert is_active(sandbox, elsewhere[kind])


def test_a_form_of_another_kind_is_refused(sandbox: Sandbox) -> None:
    reply = requests.post(url_of(sandbox, "logout"), json={}, timeout=5)
    assert (reply.status_code, "must be application/x-www-form-urlencoded" in reply.text) == (400, True)


def test_no_page_of_another_origin_may_read_it(sandbox: Sandbox) -> None:
    """It is for the browser itself, as is the authorization endpoint (RFC 9700 §2.6)."""
    reply = requests.get(url_of(sandbox, "logout"), headers={"Origin": sandbox.app}, timeout=5)
    assert "Access-Control-Allow-Origin" not in reply.headers


def test_another_user_in_the_same_browser_has_another_session(
    sandbox: Sandbox, browser: ModelBrowser, tokens: dict[str, Any]
) -> None:
    """The name of a session goes on with a new sign-in of its user, and never passes to another."""
    (first,) = sandbox.rows("idp_sessions")
    asked = authorization_url(sandbox, prompt="login")
    browser.sign_in(asked, ALICE, "alice-test-only")
    (again,) = sandbox.rows("idp_sessions")
    browser.sign_in(asked, "bob@acme.test", "bob-test-only")
    (other,) = sandbox.rows("idp_sessions")
    assert len({row["id_hash"] for row in (first, again, other)}) == 3
    assert first["sid"] == again["sid"] != other["sid"]
    assert [grant["sid"] for grant in sandbox.rows("grants")] == [first["sid"]] * 2 + [other["sid"]]
