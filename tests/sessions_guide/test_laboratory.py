"""The laboratory: what a reader sees of the servers, what they do to them, and what a fresh start leaves."""

import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import sessions_sandbox
from sessions_guide.errors import GuideError
from sessions_guide.laboratory import KEYS, NEWEST, Laboratory
from sessions_guide.worker_api import WorkerApi
from sessions_sandbox import Sandbox
from sessions_sandbox.clock import START
from sessions_sandbox.errors import SandboxError
from sessions_sandbox.records import TABLES, AuthorizationCode, Denial
from tests.sessions_guide.counting import CountingSandbox

ALICE = "alice@acme.test"
HOUR = 3600
PROGRAM = '''"""Signs in, and asks."""

# --8<-- [start:sign_in]
import requests
from sessions_sandbox import sandbox
from sessions_sandbox.errors import SandboxError
tokens = sandbox.sign_in("alice@acme.test", client="spa")
print(tokens["expires_in"])
#> 3600
# --8<-- [end:sign_in]

# --8<-- [start:ask]
bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
print(requests.get(f"{sandbox.issuer}/v1/userinfo", headers=bearer, timeout=5).status_code)
#> 200
# --8<-- [end:ask]

# --8<-- [start:clock]
print(sandbox.clock.now(), sandbox.switches.jwks_down)
#> 1767603600 False
# --8<-- [end:clock]
'''


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def laboratory(sandbox: Sandbox) -> Laboratory:
    return Laboratory(sandbox)


