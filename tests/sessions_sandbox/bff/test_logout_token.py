"""A logout token is obeyed when all of OpenID Connect Back-Channel Logout 1.0 §2.6 holds."""

import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
import requests

from sessions_sandbox import Sandbox, keys
from sessions_sandbox.records import UsedLogoutToken
from tests.sessions_sandbox.bff.pages import BFF, is_signed_in, signed_in, signing_key, the_session
from tests.sessions_sandbox.flows import BOB

EVENT = "http://schemas.openid.net/event/backchannel-logout"
OTHERAPP = "0oa6otheracmetest00o"
ALICES_UID = "00u1aliceacmetest00a"


@pytest.fixture(autouse=True)
def _switched_on(sandbox: Sandbox) -> None:
    sandbox.set(back_channel_logout=True)


def claims_for(sandbox: Sandbox, **changes: Any) -> dict[str, Any]:
    """Those of a good token for all sessions of Alice; a claim that is changed to `None` is left out."""
    now = sandbox.clock.now()
    good = {
        "iss": sandbox.issuer,
        "aud": BFF,
        "iat": now,
        "exp": now + 1,
        "jti": "LT.1",
        "sub": ALICES_UID,
        "events": {EVENT: {}},
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def send(sandbox: Sandbox, token: str) -> requests.Response:
    url = f"{sandbox.app}/bff/backchannel-logout"
    reply = requests.post(url, {"logout_token": token}, allow_redirects=False, timeout=5)
    assert reply.headers["Cache-Control"] == "no-store"
    return reply


def send_claims(sandbox: Sandbox, typ: str | None = "logout+jwt", **changes: Any) -> requests.Response:
    return send(sandbox, signing_key(sandbox).sign(claims_for(sandbox, **changes), typ=typ))


def assert_refused(sandbox: Sandbox, reply: requests.Response) -> None:
    """400, the session goes on, and the token's id is not used up (§2.8)."""
    assert (reply.status_code, reply.json()) == (400, {"error": "invalid_request"})
    assert len(sandbox.rows("bff_sessions")) == 1
    assert sandbox.rows("used_logout_tokens") == []


@pytest.mark.parametrize(
    ("typ", "changes"),
    [
        ("logout+jwt", {}),
        ("Logout+JWT", {}),
        ("application/logout+jwt", {}),
        ("logout+jwt", {"aud": [BFF]}),
        ("logout+jwt", {"events": {EVENT: {}, "https://example.net/other": 1}}),
    ],
    ids=str,
)
def test_a_good_one_ends_the_session(sandbox: Sandbox, typ: str, changes: dict[str, Any]) -> None:
    """T-OUT-5"""
    browser = signed_in(sandbox)
    reply = send_claims(sandbox, typ, **changes)
    assert (reply.status_code, reply.content) == (200, b"")
    assert not is_signed_in(browser)
    assert sandbox.rows("bff_sessions") == []


@pytest.mark.parametrize("typ", [None, "JWT", "at+jwt", "logout", "x/logout+jwt"])
def test_it_says_that_it_is_one(sandbox: Sandbox, typ: str | None) -> None:
    """T-OUT-5: ASVS 10.5.5; no other JWT of the issuer will do (§4.1)."""
    signed_in(sandbox)
    assert_refused(sandbox, send_claims(sandbox, typ))


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"iss": None}, id="iss missing"),
        pytest.param({"iss": "https://idp.acme.test"}, id="iss of another server"),
        pytest.param({"aud": None}, id="aud missing"),
        pytest.param({"aud": OTHERAPP}, id="aud another client"),
        pytest.param({"aud": [BFF, OTHERAPP]}, id="aud many clients"),
        pytest.param({"iat": None}, id="iat missing"),
        pytest.param({"exp": None}, id="exp missing"),
        pytest.param({"jti": None}, id="jti missing"),
        pytest.param({"jti": 5}, id="jti no string"),
        pytest.param({"events": None}, id="events missing"),
        pytest.param({"events": {}}, id="events without the member"),
        pytest.param({"events": {EVENT: None}}, id="event is null"),
        pytest.param({"events": {EVENT: "{}"}}, id="event is no object"),
        pytest.param({"events": [EVENT]}, id="events is a list"),
        pytest.param({"nonce": "x"}, id="nonce there"),
        pytest.param({"nonce": ""}, id="nonce there, but empty"),
        pytest.param({"sub": None}, id="neither sub nor sid"),
        pytest.param({"sub": ""}, id="sub empty"),
        pytest.param({"sub": 5}, id="sub no string"),
        pytest.param({"sid": ""}, id="sid empty"),
        pytest.param({"sid": 5}, id="sid no string"),
    ],
)
def test_a_claim_that_is_not_in_order(sandbox: Sandbox, changes: dict[str, Any]) -> None:
    """T-OUT-5"""
    signed_in(sandbox)
    assert_refused(sandbox, send_claims(sandbox, **changes))


