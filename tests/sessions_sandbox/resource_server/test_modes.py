"""What each way of validation serves and what it refuses, for the same tokens."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

import jwt
import pytest
import requests

from sessions_sandbox import Sandbox
from tests.sessions_sandbox.flows import ask, redeem, tokens_for, url_of
from tests.sessions_sandbox.resource_server.test_app import MODES, call

SEES_NOTHING = ("naive", "local")
"""Of what happens to a token after it was issued."""
Situation = Callable[[Sandbox], str]


def good(sandbox: Sandbox) -> str:
    return str(tokens_for(sandbox)["access_token"])


def revoked(sandbox: Sandbox) -> str:
    token = good(sandbox)
    ask(sandbox, "revoke", token=token)
    return token


def whose_refresh_token_was_revoked(sandbox: Sandbox) -> str:
    tokens = tokens_for(sandbox)
    ask(sandbox, "revoke", token=tokens["refresh_token"])
    return str(tokens["access_token"])


def whose_code_came_again(sandbox: Sandbox) -> str:
    """RFC 6749 §4.1.2"""
    reply = tokens_for(sandbox)
    code = _code_of_last_flow(sandbox)
    assert redeem(sandbox, code).status_code == 400
    return str(reply["access_token"])


def of_a_client_alone_and_revoked(sandbox: Sandbox) -> str:
    scope = "orders:read orders:write"
    reply = ask(sandbox, "token", "svc", grant_type="client_credentials", scope=scope)
    token = str(reply.json()["access_token"])
    ask(sandbox, "revoke", "svc", token=token)
    return token


def logged_out(sandbox: Sandbox) -> str:
    browser = sandbox.browser()
    scope = "openid orders:read orders:write"
    tokens = sandbox.sign_in("alice@acme.test", scope=scope, browser=browser)
    page = browser.open(f"{url_of(sandbox, 'logout')}?{urlencode({'id_token_hint': tokens['id_token']})}")
    assert page.status_code == 200
    return str(tokens["access_token"])


def logged_out_for_good(sandbox: Sandbox) -> str:
    sandbox.set(revoke_on_logout=True)
    return logged_out(sandbox)


def of_a_user_switched_off(sandbox: Sandbox) -> str:
    token = good(sandbox)
    sandbox.admin.deactivate("alice@acme.test")
    return token


def expired(sandbox: Sandbox) -> str:
    token = good(sandbox)
    sandbox.clock.advance(hours=1)
    return token


def for_another_audience(sandbox: Sandbox) -> str:
    return sandbox.mint(aud="api://payments")


def of_another_issuer(sandbox: Sandbox) -> str:
    return sandbox.mint(iss="https://idp.acme.test/oauth2/payments")


def of_the_payments_server(sandbox: Sandbox) -> str:
    return str(sandbox.sign_in("alice@acme.test", issuer=sandbox.payments_issuer)["access_token"])


def of_the_org_server(sandbox: Sandbox) -> str:
    return str(tokens_for(sandbox, org=True)["access_token"])


def an_id_token(sandbox: Sandbox) -> str:
    return str(tokens_for(sandbox)["id_token"])


def a_refresh_token(sandbox: Sandbox) -> str:
    return str(tokens_for(sandbox)["refresh_token"])


def without_a_signature(sandbox: Sandbox) -> str:
    return jwt.encode(_claims(good(sandbox)), "", "none", headers=_header(sandbox))


def signed_with_the_public_key(sandbox: Sandbox) -> str:
    """As if the key that all can read were a secret of HS256."""
    published = requests.get(f"{sandbox.issuer}/v1/keys", timeout=5).json()["keys"][0]
    return jwt.encode(_claims(good(sandbox)), published["n"], "HS256", headers=_header(sandbox))


def tampered(sandbox: Sandbox) -> str:
    header, _, signature = good(sandbox).split(".")
    return f"{header}.{good(sandbox).split('.')[1]}.{signature}"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("situation", "accepting"),
    [
        (good, MODES),
        (logged_out, MODES),
        (revoked, SEES_NOTHING),
        (whose_refresh_token_was_revoked, SEES_NOTHING),
        (whose_code_came_again, SEES_NOTHING),
        (of_a_client_alone_and_revoked, (*SEES_NOTHING, "not_before")),
        (logged_out_for_good, SEES_NOTHING),
        (of_a_user_switched_off, SEES_NOTHING),
        (for_another_audience, ("naive",)),
        (of_another_issuer, ("naive",)),
        (an_id_token, ("naive",)),
        (expired, ()),
        (of_the_payments_server, ()),
        (of_the_org_server, ()),
        (a_refresh_token, ()),
        (without_a_signature, ()),
        (signed_with_the_public_key, ()),
        (tampered, ()),
    ],
)
def test_what_is_accepted(
    sandbox: Sandbox, mode: str, situation: Situation, accepting: tuple[str, ...]
) -> None:
    """Hybrid validation reads as local validation does, and writes as introspection."""
    sandbox.set(api_validation=mode)
    token = situation(sandbox)
    reads = "local" if mode == "hybrid" else mode
    writes = "introspection" if mode == "hybrid" else mode
    assert call(sandbox, token).status_code == (200 if reads in accepting else 401)
    assert call(sandbox, token, method="POST").status_code == (200 if writes in accepting else 401)
    asked = "introspection" in accepting
    assert call(sandbox, token, "/payments", "POST").status_code == (200 if asked else 401)


@pytest.mark.parametrize("mode", MODES)
def test_tokens_of_others_stay(sandbox: Sandbox, mode: str) -> None:
    """Another user's, where one token is revoked; and of the same user, but for validation by user."""
    sandbox.set(api_validation=mode)
    bob = sandbox.sign_in("bob@acme.test")["access_token"]
    other = good(sandbox)
    revoked(sandbox)
    assert call(sandbox, bob).status_code == 200
    assert call(sandbox, other).status_code == (401 if mode == "not_before" else 200)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("opened", "status"), [(False, 503), (True, 200)])
