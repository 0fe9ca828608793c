"""What a client may ask of the authorization endpoint: what is not supported, and whom it means."""

from typing import Any

import jwt
import pytest
import requests

from sessions_sandbox import Sandbox
from sessions_sandbox.browser import ModelBrowser
from tests.sessions_sandbox.flows import ALICE, BOB, answer_in, authorization_url, get, tokens_for, url_of


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"request": "a.b.c"}, "request_not_supported"),
        ({"request_uri": "https://app.acme.test/request"}, "request_uri_not_supported"),
        ({"registration": "{}"}, "registration_not_supported"),
        ({"response_mode": "fragment"}, "unsupported_response_mode"),
        ({"response_mode": "form_post"}, "unsupported_response_mode"),
        ({"response_mode": "QUERY"}, "unsupported_response_mode"),
    ],
)
def test_what_is_not_supported_has_an_error_of_its_own(
    sandbox: Sandbox, changes: dict[str, Any], error: str
) -> None:
    """OpenID Connect Core 1.0 §3.1.2.6; the last one is Okta's."""
    (name,) = changes
    answer = answer_in(get(authorization_url(sandbox, **changes)).headers["Location"])
    assert (answer["error"], answer["state"]) == (error, "the state")
    assert name in answer["error_description"]


def test_a_request_object_is_refused_though_the_rest_may_stand_in_it(sandbox: Sandbox) -> None:
    url = authorization_url(sandbox, request="a.b.c", state=None, response_type=None, scope=None)
    assert answer_in(get(url).headers["Location"])["error"] == "request_not_supported"


@pytest.mark.parametrize("name", ["request", "request_uri", "registration", "response_mode", "id_token_hint"])
def test_a_parameter_without_a_value_is_none(sandbox: Sandbox, name: str) -> None:
    nothing: dict[str, Any] = {name: ""}
    assert "<form" in get(authorization_url(sandbox, **nothing)).text


def test_the_mode_may_be_named_that_it_is(sandbox: Sandbox) -> None:
    assert "<form" in get(authorization_url(sandbox, response_mode="query")).text


def hint_of(sandbox: Sandbox, user: tuple[str, str], client: str = "web", **options: Any) -> str:
    """An ID token of a user, from another browser."""
    return str(sandbox.sign_in(user[0], client=client, scope="openid", **options)["id_token"])


@pytest.fixture
def alice(sandbox: Sandbox) -> ModelBrowser:
    """A browser in which Alice is signed in."""
    browser = sandbox.browser()
    browser.sign_in(authorization_url(sandbox), *ALICE)
    return browser


def answer_of(browser: ModelBrowser, url: str) -> dict[str, str]:
    """What the client gets without the user doing anything."""
    return answer_in(browser.open(url).headers["Location"])


def test_nobody_answers_for_another_user(sandbox: Sandbox, alice: ModelBrowser) -> None:
    """T-AUTHZ-6: OpenID Connect Core 1.0 §3.1.2.2, the session of that other user notwithstanding."""
    grants = len(sandbox.rows("grants"))
    for user, error in ((ALICE, None), (BOB, "login_required")):
        hint = hint_of(sandbox, user)
        answer = answer_of(alice, authorization_url(sandbox, prompt="none", id_token_hint=hint))
        assert (answer.get("error"), "code" in answer) == (error, error is None)
    assert len(sandbox.rows("grants")) == grants + 3


def test_an_expired_hint_is_still_one(sandbox: Sandbox, alice: ModelBrowser) -> None:
    hints = {user: hint_of(sandbox, user) for user in (ALICE, BOB)}
    sandbox.clock.advance(minutes=61)
    for user, hint in hints.items():
        answer = answer_of(alice, authorization_url(sandbox, prompt="none", id_token_hint=hint))
        assert ("code" in answer) == (user == ALICE)


@pytest.mark.parametrize(("user", "error"), [(BOB, None), (ALICE, "login_required")])
def test_the_user_who_is_meant_can_sign_in(
    sandbox: Sandbox, alice: ModelBrowser, user: tuple[str, str], error: str | None
) -> None:
    """T-AUTHZ-7: the session of another does not do, and a login as another does not either."""
    url = authorization_url(sandbox, id_token_hint=hint_of(sandbox, BOB))
    page = alice.open(url)
    assert (page.status_code, 'name="username"' in page.text) == (200, True)
    wrong = alice.submit(page, username=user[0], password="wrong")
    answer = answer_in(alice.submit(wrong, username=user[0], password=user[1]).headers["Location"])
    assert (answer.get("error"), "code" in answer) == (error, error is None)
    assert answer["state"] == "the state"
    if error:
        assert "id_token_hint" in answer["error_description"]


