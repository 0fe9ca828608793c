"""Refresh tokens: persistent, rotating, and what happens when an old one comes back."""

import jwt
import pytest

from sessions_sandbox import Sandbox
from tests.sessions_sandbox.flows import (
    ALICE,
    ask,
    deactivate,
    error_of,
    is_active,
    refresh,
    tokens_for,
)

DAY = 86400
REUSED = "app.oauth2.as.token.detect_reuse"


def events(sandbox: Sandbox) -> list[str]:
    return [event["event"] for event in sandbox.log()]


def test_a_rotating_client_gets_a_new_refresh_token(sandbox: Sandbox) -> None:
    """T-RT-1"""
    first = tokens_for(sandbox, "spa")
    second = refresh(sandbox, first["refresh_token"], "spa").json()
    third = refresh(sandbox, second["refresh_token"], "spa").json()
    assert len({tokens["refresh_token"] for tokens in (first, second, third)}) == 3
    assert len({tokens["access_token"] for tokens in (first, second, third)}) == 3
    assert sandbox.rows("refresh_families")[0]["live"] == 3


@pytest.mark.parametrize("client", ["web", "native"])
def test_a_persistent_client_keeps_its_refresh_token(sandbox: Sandbox, client: str) -> None:
    """T-RT-2"""
    first = tokens_for(sandbox, client)
    for _ in range(3):
        sandbox.clock.advance(hours=1)
        again = refresh(sandbox, first["refresh_token"], client).json()
        assert again["refresh_token"] == first["refresh_token"]
        assert sandbox.rows("refresh_families")[0]["last_used"] == sandbox.clock.now()


def test_a_refresh_gives_tokens_of_the_same_login(sandbox: Sandbox) -> None:
    """T-RT-2: no one signed in again, so `auth_time` stays."""
    first = tokens_for(sandbox)
    sandbox.clock.advance(minutes=5)
    reply = refresh(sandbox, first["refresh_token"])
    second = reply.json()
    assert reply.headers["Cache-Control"] == "no-store"
    assert second.keys() == {"token_type", "expires_in", "access_token", "scope", "refresh_token", "id_token"}
    for name in ("access_token", "id_token"):
        old, new = (jwt.decode(t[name], options={"verify_signature": False}) for t in (first, second))
        assert new["iat"] == old["iat"] + 300
        assert {k: v for k, v in new.items() if k not in ("jti", "iat", "exp", "at_hash")} == {
            k: v for k, v in old.items() if k not in ("jti", "iat", "exp", "at_hash")
        }
    assert is_active(sandbox, first["access_token"])


@pytest.mark.parametrize("seconds", [31, 3000])
def test_reuse_ends_the_newest_refresh_token_and_every_access_token(sandbox: Sandbox, seconds: int) -> None:
    """T-RT-3"""
    first = tokens_for(sandbox, "spa")
    second = refresh(sandbox, first["refresh_token"], "spa").json()
    sandbox.clock.advance(seconds=seconds)
    assert error_of(refresh(sandbox, first["refresh_token"], "spa")) == (400, "invalid_grant")
    assert error_of(refresh(sandbox, second["refresh_token"], "spa")) == (400, "invalid_grant")
    for token in (first["access_token"], second["access_token"], second["refresh_token"]):
        assert not is_active(sandbox, token)
    assert events(sandbox).count(REUSED) == 1


def test_reuse_at_the_org_server_has_its_own_event(sandbox: Sandbox) -> None:
    """T-RT-3"""
    first = tokens_for(sandbox, "spa", org=True)
    refresh(sandbox, first["refresh_token"], "spa", org=True)
    sandbox.clock.advance(seconds=31)
    refresh(sandbox, first["refresh_token"], "spa", org=True)
    assert "app.oauth2.token.detect_reuse" in events(sandbox)
    assert REUSED not in events(sandbox)


