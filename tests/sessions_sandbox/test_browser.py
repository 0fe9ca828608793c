"""ModelBrowser: redirects, forms, and where it stops."""

import pytest

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