def test_when_nobody_can_be_asked(sandbox: Sandbox, mode: str, opened: bool, status: int) -> None:
    """Nothing is served, unless the mistake is made to serve then: and then whatever is sent will do."""
    token = good(sandbox)
    sandbox.set(api_validation=mode, authorization_server_down=True, api_fail_open=opened)
    for path, method in (("/orders", "GET"), ("/orders", "POST"), ("/payments", "POST")):
        assert call(sandbox, token, path, method).status_code == status
    reply = call(sandbox, "garbage", "/payments", "POST")
    assert reply.status_code == status
    assert reply.headers.get("Retry-After") == (None if opened else "5")


def test_failing_open_opens_nothing_while_there_are_answers(sandbox: Sandbox) -> None:
    for mode in MODES:
        sandbox.reset()
        sandbox.set(api_validation=mode, api_fail_open=True)
        token = expired(sandbox)
        assert call(sandbox, token).status_code == 401


def test_each_validation_asks_for_no_more_than_it_needs(sandbox: Sandbox) -> None:
    """Three requests with one token that was checked once before, and what they ask of the issuer."""
    wanted = {"introspection": 3, "hybrid": 0, "status_list": 0}
    for mode in MODES:
        sandbox.reset()
        sandbox.set(api_validation=mode)
        token = good(sandbox)
        call(sandbox, token)
        before = len(sandbox.exchanges("idp.acme.test"))
        assert [call(sandbox, token).status_code for _ in range(3)] == [200] * 3
        assert len(sandbox.exchanges("idp.acme.test")) - before == wanted.get(mode, 0), mode


def _code_of_last_flow(sandbox: Sandbox) -> str:
    form: str = sandbox.exchanges(path="/v1/token")[-1]["request_body"]
    return dict(parse_qsl(form))["code"]


def _claims(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def _header(sandbox: Sandbox) -> dict[str, Any]:
    return {"kid": jwt.get_unverified_header(good(sandbox))["kid"]}