def test_without_a_session_the_hint_counts_too(sandbox: Sandbox) -> None:
    url = authorization_url(sandbox, id_token_hint=hint_of(sandbox, ALICE))
    assert "code" in answer_in(sandbox.browser().sign_in(url, *ALICE))
    assert answer_in(sandbox.browser().sign_in(url, *BOB))["error"] == "login_required"


def test_a_hint_comes_before_policy_and_consent(sandbox: Sandbox) -> None:
    """Whoever is not meant is not asked to allow anything."""
    url = authorization_url(sandbox, id_token_hint=hint_of(sandbox, ALICE))
    sandbox.set(consent_required=True, access_denied=True)
    assert answer_in(sandbox.browser().sign_in(url, *BOB))["error"] == "login_required"
    assert answer_in(sandbox.browser().sign_in(url, *ALICE))["error"] == "access_denied"


def test_a_consent_page_is_for_the_user_who_is_meant(sandbox: Sandbox, alice: ModelBrowser) -> None:
    """It counts in the session of that user only, so who signs in meanwhile cannot answer it."""
    sandbox.set(consent_required=True)
    page = alice.open(authorization_url(sandbox, id_token_hint=hint_of(sandbox, ALICE)))
    assert "<h1>Allow web?" in page.text
    alice.submit(alice.open(authorization_url(sandbox, prompt="login")), username=BOB[0], password=BOB[1])
    assert alice.submit(page, decision="allow").status_code == 400


def token_like(sandbox: Sandbox, kind: str) -> str:
    """What is not an ID token of this client and server, but of Alice."""
    if kind == "access token":
        return str(tokens_for(sandbox)["access_token"])
    if kind == "of another client":
        return hint_of(sandbox, ALICE, "otherapp")
    if kind == "of another server":
        return hint_of(sandbox, ALICE, issuer=sandbox.org_issuer)
    ours, payments, _ = (server.id_token_keys.signing for server in sandbox._servers())
    claims = jwt.decode(hint_of(sandbox, ALICE), options={"verify_signature": False})
    if kind == "by another key":
        return jwt.encode(claims, payments.private_key, "RS256", {"kid": ours.kid})
    if kind == "logout token":
        return ours.sign({**claims, "jti": "LT.1"})
    missing = kind.removeprefix("without ")
    assert missing in claims
    return ours.sign({name: value for name, value in claims.items() if name != missing})


KINDS = ("access token", "of another client", "of another server", "by another key", "logout token")


@pytest.mark.parametrize("kind", [*KINDS, "without aud", "without sub", "without jti"])
@pytest.mark.parametrize("prompt", ["none", None])
def test_a_hint_is_an_id_token_of_this_client(sandbox: Sandbox, kind: str, prompt: str | None) -> None:
    url = authorization_url(sandbox, prompt=prompt, id_token_hint=token_like(sandbox, kind))
    answer = answer_in(get(url).headers["Location"])
    assert (answer["error"], answer["state"]) == ("invalid_request", "the state")
    assert "id_token_hint" in answer["error_description"]


@pytest.mark.parametrize("hint", ["garbage", "a.b.c", "\u00e4"])
def test_what_is_no_token_is_no_hint(sandbox: Sandbox, hint: str) -> None:
    answer = answer_in(get(authorization_url(sandbox, id_token_hint=hint)).headers["Location"])
    assert answer["error"] == "invalid_request"


def test_the_hint_may_come_by_post(sandbox: Sandbox, alice: ModelBrowser) -> None:
    url, _, query = authorization_url(sandbox, prompt="none", id_token_hint=hint_of(sandbox, BOB)).partition(
        "?"
    )
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    reply: requests.Response = alice.session.post(url, query, headers=form, allow_redirects=False)
    assert url == url_of(sandbox, "authorize")
    assert answer_in(reply.headers["Location"])["error"] == "login_required"
