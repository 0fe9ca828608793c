"""Requests that another site has the browser send: which protection stops which of them."""

from itertools import product

import pytest
import requests

from sessions_sandbox import Sandbox
from sessions_sandbox.browser import ModelBrowser
from tests.sessions_sandbox.cookie_app.visits import COOKIE, csrf_token, log_in, post, sid_of, who
from tests.sessions_sandbox.flows import ALICE, BOB

SIBLING = "https://other.acme.test"
EVIL = "https://evil.example.net"
MONEY = {"to": BOB[0], "amount": "100"}
FORMS = ("own form", "sibling's form", "evil form")
WAYS = (*FORMS, "evil link", *(f"{form}, old browser" for form in FORMS))
ANSWERS = {
    #                 own  sibling evil  link  the same three forms with an old browser
    "token":          (201, 403,   401,  405,  201, 403, 401),
    "fetch_metadata": (201, 403,   401,  405,  201, 403, 401),
    "same_site":      (201, 201,   401,  201,  201, 201, 401),
    "none":           (201, 201,   201,  201,  201, 201, 201),
}  # fmt: skip


def send(sandbox: Sandbox, browser: ModelBrowser, way: str, form: dict[str, str]) -> requests.Response:
    """Have the browser send a form, or follow a link with the same fields."""
    browser.sends_fetch_metadata = "old" not in way
    url = f"{sandbox.app}/transfer"
    if way == "evil link":
        query = "&".join(f"{name}={value}" for name, value in form.items())
        return browser.open(f"{url}?{query}", from_origin=EVIL)
    origin = {"own": sandbox.app, "sibling's": SIBLING, "evil": EVIL}[way.partition(" ")[0]]
    return browser.post_form(url, form, from_origin=origin)


@pytest.mark.parametrize(("protection", "way"), list(product(ANSWERS, WAYS)))
def test_which_protection_stops_which_request(sandbox: Sandbox, protection: str, way: str) -> None:
    """T-CK-8: the matrix. SameSite misses siblings, and links where a GET changes something."""
    sandbox.set(csrf_protection=protection)
    browser = log_in(sandbox)
    token = {"csrf_token": csrf_token(sandbox, sid_of(browser))}
    own_token = token if protection == "token" and way.startswith("own") else {}
    reply = send(sandbox, browser, way, {**MONEY, **own_token})
    assert reply.status_code == ANSWERS[protection][WAYS.index(way)]
    assert len(sandbox.rows("transfers")) == (reply.status_code == 201)
    assert browser.open(f"{sandbox.app}/me").json()["user"] == ALICE[0]


@pytest.mark.parametrize("protection", ["token", "fetch_metadata"])
@pytest.mark.parametrize("path", ["/transfer", "/sessions/revoke-others", "/logout"])
def test_all_that_changes_something_is_protected(sandbox: Sandbox, protection: str, path: str) -> None:
    """T-CK-8: a sibling's form carries the cookie, and does nothing."""
    sandbox.set(csrf_protection=protection)
    other = sid_of(log_in(sandbox))
    browser = log_in(sandbox)
    form = {**MONEY, "password": ALICE[1]}
    reply = browser.post_form(f"{sandbox.app}{path}", form, from_origin=SIBLING)
    error = {"token": "csrf_token_wrong", "fetch_metadata": "not_from_this_origin"}[protection]
    assert (reply.status_code, reply.json()) == (403, {"error": error})
    assert reply.request.headers["Cookie"] == f"{COOKIE}={sid_of(browser)}"
    assert who(sandbox, other).status_code == who(sandbox, sid_of(browser)).status_code == 200
    assert sandbox.rows("transfers") == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec_Fetch_Site": "same-origin"}, 201),
        ({"Sec_Fetch_Site": "same-origin", "Origin": "null"}, 201),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "cross-site", "Origin": "https://app.acme.test"}, 403),
        ({"Sec_Fetch_Site": "none"}, 403),
        ({"Sec_Fetch_Site": "none", "Origin": "https://app.acme.test"}, 403),
        ({"Sec_Fetch_Site": ""}, 403),
        ({"Origin": "https://app.acme.test"}, 201),
        ({"Origin": "https://app.acme.test.example.net"}, 403),
        ({"Origin": "http://app.acme.test"}, 403),
        ({"Origin": SIBLING}, 403),
        ({"Origin": "null"}, 403),
        ({"Referer": "https://app.acme.test/"}, 403),
        ({}, 403),
    ],
)
def test_what_the_browser_says_of_the_page(sandbox: Sandbox, headers: dict[str, str], status: int) -> None:
    """T-CK-8: the request carries the cookie. Only what is known to come from the app's own pages is done."""
    sandbox.set(csrf_protection="fetch_metadata")
    reply = post(sandbox, "/transfer", sid_of(log_in(sandbox)), MONEY, **headers)
    assert reply.status_code == status
    assert len(sandbox.rows("transfers")) == (status == 201)


def test_the_token_does_not_help_a_page_of_another_origin(sandbox: Sandbox) -> None:
    """T-CK-8: with `fetch_metadata` the page decides, and nothing else."""
    sandbox.set(csrf_protection="fetch_metadata")
    sid = sid_of(log_in(sandbox))
    form = {**MONEY, "csrf_token": csrf_token(sandbox, sid)}
    assert post(sandbox, "/transfer", sid, form, Sec_Fetch_Site="same-site").status_code == 403


@pytest.mark.parametrize("where", ["form", "header"])
@pytest.mark.parametrize("whose", ["none", "empty", "wrong", "another session's", "its own"])
def test_a_logout_needs_the_token_of_its_session(sandbox: Sandbox, where: str, whose: str) -> None:
    """T-CK-8"""
    browser = log_in(sandbox)
    sid = sid_of(browser)
    other = sid_of(log_in(sandbox, BOB))
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


@pytest.mark.parametrize("protection", ["token", "fetch_metadata", "same_site"])
def test_another_site_signs_nobody_in(sandbox: Sandbox, protection: str) -> None:
    """T-CK-8: login CSRF. The victim would go on in the attacker's account, without noticing."""
    sandbox.set(csrf_protection=protection)
    victim = sandbox.browser()
    victim.open(f"{sandbox.app}/login")
    credentials = {"username": "mallory@acme.test", "password": "mallory-test-only"}
    for origin in (EVIL, SIBLING):
        reply = victim.post_form(f"{sandbox.app}/login", credentials, from_origin=origin)
        assert (reply.status_code, reply.json()) == (400, {"error": "login_form_invalid"})
    assert COOKIE not in victim.session.cookies
