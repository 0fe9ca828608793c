"""What has expired is forgotten, and nothing is answered otherwise."""

from collections.abc import Iterator

import pytest

from sessions_sandbox import Sandbox
from sessions_sandbox.records import SESSION_ROW_SECONDS, TABLES
from sessions_sandbox.seed import (
    APP_SESSION_ABSOLUTE_SECONDS,
    APP_SESSION_IDLE_SECONDS,
    IDP_SESSION_IDLE_SECONDS,
)
from sessions_sandbox.stores import MemoryStore, Store, sweep
from sessions_sandbox.stores.sweeping import MARGIN_SECONDS
from tests.sessions_sandbox.flows import (
    ALICE,
    ask,
    code_for,
    error_of,
    is_active,
    redeem,
    refresh,
    tokens_for,
)

HOUR, DAY = 3600, 86400
LASTING = {"users", "shared_state"}


@pytest.fixture
def sandbox(store: Store) -> Iterator[Sandbox]:
    """One for each kind of store."""
    with Sandbox(store) as sandbox:
        yield sandbox


def sizes(sandbox: Sandbox) -> dict[str, int]:
    """How many rows each table has, where it has any that come and go."""
    counted = {kind.table: len(sandbox.rows(kind.table)) for kind in TABLES if kind.table not in LASTING}
    return {table: number for table, number in counted.items() if number}


def after(sandbox: Sandbox, seconds: int) -> dict[str, int]:
    """Move the clock to just after what ended by then may be forgotten, and sweep."""
    sandbox.clock.advance(seconds=seconds)
    sweep(sandbox.store, sandbox.clock.now() + MARGIN_SECONDS)
    return sizes(sandbox)


def test_each_row_goes_at_its_end(sandbox: Sandbox) -> None:
    sandbox.sign_in("alice@acme.test", client="spa")
    sandbox.browser().open(f"{sandbox.app}/login")
    whole = sizes(sandbox)
    lasting = {"grants", "refresh_families", "refresh_tokens", "system_log"}
    assert (
        lasting | {"authorization_codes", "access_tokens", "pending_logins", "idp_sessions"} == whole.keys()
    )
    assert after(sandbox, 299) == whole
    assert after(sandbox, 1).keys() == whole.keys() - {"authorization_codes"}
    assert after(sandbox, 600).keys() == whole.keys() - {"authorization_codes", "pending_logins"}
    assert after(sandbox, HOUR).keys() == lasting | {"idp_sessions"}
    assert after(sandbox, DAY).keys() == lasting
    assert after(sandbox, 6 * DAY).keys() == {"system_log"}
    assert after(sandbox, 83 * DAY) == {}
    assert len(sandbox.rows("users")) == 4


def test_a_grant_stays_as_long_as_one_of_its_tokens(sandbox: Sandbox) -> None:
    token = tokens_for(sandbox, "web", scope="openid offline_access")["refresh_token"]
    for _ in range(3):
        assert "access_tokens" not in after(sandbox, 6 * DAY)
        assert refresh(sandbox, token).status_code == 200
    assert sizes(sandbox)["grants"] == sizes(sandbox)["access_tokens"] == 1
    assert after(sandbox, 7 * DAY).keys() == {"system_log"}


def test_a_grant_without_offline_access_goes_with_its_access_token(sandbox: Sandbox) -> None:
    tokens_for(sandbox, "web", scope="openid")
    assert after(sandbox, HOUR - 1)["grants"] == 1
    assert "grants" not in after(sandbox, 1)


@pytest.mark.parametrize("swept", [False, True])
def test_nothing_is_answered_otherwise(sandbox: Sandbox, swept: bool) -> None:
    """An unknown token, code or cookie is answered as an expired one."""
    code = code_for(sandbox, "spa")
    tokens = tokens_for(sandbox, "spa")
    browser = sandbox.browser()
    browser.submit(browser.open(f"{sandbox.app}/login"), username=ALICE[0], password=ALICE[1])
    sandbox.clock.advance(days=8)
    if swept:
        sweep(sandbox.store, sandbox.clock.now())
    assert ("app_sessions" in sizes(sandbox)) is not swept
    assert not is_active(sandbox, tokens["access_token"])
    assert not is_active(sandbox, tokens["refresh_token"])
    assert error_of(refresh(sandbox, tokens["refresh_token"], "spa")) == (400, "invalid_grant")
    assert error_of(redeem(sandbox, code, "spa")) == (400, "invalid_grant")
    assert ask(sandbox, "revoke", "spa", token=tokens["access_token"]).status_code == 200
    me = browser.open(f"{sandbox.app}/me")
    assert (me.status_code, me.headers["Set-Cookie"].partition("=")[0]) == (401, "__Host-sid")


