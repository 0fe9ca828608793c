"""How a sandbox stands, as the console shows it."""

import json
from typing import Any

import pytest

from sessions_sandbox import Sandbox
from sessions_sandbox.overview import NEWEST, SECRET, meanings
from sessions_sandbox.records import AppSession, BffSession, Grant
from sessions_sandbox.switches import KINDS
from tests.sessions_sandbox.flows import ALICE, tokens_for

UID = "00u1aliceacmetest00a"


def states(sandbox: Sandbox, table: str) -> list[str]:
    """The states of a table's rows, the newest first."""
    return [row["state"] for row in sandbox.operate("overview")["tables"][table]["rows"]]


def test_it_is_json_with_the_time_and_the_names_of_clients(sandbox: Sandbox) -> None:
    tokens_for(sandbox)
    seen = json.loads(json.dumps(sandbox.operate("overview")))
    assert seen["now"] == sandbox.clock.now()
    assert seen["clients"][sandbox.client("web").id] == "web"
    assert seen["keys"] == sandbox.admin.signing_keys()
    assert [event["event"] for event in seen["tables"]["system_log"]["rows"]][-1] == "user.session.start"


def test_no_secret_is_told(sandbox: Sandbox) -> None:
    tokens_for(sandbox)
    sandbox.store.add(AppSession("hash", UID, ALICE[0], "csrf-secret", 0, 0))
    sandbox.store.add(BffSession("hash", UID, "", "", "id-secret", "at-secret", 0, "rt-secret", 0, 0))
    text = json.dumps(sandbox.operate("overview"))
    assert ALICE[1] not in text
    assert "-secret" not in text
    assert not any(f'"{name}"' in text for name in SECRET)


def test_only_the_newest_rows_are_told(sandbox: Sandbox) -> None:
    for number in range(NEWEST + 5):
        sandbox.store.add(Grant(f"grant {number}", "default", "", UID, "openid", 0))
    grants = sandbox.operate("overview")["tables"]["grants"]
    assert (grants["total"], len(grants["rows"])) == (NEWEST + 5, NEWEST)
    assert grants["rows"][0]["grant_id"] == f"grant {NEWEST + 4}"


def test_tokens_and_grants_that_count(sandbox: Sandbox) -> None:
    tokens_for(sandbox)
    assert states(sandbox, "grants") == ["in force"]
    assert states(sandbox, "access_tokens") == ["active"]
    assert states(sandbox, "refresh_families") == states(sandbox, "idp_sessions") == ["live"]
    assert states(sandbox, "users") == ["deactivated", "active", "active", "active"]


def test_consents(sandbox: Sandbox) -> None:
    sandbox.set(consent_required=True)
    tokens_for(sandbox)
    assert sandbox.operate("overview")["tables"]["consents"] == {"total": 1, "rows": sandbox.rows("consents")}


def test_tokens_and_grants_that_were_revoked(sandbox: Sandbox) -> None:
    tokens_for(sandbox)
    sandbox.admin.revoke("grants", sandbox.rows("grants")[0]["grant_id"])
    for table in ("grants", "access_tokens", "refresh_families"):
        assert states(sandbox, table) == ["revoked"]


def test_tokens_and_sessions_that_have_run_out(sandbox: Sandbox) -> None:
    tokens_for(sandbox)
    sandbox.clock.advance(hours=1)
    assert states(sandbox, "access_tokens") == ["expired"]
    assert states(sandbox, "refresh_families") == ["live"]
    sandbox.clock.advance(days=7)
    assert states(sandbox, "refresh_families") == ["expired"]
    assert states(sandbox, "idp_sessions") == ["over"]
    assert states(sandbox, "grants") == ["in force"]


def test_what_a_deactivated_user_had(sandbox: Sandbox) -> None:
    tokens_for(sandbox)
    sandbox.store.add(AppSession("hash", UID, ALICE[0], "", sandbox.clock.now(), sandbox.clock.now()))
    assert states(sandbox, "app_sessions") == ["live"]
    sandbox.admin.deactivate(ALICE[0])
    for table in ("grants", "access_tokens", "refresh_families"):
        assert states(sandbox, table) == ["user deactivated"]
    assert states(sandbox, "idp_sessions") == states(sandbox, "app_sessions") == ["over"]


@pytest.mark.parametrize(
    ("created", "last_seen", "state"),
    [(0, 0, "live"), (1799, 1799, "live"), (1800, 1800, "over"), (28799, 0, "live"), (28800, 0, "over")],
)
def test_sessions_of_the_app(sandbox: Sandbox, created: int, last_seen: int, state: str) -> None:
    """Idle for half an hour, or eight hours old, it is over; both are given as seconds ago."""
    now = sandbox.clock.now()
    sandbox.store.add(AppSession("hash", UID, ALICE[0], "", now - created, now - last_seen))
    assert states(sandbox, "app_sessions") == [state]


@pytest.mark.parametrize(("left", "state"), [(1, "live"), (0, "over")])
def test_sessions_of_the_backend_for_frontend(sandbox: Sandbox, left: int, state: str) -> None:
    sandbox.store.add(BffSession("hash", UID, "", "", "", "", 0, "", None, sandbox.clock.now() + left))
    assert states(sandbox, "bff_sessions") == [state]


def test_switches_are_told_with_kind_value_and_meaning(sandbox: Sandbox) -> None:
    def told() -> dict[str, dict[str, Any]]:
        return {switch["name"]: switch for switch in sandbox.operate("switches")}

    assert list(told()) == list(KINDS)
    assert told()["latency_ms"] == {
        "name": "latency_ms",
        "kind": "whole milliseconds",
        "value": 0,
        "meaning": "how long each request to the identity provider takes, in milliseconds of real time.",
    }
    assert told()["api_validation"]["kind"] == list(KINDS["api_validation"])
    sandbox.set(latency_ms=1)
    assert told()["latency_ms"]["value"] == 1


def test_every_switch_has_a_meaning_of_its_own() -> None:
    assert list(meanings()) == list(KINDS)
    assert all(text.endswith(".") for text in meanings().values())
