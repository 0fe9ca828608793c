"""When what the servers remember ends by itself."""

from dataclasses import replace

import pytest

from sessions_sandbox import Sandbox
from sessions_sandbox.clock import START
from sessions_sandbox.moments import ENDS
from sessions_sandbox.records import AppSession, AuthorizationCode, BffSession, RefreshFamily

ALICE = "alice@acme.test"
UID = "00u1aliceacmetest00a"
HOUR, DAY = 3600, 86400
ACCESS_TOKEN = ("access_tokens", "expiry", START + HOUR)
IDP_SESSION = ("idp_sessions", "idle timeout", START + 2 * HOUR)
FAMILY = ("refresh_families", "idle limit", START + 7 * DAY)


def moments(sandbox: Sandbox) -> list[tuple[str, str, int]]:
    """In their order: of which table, what ends, when."""
    return [(one["table"], one["what"], one["at"]) for one in sandbox.operate("moments")]


def test_a_new_sandbox_has_none(sandbox: Sandbox) -> None:
    assert moments(sandbox) == []


def test_the_soonest_comes_first(sandbox: Sandbox) -> None:
    sandbox.sign_in(ALICE)
    assert moments(sandbox) == [ACCESS_TOKEN, IDP_SESSION, FAMILY]
    assert sandbox.operate("moments")[0]["key"] == sandbox.rows("access_tokens")[0]["jti"]


def test_what_is_past_is_left_out(sandbox: Sandbox) -> None:
    sandbox.sign_in(ALICE)
    sandbox.clock.advance(seconds=HOUR - 1)
    assert moments(sandbox)[0] == ACCESS_TOKEN
    sandbox.clock.advance(seconds=1)
    assert moments(sandbox) == [IDP_SESSION, FAMILY]


@pytest.mark.parametrize("table", ["grants", "refresh_families"])
def test_what_was_revoked_has_none(sandbox: Sandbox, table: str) -> None:
    sandbox.sign_in(ALICE)
    (row,) = sandbox.rows(table)
    sandbox.admin.revoke(table, row["grant_id" if table == "grants" else "family_id"])
    assert moments(sandbox) == [IDP_SESSION]


def test_of_a_deactivated_user_nothing_counts(sandbox: Sandbox) -> None:
    sandbox.sign_in(ALICE)
    sandbox.admin.deactivate(ALICE)
    assert moments(sandbox) == []


def test_the_absolute_limit_of_a_session_at_the_identity_provider(sandbox: Sandbox) -> None:
    sandbox.sign_in(ALICE, scope="openid")
    sandbox.set(idp_session_absolute_seconds=HOUR + 1)
    assert moments(sandbox)[1] == ("idp_sessions", "absolute limit", START + HOUR + 1)


def test_both_limits_of_a_cookie_session(sandbox: Sandbox) -> None:
    sandbox.store.add(AppSession("hash", UID, ALICE, "", START, START))
    idle = ("app_sessions", "idle timeout", START + HOUR // 2)
    assert moments(sandbox) == [idle, ("app_sessions", "absolute limit", START + 8 * HOUR)]
    sandbox.clock.advance(minutes=30)
    assert moments(sandbox) == []


def test_a_session_of_the_backend_for_frontend(sandbox: Sandbox) -> None:
    sandbox.store.add(BffSession("hash", UID, "", "", "", "", 0, "", None, START + 5))
    assert moments(sandbox) == [("bff_sessions", "end", START + 5)]
    sandbox.clock.advance(seconds=5)
    assert moments(sandbox) == []


def test_a_code_that_was_not_used(sandbox: Sandbox) -> None:
    sandbox.sign_in(ALICE, scope="openid")
    (code,) = sandbox.store.all(AuthorizationCode)
    sandbox.store.replace(code, replace(code, used=False))
    assert moments(sandbox)[0] == ("authorization_codes", "expiry", START + 300)


def test_the_absolute_limit_of_a_family(sandbox: Sandbox) -> None:
    sandbox.set(refresh_token_seconds=60)
    sandbox.sign_in(ALICE)
    assert moments(sandbox)[0] == ("refresh_families", "absolute limit", START + 60)


def test_a_family_that_lay_idle_has_no_absolute_limit_any_more(sandbox: Sandbox) -> None:
    sandbox.set(refresh_token_seconds=30 * DAY)
    sandbox.sign_in(ALICE)
    sandbox.clock.advance(days=7)
    assert moments(sandbox) == []


def test_a_family_without_an_idle_limit(sandbox: Sandbox) -> None:
    sandbox.sign_in(ALICE)
    (family,) = sandbox.store.all(RefreshFamily)
    sandbox.store.replace(family, replace(family, idle_seconds=None))
    assert moments(sandbox) == [ACCESS_TOKEN, IDP_SESSION]


@pytest.mark.parametrize(("grace", "moment"), [(None, START + 31), (5, START + 6), (0, None)])
def test_the_first_second_after_the_grace(sandbox: Sandbox, grace: int | None, moment: int | None) -> None:
    sandbox.sign_in(ALICE, client="spa")
    sandbox.set(refresh_grace_seconds=grace)
    (family,) = sandbox.store.all(RefreshFamily)
    sandbox.store.replace(family, replace(family, live=2, previous_rotated=START))
    graces = [at for table, what, at in moments(sandbox) if what == "grace"]
    assert graces == ([] if moment is None else [moment])


def test_each_kind_of_row_is_known_by_its_table() -> None:
    assert len({kind.table for kind in ENDS}) == len(ENDS)


def test_the_rotation_of_keys_tells_when_its_next_step_is_due(sandbox: Sandbox) -> None:
    sandbox.rotate_keys("sign")
    assert moments(sandbox) == [("keys", "old key in use", START + HOUR)]
    assert [one["key"] for one in sandbox.operate("moments")] == ["default"]
    sandbox.clock.advance(hours=1)
    assert moments(sandbox) == []
    sandbox.rotate_keys("retire")
    sandbox.rotate_keys("publish")
    assert moments(sandbox) == [("keys", "next key unknown", START + 2 * HOUR)]
    sandbox.clock.advance(hours=1)
    sandbox.rotate_keys("sign")


def test_the_moments_of_lifetimes_that_a_switch_sets(sandbox: Sandbox) -> None:
    sandbox.set(
        access_token_seconds=7, id_token_seconds=8, authorization_code_seconds=9, refresh_idle_seconds=10
    )
    sandbox.sign_in(ALICE)
    (code,) = sandbox.store.all(AuthorizationCode)
    sandbox.store.replace(code, replace(code, used=False))
    sandbox.rotate_keys("sign")
    assert moments(sandbox) == [
        ("access_tokens", "expiry", START + 7),
        ("keys", "old key in use", START + 8),
        ("authorization_codes", "expiry", START + 9),
        ("refresh_families", "idle limit", START + 10),
        IDP_SESSION,
    ]


def test_after_an_emergency_no_step_is_due(sandbox: Sandbox) -> None:
    """The old keys count no more, and the next one waits for nobody."""
    org = sandbox.org_issuer
    sandbox.rotate_keys("publish", issuer=org)
    assert ("keys", "next key unknown", START + HOUR) in moments(sandbox)
    sandbox.rotate_keys("emergency", issuer=org)
    assert moments(sandbox) == []
