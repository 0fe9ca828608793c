"""What an administrator does, and what a client and a browser then see."""

import pytest
import requests

from sessions_sandbox import Sandbox, SandboxError
from sessions_sandbox.browser import ModelBrowser
from sessions_sandbox.operations import OPERATIONS, SESSIONS
from sessions_sandbox.records import TABLES, BffSession
from tests.sessions_sandbox.bff.pages import ask, is_signed_in, signed_in
from tests.sessions_sandbox.flows import (
    ALICE,
    authorization_url,
    code_for,
    error_of,
    is_active,
    refresh,
    tokens_for,
)


def key_of(sandbox: Sandbox, table: str, field: str) -> str:
    """The key of a table's only row."""
    (row,) = sandbox.rows(table)
    return str(row[field])


def signed_in_to_the_app(sandbox: Sandbox) -> ModelBrowser:
    browser = sandbox.browser()
    browser.submit(browser.open(f"{sandbox.app}/login"), username=ALICE[0], password=ALICE[1])
    assert browser.open(f"{sandbox.app}/me").status_code == 200
    return browser


def bff_session(sandbox: Sandbox) -> BffSession:
    end = sandbox.clock.now() + 60
    session = BffSession("the hash", "00u1", "Alice", "", "the ID token", "", 0, "", end, end)
    sandbox.store.add(session)
    return session


def test_a_revoked_access_token_ends_alone(sandbox: Sandbox) -> None:
    tokens = tokens_for(sandbox)
    sandbox.admin.revoke("access_tokens", key_of(sandbox, "access_tokens", "jti"))
    assert not is_active(sandbox, tokens["access_token"])
    assert is_active(sandbox, tokens["refresh_token"])
    assert sandbox.log()[-1]["event"] == "app.oauth2.as.token.revoke"
    assert sandbox.log()[-1]["detail"].startswith("by an administrator: access_tokens AT.")


@pytest.mark.parametrize(("table", "field"), [("grants", "grant_id"), ("refresh_families", "family_id")])
def test_a_revoked_grant_or_family_takes_all_along(sandbox: Sandbox, table: str, field: str) -> None:
    tokens = tokens_for(sandbox)
    sandbox.admin.revoke(table, key_of(sandbox, table, field))
    assert not is_active(sandbox, tokens["access_token"])
    assert not is_active(sandbox, tokens["refresh_token"])
    assert sandbox.log()[-1]["client_id"] == sandbox.client("web").id


def test_it_is_the_server_of_the_row_that_revokes(sandbox: Sandbox) -> None:
    """The API is told of what the Custom server revokes, and of nothing else."""
    sandbox.set(api_validation="denylist")
    for org, told in ((True, False), (False, True)):
        tokens = tokens_for(sandbox, org=org)
        sandbox.admin.revoke("grants", sandbox.rows("grants")[-1]["grant_id"])
        assert not is_active(sandbox, tokens["access_token"], org=org)
        assert ("security_event.taken" in [event["event"] for event in sandbox.log()]) == told


def test_a_session_at_the_identity_provider_ends(sandbox: Sandbox) -> None:
    browser = sandbox.browser()
    code_for(sandbox, browser=browser)
    sandbox.admin.end_session("idp_sessions", key_of(sandbox, "idp_sessions", "id_hash"))
    assert browser.open(authorization_url(sandbox)).status_code == 200
    assert sandbox.log()[-1]["event"] == "user.session.end"


def test_a_withdrawn_consent_takes_no_token_along(sandbox: Sandbox) -> None:
    sandbox.set(consent_required=True)
    tokens = tokens_for(sandbox)
    sandbox.admin.revoke("consents", key_of(sandbox, "consents", "consent_id"))
    assert sandbox.rows("consents") == []
    last = sandbox.log()[-1]
    assert (last["event"], last["detail"]) == ("app.oauth2.as.consent.revoke", "by an administrator")
    assert is_active(sandbox, tokens["access_token"])
    assert is_active(sandbox, tokens["refresh_token"])


def test_a_session_of_the_app_ends(sandbox: Sandbox) -> None:
    browser = signed_in_to_the_app(sandbox)
    sandbox.admin.end_session("app_sessions", key_of(sandbox, "app_sessions", "id_hash"))
    last = sandbox.log()[-1]
    assert (last["event"], last["detail"]) == ("user.session.end", "by an administrator")
    assert browser.open(f"{sandbox.app}/me").status_code == 401


def test_a_session_of_the_backend_for_frontend_ends(sandbox: Sandbox) -> None:
    sandbox.admin.end_session("bff_sessions", bff_session(sandbox).id_hash)
    assert sandbox.rows("bff_sessions") == []
    assert sandbox.log()[-1]["event"] == "user.session.end"


def test_a_session_at_the_identity_provider_expires(sandbox: Sandbox) -> None:
    sandbox.set(idp_session_idle_seconds=90)
    browser = sandbox.browser()
    code_for(sandbox, browser=browser)
    sandbox.admin.expire("idp_sessions", key_of(sandbox, "idp_sessions", "id_hash"))
    assert sandbox.rows("idp_sessions")[0]["last_seen"] == sandbox.clock.now() - 90
    assert browser.open(authorization_url(sandbox)).status_code == 200


