"""Revocation: what goes with what, and that strangers learn nothing."""

import pytest

from sessions_sandbox import Sandbox
from tests.sessions_sandbox.flows import ask, error_of, is_active, refresh, tokens_for


@pytest.mark.parametrize("token", ["garbage", "a.b.c", "\u00e4", "AT.1", "x" * 10_000])
def test_what_is_no_token_is_gone_already(sandbox: Sandbox, token: str) -> None:
    """T-REV-1"""
    reply = ask(sandbox, "revoke", token=token)
    assert (reply.status_code, reply.content) == (200, b"")
    assert reply.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("client", ["web", "spa"])
def test_a_refresh_token_takes_its_access_tokens_along(sandbox: Sandbox, client: str) -> None:
    """T-REV-2"""
    first = tokens_for(sandbox, client)
    second = refresh(sandbox, first["refresh_token"], client).json()
    reply = ask(sandbox, "revoke", client, token=second["refresh_token"])
    assert (reply.status_code, reply.content) == (200, b"")
    for token in (first["access_token"], second["access_token"], second["refresh_token"]):
        assert not is_active(sandbox, token)
    for table in ("grants", "refresh_families", "access_tokens"):
        assert {row["revoked"] for row in sandbox.rows(table)} == {sandbox.clock.now()}
    assert refresh(sandbox, second["refresh_token"], client).json()["error"] == "invalid_grant"


def test_any_refresh_token_of_a_family_ends_it(sandbox: Sandbox) -> None:
    """T-REV-2: a client that lost an answer holds the one before."""
    first = tokens_for(sandbox, "spa")
    second = refresh(sandbox, first["refresh_token"], "spa").json()
    ask(sandbox, "revoke", "spa", token=first["refresh_token"])
    assert not is_active(sandbox, second["refresh_token"])


def test_an_access_token_goes_alone(sandbox: Sandbox) -> None:
    """T-REV-3"""
    tokens = tokens_for(sandbox)
    other = refresh(sandbox, tokens["refresh_token"]).json()
    ask(sandbox, "revoke", token=tokens["access_token"], token_type_hint="refresh_token")
    assert not is_active(sandbox, tokens["access_token"])
    assert is_active(sandbox, tokens["refresh_token"])
    assert is_active(sandbox, other["access_token"])
    assert refresh(sandbox, tokens["refresh_token"]).status_code == 200


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
@pytest.mark.parametrize("stranger", ["otherapp", "spa"])
def test_the_token_of_another_client_stays(sandbox: Sandbox, kind: str, stranger: str) -> None:
    """T-REV-4: and the answer does not tell that there was one."""
    tokens = tokens_for(sandbox)
    reply = ask(sandbox, "revoke", stranger, token=tokens[kind])
    garbage = ask(sandbox, "revoke", stranger, token="garbage")
    assert (reply.status_code, reply.content, reply.headers) == (200, b"", garbage.headers)
    assert is_active(sandbox, tokens["access_token"])
    assert is_active(sandbox, tokens["refresh_token"])
    assert "another client" in sandbox.log()[-1]["detail"]


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_the_token_of_another_server_stays(sandbox: Sandbox, kind: str) -> None:
    """T-REV-4"""
    token = tokens_for(sandbox)[kind]
    assert ask(sandbox, "revoke", org=True, token=token).status_code == 200
    assert is_active(sandbox, token)


def test_a_signature_does_not_reach_the_token_of_another_server(sandbox: Sandbox) -> None:
    """T-REV-4: not even under the id of that token."""
    token = tokens_for(sandbox, org=True)["access_token"]
    (row,) = sandbox.rows("access_tokens")
    ask(sandbox, "revoke", token=sandbox.mint(jti=row["jti"]))
    assert is_active(sandbox, token, org=True)


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_twice_is_as_good_as_once(sandbox: Sandbox, kind: str) -> None:
    """T-REV-5: and the time of the first stays."""
    tokens = tokens_for(sandbox)
    revoked = []
    for _ in range(2):
        reply = ask(sandbox, "revoke", token=tokens[kind])
        assert (reply.status_code, reply.content) == (200, b"")
        revoked.append([row["revoked"] for row in sandbox.rows("access_tokens") + sandbox.rows("grants")])
        sandbox.clock.advance(seconds=5)
    assert revoked[0] == revoked[1]


def test_an_expired_token_can_be_revoked(sandbox: Sandbox) -> None:
    """T-REV-5"""
    token = tokens_for(sandbox)["access_token"]
    sandbox.clock.advance(hours=1)
    assert ask(sandbox, "revoke", token=token).status_code == 200
    assert sandbox.rows("access_tokens")[0]["revoked"] == sandbox.clock.now()


def test_an_id_token_cannot_be_revoked(sandbox: Sandbox) -> None:
    tokens = tokens_for(sandbox)
    assert ask(sandbox, "revoke", token=tokens["id_token"]).status_code == 200
    assert all(is_active(sandbox, tokens[kind]) for kind in ("access_token", "refresh_token", "id_token"))


def test_other_logins_of_the_user_stay(sandbox: Sandbox) -> None:
    other = tokens_for(sandbox)
    ask(sandbox, "revoke", token=tokens_for(sandbox)["refresh_token"])
    assert is_active(sandbox, other["access_token"])
    assert is_active(sandbox, other["refresh_token"])


def test_the_token_must_be_sent(sandbox: Sandbox) -> None:
    reply = ask(sandbox, "revoke", x="y")
    assert error_of(reply) == (400, "invalid_request")
    assert "token" in reply.json()["error_description"]