def test_only_in_its_time(sandbox: Sandbox) -> None:
    """T-OUT-5"""
    signed_in(sandbox)
    now = sandbox.clock.now()
    assert_refused(sandbox, send_claims(sandbox, exp=now))
    assert_refused(sandbox, send_claims(sandbox, iat=now + 1, exp=now + 2))


@pytest.mark.parametrize("way", ["none", "HS256", "PS256", "another key", "another server's key", "no JWT"])
def test_a_signature_that_does_not_count(sandbox: Sandbox, way: str) -> None:
    """T-OUT-5"""
    signed_in(sandbox)
    claims, key = claims_for(sandbox), signing_key(sandbox)
    head = {"kid": key.kid, "typ": "logout+jwt"}
    made: dict[str, Callable[[], str]] = {
        "none": lambda: jwt.encode(claims, "", "none", headers=head),
        "HS256": lambda: jwt.encode(claims, key.public_jwk["n"], "HS256", headers=head),
        "PS256": lambda: jwt.encode(claims, key.private_key, "PS256", headers=head),
        "another key": lambda: jwt.encode(claims, keys.test_only_key(8).private_key, "RS256", headers=head),
        "another server's key": lambda: keys.test_only_key(8).sign(claims, typ="logout+jwt"),
        "no JWT": lambda: "x",
    }
    assert_refused(sandbox, send(sandbox, made[way]()))


def test_it_is_good_once(sandbox: Sandbox) -> None:
    """T-OUT-5: also when two of the same come at once, one is obeyed: the row is added by one."""
    signed_in(sandbox)
    assert send_claims(sandbox).status_code == 200
    browser = signed_in(sandbox)
    reply = send_claims(sandbox)
    assert (reply.status_code, reply.json()) == (400, {"error": "invalid_request"})
    assert is_signed_in(browser)
    assert sandbox.store.all(UsedLogoutToken) == [UsedLogoutToken("LT.1", sandbox.clock.now() + 1)]
    assert UsedLogoutToken("LT.1", 5).forget_at == 5
    assert send_claims(sandbox, jti="LT.2").status_code == 200
    assert not is_signed_in(browser)


def test_other_tokens_of_the_server_are_none(sandbox: Sandbox) -> None:
    """T-OUT-5"""
    signed_in(sandbox)
    session = the_session(sandbox)
    for token in (session.id_token, session.access_token, session.refresh_token):
        assert_refused(sandbox, send(sandbox, token))


def test_a_sid_means_one_session_and_a_sub_all(sandbox: Sandbox) -> None:
    """§2.7"""
    first, second, other = signed_in(sandbox), signed_in(sandbox), signed_in(sandbox, BOB)
    sid = sandbox.rows("bff_sessions")[0]["sid"]
    assert send_claims(sandbox, sid=sid).status_code == 200
    assert [is_signed_in(browser) for browser in (first, second, other)] == [False, True, True]
    third = signed_in(sandbox)
    assert send_claims(sandbox, jti="LT.2", sid=the_third(sandbox), sub=None).status_code == 200
    assert [is_signed_in(browser) for browser in (second, third, other)] == [True, False, True]
    signed_in(sandbox, browser=third)
    assert send_claims(sandbox, jti="LT.3").status_code == 200
    assert [is_signed_in(browser) for browser in (second, third, other)] == [False, False, True]


def the_third(sandbox: Sandbox) -> str:
    return str(sandbox.rows("bff_sessions")[-1]["sid"])


def test_refresh_tokens_are_forgotten_and_not_revoked(sandbox: Sandbox) -> None:
    """§2.7: those with `offline_access` normally go on."""
    signed_in(sandbox)
    assert send_claims(sandbox).status_code == 200
    assert [family["revoked"] for family in sandbox.rows("refresh_families")] == [None]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("", "application/x-www-form-urlencoded"),
        ("logout_token=", "application/x-www-form-urlencoded"),
        ("logout_token=a&logout_token=b", "application/x-www-form-urlencoded"),
        (json.dumps({"logout_token": "x"}), "application/json"),
        ("logout_token=%C3%A4.%C3%A4.%C3%A4", "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_that_has_none(sandbox: Sandbox, body: str, kind: str) -> None:
    url = f"{sandbox.app}/bff/backchannel-logout"
    reply = requests.post(url, body, headers={"Content-Type": kind}, timeout=5)
    assert (reply.status_code, reply.headers["Cache-Control"]) == (400, "no-store")


def test_a_logout_that_failed_is_400_too(sandbox: Sandbox) -> None:
    """§2.8: the keys cannot be had."""
    signed_in(sandbox)
    sandbox.set(jwks_down=True)
    assert_refused(sandbox, send_claims(sandbox))
    sandbox.set(jwks_down=False)
    assert send_claims(sandbox).status_code == 200