def test_a_session_of_the_app_expires(sandbox: Sandbox) -> None:
    browser = signed_in_to_the_app(sandbox)
    sandbox.admin.expire("app_sessions", key_of(sandbox, "app_sessions", "id_hash"))
    assert sandbox.rows("app_sessions")[0]["last_seen"] == sandbox.clock.now() - 30 * 60
    assert browser.open(f"{sandbox.app}/me").status_code == 401


def test_a_session_of_the_backend_for_frontend_expires(sandbox: Sandbox) -> None:
    sandbox.admin.expire("bff_sessions", bff_session(sandbox).id_hash)
    assert sandbox.rows("bff_sessions")[0]["expires"] == sandbox.clock.now()


def test_a_family_expires(sandbox: Sandbox) -> None:
    tokens = tokens_for(sandbox)
    sandbox.admin.expire("refresh_families", key_of(sandbox, "refresh_families", "family_id"))
    assert error_of(refresh(sandbox, tokens["refresh_token"])) == (400, "invalid_grant")
    assert is_active(sandbox, tokens["access_token"])


def test_an_account_is_switched_off_and_on(sandbox: Sandbox) -> None:
    browser, tokens = signed_in_to_the_app(sandbox), tokens_for(sandbox)
    sandbox.admin.deactivate(ALICE[0])
    assert not is_active(sandbox, tokens["access_token"])
    assert browser.open(f"{sandbox.app}/me").status_code == 401
    assert "user.lifecycle.deactivate" in [event["event"] for event in sandbox.log()]
    sandbox.admin.activate(ALICE[0])
    assert is_active(sandbox, tokens["access_token"])
    assert sandbox.log()[-1]["event"] == "user.lifecycle.activate"


def test_the_api_is_told_of_an_account_that_is_switched_off(sandbox: Sandbox) -> None:
    sandbox.set(api_validation="denylist")
    bearer = {"Authorization": f"Bearer {tokens_for(sandbox)['access_token']}"}
    sandbox.admin.activate(ALICE[0])
    assert requests.get(f"{sandbox.api}/orders", headers=bearer, timeout=5).status_code == 200
    sandbox.admin.deactivate(ALICE[0])
    assert requests.get(f"{sandbox.api}/orders", headers=bearer, timeout=5).status_code == 401


def test_another_app_learns_of_an_account_that_is_switched_off_when_it_asks(sandbox: Sandbox) -> None:
    sandbox.set(back_channel_logout=True)
    browser = signed_in(sandbox)
    sandbox.admin.deactivate(ALICE[0])
    assert is_signed_in(browser)
    sandbox.clock.advance(hours=1)
    assert ask(browser, "api/orders").status_code == 401
    assert not is_signed_in(browser)


def test_keys_are_told_with_their_state(sandbox: Sandbox) -> None:
    def states(server: str, signs: str) -> list[str]:
        keys = sandbox.admin.signing_keys()
        return [key["state"] for key in keys if (key["server"], key["signs"]) == (server, signs)]

    assert states("default", "tokens") == ["signing", "next"]
    sandbox.rotate_keys("sign")
    assert states("default", "tokens") == ["old", "signing"]
    sandbox.clock.advance(hours=1)
    sandbox.rotate_keys("retire")
    assert states("default", "tokens") == ["signing"]
    assert states("org", "ID tokens") == states("org", "access tokens") == ["signing"]


def test_published_keys_are_those_of_the_keys_endpoint(sandbox: Sandbox) -> None:
    for published in (False, True):
        sandbox.set(org_key_published=published)
        for issuer, url in (
            (sandbox.issuer, f"{sandbox.issuer}/v1/keys"),
            (sandbox.org_issuer, f"{sandbox.org_issuer}/oauth2/v1/keys"),
        ):
            keys = sandbox.admin.signing_keys()
            told = {key["kid"] for key in keys if key["issuer"] == issuer and key["published"]}
            assert told == {key["kid"] for key in requests.get(url, timeout=5).json()["keys"]}


@pytest.mark.parametrize(
    ("operation", "arguments", "message"),
    [
        ("delete", {}, f"no operation is called 'delete'; there are {', '.join(OPERATIONS)}"),
        ("revoke", {"table": "users", "key": "x"}, "done to a row of 'users', only of grants, refresh_"),
        ("revoke", {"table": "grants", "key": "x"}, "grants has no row 'x'"),
        ("end_session", {"table": "grants", "key": "x"}, "only of idp_sessions, app_sessions, bff_sessions"),
        ("expire", {"table": "access_tokens", "key": "x"}, "of idp_sessions, app_sessions, bff_sessions, r"),
        ("expire", {"table": "idp_sessions", "key": "x"}, "idp_sessions has no row 'x'"),
        ("deactivate", {"login": "eve@acme.test"}, "no user is called 'eve@acme.test'; there are alice@"),
    ],
)
def test_what_cannot_be_done_is_refused(
    sandbox: Sandbox, operation: str, arguments: dict[str, str], message: str
) -> None:
    tokens = tokens_for(sandbox)
    with pytest.raises(SandboxError, match=message):
        sandbox.operate(operation, **arguments)
    assert is_active(sandbox, tokens["access_token"])


def test_every_table_of_sessions_can_be_ended() -> None:
    named = {kind for kind in TABLES if kind.table.endswith("_sessions")}
    assert named == set(SESSIONS)
