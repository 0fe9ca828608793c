"""ModelBrowser: redirects, forms, and where it stops."""

import pytest
import requests

from sessions_sandbox import Sandbox, SandboxError
from tests.sessions_sandbox.flows import ALICE, authorization_url


def test_it_stops_at_the_redirect_to_a_client(sandbox: Sandbox) -> None:
    for client in ("web", "spa", "native", "otherapp"):
        back = sandbox.browser().sign_in(authorization_url(sandbox, client), *ALICE)
        assert back.startswith(f"{sandbox.client(client).redirect_uri}?code=")


def test_it_follows_redirects_within_an_app(sandbox: Sandbox) -> None:
    browser = sandbox.browser()
    page = browser.submit(browser.open(f"{sandbox.app}/login"), username=ALICE[0], password=ALICE[1])
    assert (page.status_code, page.url) == (200, f"{sandbox.app}/")
    assert page.history == []
    assert browser.open(f"{sandbox.app}/me").json()["user"] == ALICE[0]


def test_browsers_share_no_cookies(sandbox: Sandbox) -> None:
    one, two = sandbox.browser(), sandbox.browser()
    one.sign_in(authorization_url(sandbox), *ALICE)
    assert list(two.session.cookies) == []


def test_a_page_without_a_form_cannot_be_submitted(sandbox: Sandbox) -> None:
    browser = sandbox.browser()
    page = browser.open(f"{sandbox.app}/me")
    with pytest.raises(
        SandboxError, match=r"https://app\.acme\.test/me shows no form to fill in; it answered 401"
    ):
        browser.submit(page, username="x")


def test_a_sign_in_that_fails_says_where(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxError, match=r"ended at https://idp\.acme\.test/.*/login with 401: Sign in"):
        sandbox.browser().sign_in(authorization_url(sandbox), ALICE[0], "wrong")
    with pytest.raises(SandboxError, match="with 400: This sign-in link does not work"):
        sandbox.browser().sign_in(authorization_url(sandbox, client_id="x"), *ALICE)


def test_the_environment_does_not_reach_it(sandbox: Sandbox) -> None:
    assert sandbox.browser().session.trust_env is False
    sandbox.browser().open(f"{sandbox.app}/me")
    assert sandbox.exchanges()[0]["sender"] == "ModelBrowser"


def headers_of(sandbox: Sandbox, path: str) -> list[dict[str, str]]:
    """What the browser sent to a page of the app, each time."""
    return [dict(exchange["request_headers"]) for exchange in sandbox.exchanges(path=path)]


def test_it_says_which_page_led_there(sandbox: Sandbox) -> None:
    browser = sandbox.browser()
    form = browser.open(f"{sandbox.app}/login")
    browser.submit(form, username=ALICE[0], password=ALICE[1])
    typed, sent = headers_of(sandbox, "/login")
    assert (typed["Sec-Fetch-Site"], "Origin" in typed) == ("none", False)
    assert (sent["Sec-Fetch-Site"], sent["Origin"]) == ("same-origin", "null")
    redirected = dict(sandbox.exchanges()[-1]["request_headers"])
    assert (redirected["Sec-Fetch-Site"], "Origin" in redirected) == ("same-origin", False)


@pytest.mark.parametrize(
    ("origin", "site", "carried"),
    [
        ("https://app.acme.test", "same-origin", True),
        ("https://other.acme.test", "same-site", True),
        ("https://evil.example.net", "cross-site", False),
    ],
)
def test_a_form_of_any_page_goes_where_it_says(
    sandbox: Sandbox, origin: str, site: str, carried: bool
) -> None:
    """The session cookie is Lax: it goes along with forms of the same site, and with links of any."""
    browser = sandbox.browser()
    browser.submit(browser.open(f"{sandbox.app}/login"), username=ALICE[0], password=ALICE[1])
    browser.post_form(f"{sandbox.app}/transfer", {"to": "x"}, from_origin=origin)
    browser.open(f"{sandbox.app}/me", from_origin=origin)
    (form,), (link,) = headers_of(sandbox, "/transfer"), headers_of(sandbox, "/me")
    assert (form["Sec-Fetch-Site"], form["Origin"], "Cookie" in form) == (site, origin, carried)
    assert (link["Sec-Fetch-Site"], "Origin" in link, "Cookie" in link) == (site, False, True)
    assert sandbox.exchanges(path="/transfer")[0]["request_body"] == "to=x"


def test_an_old_browser_sends_no_fetch_metadata(sandbox: Sandbox) -> None:
    browser = sandbox.browser()
    browser.sends_fetch_metadata = False
    browser.post_form(f"{sandbox.app}/transfer", {"to": "x"}, from_origin="https://evil.example.net")
    (sent,) = headers_of(sandbox, "/transfer")
    assert sent["Origin"] == "https://evil.example.net"
    assert not any(name.startswith("Sec-Fetch") for name in sent)


def answer(url: str, page: str = "", **headers: str) -> requests.Response:
    """What a server might have answered."""
    reply = requests.Response()
    reply.status_code, reply.url, reply._content = 200, url, page.encode()
    reply.headers.update(headers)
    return reply


@pytest.mark.parametrize(
    ("location", "follows"),
    [
        ("/", True),
        ("https://idp.acme.test/", True),
        ("https://other.acme.test/", False),
        ("/callback", False),
    ],
)
def test_it_goes_where_the_sandbox_has_pages(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, location: str, follows: bool
) -> None:
    browser = sandbox.browser()
    first, then = answer(f"{sandbox.app}/", Location=location), answer("the end")
    replies = iter([first, then])
    monkeypatch.setattr(browser.session, "send", lambda *_, **__: next(replies))
    assert browser.open(f"{sandbox.app}/") is (then if follows else first)


def test_it_does_not_go_round_for_ever(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = sandbox.browser()
    reply = answer(f"{sandbox.app}/", Location="/")
    monkeypatch.setattr(browser.session, "send", lambda *_, **__: reply)
    with pytest.raises(
        SandboxError, match=r"more than 10 redirects; the last one came from https://app\.acme"
    ):
        browser.open(f"{sandbox.app}/")


def test_it_fills_in_the_first_form_and_keeps_what_is_hidden(sandbox: Sandbox) -> None:
    page = """<form action="/transfer"><input type=hidden name=a value=1><input type=hidden name=b>
        <input name=c value=3><button type=hidden name=d value=4></button></form>
        <form action="/logout"></form>"""
    sandbox.browser().submit(answer(f"{sandbox.app}/page", page), to="x")
    (sent,) = sandbox.exchanges()
    assert (sent["url"], sent["request_body"]) == (f"{sandbox.app}/transfer", "a=1&b=&to=x")
    assert dict(sent["request_headers"])["Origin"] == sandbox.app


def test_an_answer_that_is_no_form_ends_the_sign_in(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxError, match=r"ended at https://app\.acme\.test/me with 401 .*: no_session"):
        sandbox.browser().sign_in(f"{sandbox.app}/me", *ALICE)