def test_reuse_leaves_other_logins_alone(sandbox: Sandbox) -> None:
    """T-RT-3"""
    other = tokens_for(sandbox, "spa")
    first = tokens_for(sandbox, "spa")
    refresh(sandbox, first["refresh_token"], "spa")
    sandbox.clock.advance(seconds=31)
    assert refresh(sandbox, first["refresh_token"], "spa").status_code == 400
    assert refresh(sandbox, other["refresh_token"], "spa").status_code == 200


def test_a_retry_within_the_grace_gets_the_same_refresh_token(sandbox: Sandbox) -> None:
    """T-RT-4: the answer was lost; the client asks again with what it has."""
    first = tokens_for(sandbox, "spa")
    second = refresh(sandbox, first["refresh_token"], "spa").json()
    sandbox.clock.advance(seconds=30)
    retry = refresh(sandbox, first["refresh_token"], "spa").json()
    assert retry["refresh_token"] == second["refresh_token"]
    assert retry["access_token"] != second["access_token"]
    assert sandbox.rows("refresh_families")[0]["live"] == 2
    assert REUSED not in events(sandbox)


@pytest.mark.parametrize(
    ("grace", "seconds", "status"), [(0, 0, 400), (5, 5, 200), (5, 6, 400), (60, 45, 200)]
)
def test_the_grace_can_be_set(sandbox: Sandbox, grace: int, seconds: int, status: int) -> None:
    """T-RT-4"""
    sandbox.set(refresh_grace_seconds=grace)
    first = tokens_for(sandbox, "spa")
    refresh(sandbox, first["refresh_token"], "spa")
    sandbox.clock.advance(seconds=seconds)
    assert refresh(sandbox, first["refresh_token"], "spa").status_code == status


def test_a_token_that_was_never_rotated_out_has_no_grace(sandbox: Sandbox) -> None:
    """T-RT-4: there is no token before the live one that could come back."""
    tokens_for(sandbox, "spa")
    told = [moment["what"] for moment in sandbox.operate("moments")]
    assert "idle limit" in told
    assert "grace" not in told


def test_rotation_does_not_prolong_the_absolute_life(sandbox: Sandbox) -> None:
    """T-RT-5"""
    sandbox.set(refresh_token_seconds=10 * DAY)
    token = tokens_for(sandbox, "spa")["refresh_token"]
    end = sandbox.clock.now() + 10 * DAY
    for _ in range(3):
        sandbox.clock.advance(days=3)
        token = refresh(sandbox, token, "spa").json()["refresh_token"]
        answer = ask(sandbox, "introspect", "spa", token=token).json()
        assert answer["exp"] <= end
        assert sandbox.rows("refresh_families")[0]["expires"] == end
    sandbox.clock.advance(days=1, seconds=-1)
    assert is_active(sandbox, token)
    sandbox.clock.advance(seconds=1)
    assert not is_active(sandbox, token)
    assert error_of(refresh(sandbox, token, "spa")) == (400, "invalid_grant")


@pytest.mark.parametrize("client", ["web", "spa"])
def test_a_refresh_token_dies_when_it_lies_idle_for_a_week(sandbox: Sandbox, client: str) -> None:
    """T-RT-6"""
    token = tokens_for(sandbox, client)["refresh_token"]
    for _ in range(3):
        sandbox.clock.advance(days=7, seconds=-1)
        reply = refresh(sandbox, token, client)
        assert reply.status_code == 200
        token = reply.json()["refresh_token"]
    sandbox.clock.advance(days=7)
    assert not is_active(sandbox, token)
    assert error_of(refresh(sandbox, token, client)) == (400, "invalid_grant")


def test_a_grandparent_within_the_grace_is_reuse(sandbox: Sandbox) -> None:
    """T-RT-7: the grace is for the newest token but one, whatever its age."""
    first = tokens_for(sandbox, "spa")
    second = refresh(sandbox, first["refresh_token"], "spa").json()
    third = refresh(sandbox, second["refresh_token"], "spa").json()
    assert error_of(refresh(sandbox, first["refresh_token"], "spa")) == (400, "invalid_grant")
    assert error_of(refresh(sandbox, third["refresh_token"], "spa")) == (400, "invalid_grant")
    assert REUSED in events(sandbox)