@pytest.fixture
def api(tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> WorkerApi:
    monkeypatch.setitem(vars(sessions_sandbox), "sandbox", sandbox)
    archive = tmp_path / "programs.zip"
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr("snippets/a/asks.py", PROGRAM)
    return WorkerApi(str(archive), sandbox)


def run(api: WorkerApi, section: str) -> str:
    """What the section prints, or its error."""
    request = json.dumps({"file": "a/asks.py", "section": section, "edits": {}})
    result = json.loads(api.run(request, lambda text: None))
    return str(result["error"] or result["output"])


def ask(api: WorkerApi, kind: str, **question: Any) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(api.ask(json.dumps({"kind": kind, **question})))
    return answer


def act(api: WorkerApi, do: str, **arguments: Any) -> dict[str, Any]:
    return ask(api, "act", act={"do": do, **arguments})


def table(state: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The rows of a table."""
    rows: list[dict[str, Any]] = next(one["rows"] for one in state["tables"] if one["table"] == name)
    return rows


def changes(state: dict[str, Any], name: str) -> list[str | None]:
    return [row.get("change") for row in table(state, name)]


def key_of(state: dict[str, Any], name: str) -> str:
    (row,) = table(state, name)
    return str(row["key"])


def test_the_tables_exist_and_their_keys_are_theirs() -> None:
    kinds = {kind.table: kind.key_field for kind in TABLES}
    assert {name: kinds[name] for name in KEYS} == KEYS


def test_the_seed(laboratory: Laboratory) -> None:
    state = json.loads(json.dumps(laboratory.state()))
    assert state["now"] == state["before"] == START
    assert [one["table"] for one in state["tables"]] == list(KEYS)
    assert [row["login"] for row in table(state, "users")][-1] == ALICE
    assert changes(state, "users") == [None] * 4
    assert (state["moments"], state["turned"], state["by_hand"], state["forgotten"]) == ([], [], 0, 0)


def test_what_a_section_changed_is_marked_and_what_ran_above_it_is_not(api: WorkerApi) -> None:
    run(api, "sign_in")
    state = ask(api, "state")
    assert changes(state, "grants") == changes(state, "access_tokens") == ["new"]
    run(api, "ask")
    assert changes(ask(api, "state"), "grants") == [None]
    run(api, "sign_in")
    assert changes(ask(api, "state"), "grants") == ["new"]


def test_a_changed_row_says_how_it_was(laboratory: Laboratory, sandbox: Sandbox) -> None:
    sandbox.sign_in(ALICE)
    key = key_of(laboratory.state(), "access_tokens")
    state = laboratory.act({"do": "revoke", "table": "access_tokens", "key": key})
    (row,) = table(state, "access_tokens")
    assert (row["change"], row["state"]) == ("changed", "revoked")
    assert row["was"] == {"state": "active", "revoked": None}


def test_a_deleted_row_is_gone_for_one_step(laboratory: Laboratory, sandbox: Sandbox) -> None:
    sandbox.sign_in(ALICE)
    key = key_of(laboratory.state(), "idp_sessions")
    state = laboratory.act({"do": "end_session", "table": "idp_sessions", "key": key})
    assert changes(state, "idp_sessions") == ["gone"]
    assert sandbox.rows("idp_sessions") == []
    laboratory.begin_step()
    assert table(laboratory.state(), "idp_sessions") == []


def test_a_consent_is_withdrawn(laboratory: Laboratory, sandbox: Sandbox) -> None:
    sandbox.set(consent_required=True)
    sandbox.sign_in(ALICE)
    key = key_of(laboratory.state(), "consents")
    state = laboratory.act({"do": "revoke", "table": "consents", "key": key})
    assert (changes(state, "consents"), changes(state, "grants")) == (["gone"], [None])


def test_a_row_that_is_only_not_shown_any_more_is_not_gone(laboratory: Laboratory, sandbox: Sandbox) -> None:
    for number in range(NEWEST):
        sandbox.store.add(Denial(f"token {number}", START))
    laboratory.begin_step()
    sandbox.store.add(Denial("one more", START))
    denials = table(laboratory.state(), "denials")
    assert [row["key"] for row in denials if row.get("change")] == ["one more"]
    assert len(denials) == NEWEST


def test_a_refused_act_changes_nothing(laboratory: Laboratory, sandbox: Sandbox) -> None:
    sandbox.sign_in(ALICE)
    with pytest.raises(SandboxError, match="has no row 'nobody'"):
        laboratory.act({"do": "revoke", "table": "grants", "key": "nobody"})
    state = laboratory.state()
    assert (changes(state, "grants"), state["by_hand"]) == (["new"], 0)


def test_an_act_that_there_is_not(laboratory: Laboratory) -> None:
    with pytest.raises(GuideError, match="The laboratory does not know 'overview'; it knows "):
        laboratory.act({"do": "overview"})


def test_the_generations_of_a_rotating_family(laboratory: Laboratory, sandbox: Sandbox) -> None:
    tokens = sandbox.sign_in(ALICE, client="spa")
    for _ in range(2):
        form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
        form |= {"client_id": sandbox.client("spa").id}
        with sandbox._session() as session:
            tokens = session.post(f"{sandbox.issuer}/v1/token", data=form).json()
    (family,) = table(laboratory.state(), "refresh_families")
    grace = {"generation": 2, "state": "rotated, within grace", "grace": START + 31}
    first, live = {"generation": 1, "state": "rotated"}, {"generation": 3, "state": "live"}
    assert family["generations"] == [first, grace, live]
    state = laboratory.act({"do": "advance", "seconds": 31})
    (family,) = table(state, "refresh_families")
    assert family["generations"] == [first, {"generation": 2, "state": "rotated"}, live]
    state = laboratory.act({"do": "revoke", "table": "refresh_families", "key": family["key"]})
    (family,) = table(state, "refresh_families")
    assert family["generations"][-1] == {"generation": 3, "state": "revoked"}


def test_the_moments_are_the_soonest_of_each_kind(laboratory: Laboratory, sandbox: Sandbox) -> None:
    sandbox.sign_in(ALICE, scope="openid")
    sandbox.clock.advance(minutes=1)
    sandbox.sign_in(ALICE, scope="openid")
    moments = {(one["table"], one["what"]): one["at"] for one in laboratory.state()["moments"]}
    assert moments == {
        ("access_tokens", "expiry"): START + HOUR,
        ("idp_sessions", "idle timeout"): START + 2 * HOUR,
    }


@pytest.mark.parametrize(
    ("used", "passed", "state"), [(False, 0, "waiting"), (False, 300, "expired"), (True, 0, "used")]
)
def test_the_state_of_a_code(sandbox: Sandbox, used: bool, passed: int, state: str) -> None:
    sandbox.sign_in(ALICE)
    (code,) = sandbox.store.all(AuthorizationCode)
    sandbox.store.replace(code, replace(code, used=used))
    sandbox.clock.advance(passed)
    assert [row["state"] for row in table(Laboratory(sandbox).state(), "authorization_codes")] == [state]


def test_a_user_is_switched_off_and_on(laboratory: Laboratory) -> None:
    state = laboratory.act({"do": "deactivate", "login": ALICE})
    assert [(row["state"], row["change"]) for row in table(state, "users") if "change" in row] == [
        ("deactivated", "changed")
    ]
    state = laboratory.act({"do": "activate", "login": ALICE})
    assert table(state, "users")[-1]["state"] == "active"
    assert state["by_hand"] == 2


def test_keys_are_rotated_step_by_step(laboratory: Laboratory, sandbox: Sandbox) -> None:
    state = laboratory.act({"do": "rotate_keys", "step": "sign", "issuer": sandbox.issuer})
    assert [(key["state"], key["change"]) for key in state["keys"] if "change" in key] == [
        ("old", "changed"),
        ("signing", "changed"),
    ]
    state = laboratory.act({"do": "rotate_keys", "step": "emergency", "issuer": sandbox.issuer})
    assert [key["change"] for key in state["keys"] if key["server"] == "default"] == ["new", "gone", "gone"]


def test_the_next_section_runs_in_the_present_state(api: WorkerApi) -> None:
    run(api, "sign_in")
    act(api, "revoke", table="access_tokens", key=key_of(ask(api, "state"), "access_tokens"))
    assert run(api, "ask") == "401\n"
    assert ask(api, "state")["forgotten"] == 0


def test_the_same_section_again_starts_afresh_and_says_what_is_forgotten(api: WorkerApi) -> None:
    run(api, "sign_in")
    act(api, "advance", seconds=HOUR)
    act(api, "deactivate", login=ALICE)
    assert run(api, "sign_in") == "3600\n"
    state = ask(api, "state")
    assert (state["now"], state["forgotten"], state["by_hand"]) == (START, 2, 0)
    run(api, "ask")
    assert ask(api, "state")["forgotten"] == 0


def test_what_was_done_before_the_first_run_counts_for_it(api: WorkerApi) -> None:
    act(api, "deactivate", login=ALICE)
    assert "SandboxError" in run(api, "sign_in")
    assert run(api, "sign_in") == "3600\n"


def test_switches_survive_a_fresh_start_and_the_clock_does_not(api: WorkerApi) -> None:
    run(api, "clock")
    act(api, "advance", seconds=HOUR)
    state = act(api, "turn", switches={"jwks_down": True, "latency_ms": 0})
    assert (state["turned"], state["by_hand"]) == (["jwks_down"], 1)
    assert [row["name"] for row in state["switches"] if "change" in row] == ["jwks_down"]
    assert run(api, "clock") == f"{START} True\n"
    state = act(api, "turn", switches={"jwks_down": False})
    assert state["turned"] == []
    assert run(api, "clock") == f"{START} False\n"


def test_reset_returns_everything_to_the_seed(api: WorkerApi, sandbox: Sandbox) -> None:
    seed = ask(api, "state")
    run(api, "sign_in")
    act(api, "turn", switches={"jwks_down": True})
    act(api, "rotate_keys", step="emergency", issuer=sandbox.issuer)
    act(api, "advance", seconds=HOUR)
    assert act(api, "reset") == seed
    assert run(api, "clock") == f"{START} False\n"


def test_after_a_reset_the_next_section_starts_from_the_top(api: WorkerApi) -> None:
    run(api, "sign_in")
    act(api, "reset")
    assert run(api, "ask") == "200\n"


@pytest.mark.parametrize(
    ("question", "error"),
    [
        ({"kind": "gossip"}, "Nobody here answers questions of the kind 'gossip'."),
        ({"kind": "act", "act": {"do": "fly"}}, "The laboratory does not know 'fly'"),
        (
            {"kind": "act", "act": {"do": "turn", "switches": {"gravity": 0}}},
            "there is no switch 'gravity'",
        ),
        ({"kind": "act", "act": {"do": "advance", "seconds": -1}}, "the clock moves forward"),
    ],
)
def test_what_cannot_be_answered_is_said(api: WorkerApi, question: dict[str, Any], error: str) -> None:
    answer = json.loads(api.ask(json.dumps(question)))
    assert list(answer) == ["error"]
    assert answer["error"].startswith(error)


def test_to_look_changes_nothing() -> None:
    sandbox = CountingSandbox()
    laboratory = Laboratory(sandbox)
    assert laboratory.state() == laboratory.state()
    assert sandbox.resets == 0