def test_reuse_is_noticed_as_long_as_the_family_lives(sandbox: Sandbox) -> None:
    first = tokens_for(sandbox, "spa")["refresh_token"]
    token = first
    for _ in range(5):
        token = refresh(sandbox, token, "spa").json()["refresh_token"]
        after(sandbox, 6 * DAY)
    assert refresh(sandbox, first, "spa").status_code == 400
    assert refresh(sandbox, token, "spa").status_code == 400
    assert sandbox.log()[-1]["event"] == "app.oauth2.as.token.detect_reuse"


def test_rows_outlive_their_end_by_a_margin(sandbox: Sandbox) -> None:
    tokens_for(sandbox, "web", scope="openid")
    sandbox.clock.advance(seconds=HOUR + MARGIN_SECONDS - 1)
    sweep(sandbox.store, sandbox.clock.now())
    assert "access_tokens" in sizes(sandbox)
    sandbox.clock.advance(seconds=1)
    sweep(sandbox.store, sandbox.clock.now())
    assert "access_tokens" not in sizes(sandbox)


def test_a_sweep_tells_how_many_rows_it_forgot(sandbox: Sandbox) -> None:
    sandbox.sign_in("alice@acme.test", client="spa")
    before = sum(sizes(sandbox).values())
    sandbox.clock.advance(days=100)
    assert sweep(sandbox.store, sandbox.clock.now()) == before
    assert sweep(sandbox.store, sandbox.clock.now()) == 0


def test_a_session_lies_idle_for_less_than_its_row_is_kept() -> None:
    """The records do not know the limits of the servers."""
    longest = max(APP_SESSION_ABSOLUTE_SECONDS, APP_SESSION_IDLE_SECONDS, IDP_SESSION_IDLE_SECONDS)
    assert longest <= SESSION_ROW_SECONDS


def test_the_sandbox_sweeps_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sessions_sandbox.embedded.REQUESTS_BETWEEN_SWEEPS", 10)
    with Sandbox() as sandbox:
        tokens_for(sandbox)
        sandbox.clock.advance(days=100)
        for _ in range(9 - len(sandbox.exchanges())):
            is_active(sandbox, "x")
        assert "access_tokens" in sizes(sandbox)
        is_active(sandbox, "x")
        assert sizes(sandbox) == {}
        assert len(sandbox.exchanges()) == 10


def test_a_reset_counts_the_requests_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a program finds the same rows, whatever ran before it."""
    monkeypatch.setattr("sessions_sandbox.embedded.REQUESTS_BETWEEN_SWEEPS", 10)
    with Sandbox() as sandbox:
        for _ in range(5):
            is_active(sandbox, "x")
        sandbox.reset()
        tokens_for(sandbox)
        sandbox.clock.advance(days=100)
        for _ in range(9 - len(sandbox.exchanges())):
            is_active(sandbox, "x")
        assert "access_tokens" in sizes(sandbox)


def test_a_sandbox_that_runs_for_long_does_not_grow(sandbox: Sandbox) -> None:
    counted = set()
    for _ in range(4):
        for _ in range(5):
            sandbox.sign_in("alice@acme.test", client="spa")
        counted.add(sum(sizes(sandbox).values()))
        sandbox.clock.advance(days=100)
        sweep(sandbox.store, sandbox.clock.now())
    assert len(counted) == 1


def test_memory_forgets_the_indexes_too() -> None:
    store = MemoryStore()
    with Sandbox(store) as sandbox:
        before = len(store._index)
        sandbox.sign_in("alice@acme.test", client="spa")
        sandbox.clock.advance(days=100)
        sweep(store, sandbox.clock.now())
    assert len(store._index) == before
    assert store._ends == []