def test_less_scope_now_is_not_less_scope_later(sandbox: Sandbox) -> None:
    """T-RT-8: RFC 6749 §6."""
    first = tokens_for(sandbox, "spa")
    narrow = refresh(sandbox, first["refresh_token"], "spa", scope="orders:read orders:read").json()
    assert narrow["scope"] == "orders:read"
    assert "id_token" not in narrow
    claims = jwt.decode(narrow["access_token"], options={"verify_signature": False})
    assert claims["scp"] == ["orders:read"]
    full = refresh(sandbox, narrow["refresh_token"], "spa").json()
    assert full["scope"] == first["scope"]


@pytest.mark.parametrize("scope", ["orders:read admin", "email", " "])
def test_more_scope_is_refused_and_costs_nothing(sandbox: Sandbox, scope: str) -> None:
    """T-RT-8: the refused request does not use the token up."""
    first = tokens_for(sandbox, "spa")
    assert error_of(refresh(sandbox, first["refresh_token"], "spa", scope=scope)) == (400, "invalid_scope")
    assert sandbox.rows("refresh_families")[0]["live"] == 1


def test_a_refresh_token_belongs_to_its_client_and_server(sandbox: Sandbox) -> None:
    """T-RT-10: and a stranger who tries it does not end the session of its owner."""
    token = tokens_for(sandbox, "spa")["refresh_token"]
    assert error_of(refresh(sandbox, token, "native")) == (400, "invalid_grant")
    assert error_of(refresh(sandbox, token, "web")) == (400, "invalid_grant")
    assert error_of(refresh(sandbox, token, "spa", org=True)) == (400, "invalid_grant")
    second = refresh(sandbox, token, "spa").json()["refresh_token"]
    sandbox.clock.advance(seconds=31)
    assert error_of(refresh(sandbox, token, "native")) == (400, "invalid_grant")
    assert refresh(sandbox, second, "spa").status_code == 200


def test_at_the_org_server_it_lives_90_days_used_or_not(sandbox: Sandbox) -> None:
    """T-RT-11"""
    token = tokens_for(sandbox, org=True)["refresh_token"]
    sandbox.clock.advance(days=89)
    assert refresh(sandbox, token, org=True).status_code == 200
    sandbox.clock.advance(days=1, seconds=-1)
    assert is_active(sandbox, token, org=True)
    sandbox.clock.advance(seconds=1)
    assert error_of(refresh(sandbox, token, org=True)) == (400, "invalid_grant")


def test_an_account_that_was_switched_off_gets_nothing(sandbox: Sandbox) -> None:
    token = tokens_for(sandbox)["refresh_token"]
    deactivate(sandbox, ALICE[0])
    assert error_of(refresh(sandbox, token)) == (400, "invalid_grant")


@pytest.mark.parametrize("token", ["x", "AT.x", "\u00e4\u20ac", "a" * 10_000])
def test_what_is_no_refresh_token_is_refused(sandbox: Sandbox, token: str) -> None:
    assert error_of(refresh(sandbox, token)) == (400, "invalid_grant")


def test_the_token_must_be_sent(sandbox: Sandbox) -> None:
    reply = ask(sandbox, "token", grant_type="refresh_token")
    assert error_of(reply) == (400, "invalid_request")
    assert "refresh_token" in reply.json()["error_description"]


def test_rows_hold_no_refresh_token(sandbox: Sandbox) -> None:
    first = tokens_for(sandbox, "spa")["refresh_token"]
    second = refresh(sandbox, first, "spa").json()["refresh_token"]
    kept = repr([sandbox.rows("refresh_tokens"), sandbox.rows("refresh_families"), sandbox.log()])
    assert first not in kept
    assert second not in kept
