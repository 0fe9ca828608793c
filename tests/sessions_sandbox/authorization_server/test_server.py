"""The system log: every line says what happened, by which client, for which user."""

import jwt
import pytest

from sessions_sandbox import Sandbox
from sessions_sandbox.seed import USERS
from tests.sessions_sandbox.flows import (
    ALICE,
    ask,
    authorization_url,
    code_for,
    redeem,
    refresh,
    tokens_for,
    url_of,
)

UID = next(user.uid for user in USERS if user.login == ALICE[0])
GRANTED = "app.oauth2.as.token.grant"


def lines(sandbox: Sandbox, since: int = 0) -> list[tuple[str, str | None, str | None, str]]:
    """Event, client, user and detail of each line."""
    return [(row["event"], row["client_id"], row["uid"], row["detail"]) for row in sandbox.log()[since:]]


def jti(token: str) -> str:
    return str(jwt.decode(token, options={"verify_signature": False})["jti"])


def test_a_sign_in_and_its_tokens(sandbox: Sandbox) -> None:
    web = sandbox.client("web").id
    code = code_for(sandbox)
    assert lines(sandbox) == [
        ("user.session.start", None, UID, ""),
        ("app.oauth2.as.authorize.code", web, UID, ""),
    ]
    tokens = redeem(sandbox, code).json()
    assert lines(sandbox, 2) == [
        (f"{GRANTED}.access_token", web, UID, jti(tokens["access_token"])),
        (f"{GRANTED}.refresh_token", web, UID, ""),
        (f"{GRANTED}.id_token", web, UID, ""),
    ]
    assert {row["time"] for row in sandbox.log()} == {sandbox.clock.now()}


def test_a_client_that_acts_for_itself(sandbox: Sandbox) -> None:
    token = ask(sandbox, "token", "svc", grant_type="client_credentials", scope="orders:read").json()
    svc = sandbox.client("svc").id
    assert lines(sandbox) == [(f"{GRANTED}.access_token", svc, None, jti(token["access_token"]))]


def test_revocations(sandbox: Sandbox) -> None:
    tokens, web = tokens_for(sandbox), sandbox.client("web").id
    before = len(sandbox.log())
    ask(sandbox, "revoke", "otherapp", token=tokens["access_token"])
    ask(sandbox, "revoke", token=tokens["access_token"])
    ask(sandbox, "revoke", token=tokens["refresh_token"])
    revoke, refused = "app.oauth2.as.token.revoke", "refused: the token is another client's"
    assert lines(sandbox, before) == [
        (revoke, sandbox.client("otherapp").id, None, refused),
        (revoke, web, UID, "access token"),
        (revoke, web, None, "refresh token"),
    ]


@pytest.mark.parametrize("org", [False, True], ids=["custom", "org"])
def test_a_refresh_token_used_twice(sandbox: Sandbox, org: bool) -> None:
    tokens = tokens_for(sandbox, "spa", org=org)
    refresh(sandbox, tokens["refresh_token"], "spa", org=org)
    sandbox.clock.advance(minutes=10)
    refresh(sandbox, tokens["refresh_token"], "spa", org=org)
    (family,) = sandbox.rows("refresh_families")
    event = "app.oauth2.token.detect_reuse" if org else "app.oauth2.as.token.detect_reuse"
    assert lines(sandbox)[-1] == (event, sandbox.client("spa").id, UID, family["family_id"])


def test_a_sign_out(sandbox: Sandbox) -> None:
    browser = sandbox.browser()
    tokens = redeem(sandbox, code_for(sandbox, browser=browser)).json()
    browser.open(f"{url_of(sandbox, 'logout')}?id_token_hint={tokens['id_token']}")
    assert lines(sandbox)[-1] == ("user.session.end", None, UID, "")


def test_consent(sandbox: Sandbox) -> None:
    sandbox.set(consent_required=True)
    browser = sandbox.browser()
    browser.sign_in(authorization_url(sandbox, scope="openid"), *ALICE)
    assert lines(sandbox)[1] == ("app.oauth2.as.consent.grant", sandbox.client("web").id, UID, "openid")
