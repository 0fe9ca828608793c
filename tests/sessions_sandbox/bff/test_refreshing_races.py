"""One request at a time renews the access token, among threads and among processes."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
import werkzeug.test

from sessions_sandbox import Sandbox, outgoing
from sessions_sandbox.bff import provider, refreshing
from sessions_sandbox.bff.provider import NoAnswer
from sessions_sandbox.bff.refreshing import LONGEST_RENEWAL_SECONDS, Refreshing
from sessions_sandbox.bff.sessions import Sessions
from sessions_sandbox.browser import ModelBrowser
from sessions_sandbox.records import BffSession
from sessions_sandbox.stores import open_store
from tests.sessions_sandbox.bff.pages import (
    COOKIE,
    ask,
    known_provider,
    refreshes,
    signed_in,
    the_session,
)
from tests.sessions_sandbox.flows import is_active
from tests.sessions_sandbox.stores.test_threads import THREADS, at_once

HOUR = 3600


@pytest.fixture
def browser(sandbox: Sandbox) -> ModelBrowser:
    return signed_in(sandbox)


def reused(sandbox: Sandbox) -> bool:
    return any("detect_reuse" in event["event"] for event in sandbox.log())


def test_threads_renew_it_once(sandbox: Sandbox, browser: ModelBrowser) -> None:
    """All are served, and none sends a refresh token that another has used."""
    sandbox.clock.advance(seconds=HOUR)
    sandbox.set(latency_ms=30)
    cookie = {"Cookie": f"{COOKIE}={browser.session.cookies[COOKIE]}", "X-BFF": "1"}
    url = f"{sandbox.app}/bff/api/orders"
    replies = at_once(lambda _: requests.get(url, headers=cookie, timeout=10).status_code)
    assert replies == [200] * THREADS
    assert (refreshes(sandbox), reused(sandbox)) == (1, False)


@pytest.fixture
def on_disk(tmp_path: Path) -> Iterator[Sandbox]:
    with closing(open_store(f"sqlite:{tmp_path / 'sandbox.db'}")) as store, Sandbox(store) as sandbox:
        yield sandbox


def test_processes_renew_it_once(on_disk: Sandbox, tmp_path: Path) -> None:
    """Each with its own connection to one store, as several workers have it."""
    browser = signed_in(on_disk)
    on_disk.clock.advance(seconds=HOUR)
    on_disk.set(latency_ms=30)
    stores = [open_store(f"sqlite:{tmp_path / 'sandbox.db'}") for _ in range(THREADS)]
    workers = [Sandbox(store) for store in stores]
    cookie = {"Cookie": f"{COOKIE}={browser.session.cookies[COOKIE]}", "X-BFF": "1"}

    def call(number: int) -> int:
        client = werkzeug.test.Client(workers[number], use_cookies=False)
        return client.get("/bff/api/orders", base_url=on_disk.app, headers=cookie).status_code

    assert at_once(call) == [200] * THREADS
    assert len(on_disk.rows("access_tokens")) == 2
    assert not reused(on_disk)
    for store in stores:
        store.close()


class Waiting:
    """In the place of `time`: what happens while a request waits, and how long it waits."""

    def __init__(self, meanwhile: Callable[[], None] = lambda: None, step: float | None = None) -> None:
        self.now = 100.0
        self.slept = 0
        self._meanwhile = meanwhile
        self._step = step

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept += 1
        self.now += self._step or seconds
        self._meanwhile()


def claimed_by(sandbox: Sandbox, who: str) -> BffSession:
    """The session, while another process renews its token."""
    session = the_session(sandbox)
    claimed = replace(session, refreshing=who)
    assert sandbox.store.replace(session, claimed)
    return claimed


def test_a_request_waits_for_what_another_gets(
    sandbox: Sandbox, browser: ModelBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.clock.advance(seconds=HOUR)
    claimed = claimed_by(sandbox, "another")

    def finish() -> None:
        if waiting.slept == 3:
            good_until = sandbox.clock.now() + HOUR
            done = replace(claimed, refreshing="", access_token="new", access_token_expires=good_until)
            assert sandbox.store.replace(claimed, done)

    waiting = Waiting(finish)
    monkeypatch.setattr(refreshing, "time", waiting)
    assert ask(browser, "api/orders").status_code == 401
    (upstream,) = sandbox.exchanges(host="api.acme.test")
    assert ["Authorization", "Bearer new"] in upstream["request_headers"]
    assert (waiting.slept, refreshes(sandbox)) == (3, 0)


def test_where_nobody_renews_it_nobody_is_waited_for(
    sandbox: Sandbox, browser: ModelBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.clock.advance(seconds=HOUR)
    waiting = Waiting()
    monkeypatch.setattr(refreshing, "time", waiting)
    assert ask(browser, "api/orders").status_code == 200
    assert (waiting.slept, refreshes(sandbox)) == (0, 1)


def test_a_session_that_ends_meanwhile(
    sandbox: Sandbox, browser: ModelBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.clock.advance(seconds=HOUR)
    claimed = claimed_by(sandbox, "another")
    monkeypatch.setattr(
        refreshing, "time", Waiting(lambda: assert_true(sandbox.store.remove(BffSession, claimed.key)))
    )
    assert ask(browser, "api/orders").json() == {"error": "no_session"}
    assert refreshes(sandbox) == 0


def assert_true(value: bool) -> None:
    assert value


def test_a_process_that_died_is_not_waited_for_for_ever(
    sandbox: Sandbox, browser: ModelBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.clock.advance(seconds=HOUR)
    claimed_by(sandbox, "a dead one")
    waiting = Waiting(step=LONGEST_RENEWAL_SECONDS / 2)
    monkeypatch.setattr(refreshing, "time", waiting)
    assert ask(browser, "api/orders").status_code == 200
    assert (waiting.slept, refreshes(sandbox)) == (2, 1)


def test_each_that_renews_has_its_time(
    sandbox: Sandbox, browser: ModelBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that took over from another is waited for anew."""
    sandbox.clock.advance(seconds=HOUR)
    claimed = claimed_by(sandbox, "first")

    def take_over() -> None:
        if waiting.now > 105 and the_session(sandbox).refreshing == "first":
            assert sandbox.store.replace(claimed, replace(claimed, refreshing="second"))

    waiting = Waiting(take_over)
    monkeypatch.setattr(refreshing, "time", waiting)
    assert ask(browser, "api/orders").status_code == 200
    assert waiting.now - 100 >= LONGEST_RENEWAL_SECONDS + 5


@pytest.mark.parametrize("answers", [True, False])
def test_one_that_is_late_does_not_overwrite(
    sandbox: Sandbox, browser: ModelBrowser, monkeypatch: pytest.MonkeyPatch, answers: bool
) -> None:
    """What another has claimed meanwhile stays as it is."""
    sandbox.clock.advance(seconds=HOUR)
    known = known_provider()
    shared = (sandbox.store, sandbox._clock, sandbox._ids)
    late = Refreshing(*shared, known, Sessions(*shared, sandbox.switches))

    def tokens(**_: str | None) -> dict[str, Any]:
        claimed_by(sandbox, "another")
        if not answers:
            raise NoAnswer
        return {"access_token": "x", "expires_in": 5, "refresh_token": "y"}

    monkeypatch.setattr(known, "tokens", tokens)
    before = the_session(sandbox)
    if answers:
        late.fresh(before)
    else:
        with pytest.raises(NoAnswer):
            late.fresh(before)
    assert the_session(sandbox) == replace(before, refreshing="another")


def test_one_that_loses_the_row_looks_again(
    sandbox: Sandbox, browser: ModelBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two have found nobody at it; the store lets one have it."""
    sandbox.clock.advance(seconds=HOUR)
    swap = sandbox.store.replace
    lost: list[BffSession] = []

    def lose_once(old: BffSession, new: BffSession) -> bool:
        if isinstance(old, BffSession) and not lost:
            lost.append(old)
            return False
        return swap(old, new)

    monkeypatch.setattr(sandbox.store, "replace", lose_once)
    assert ask(browser, "api/orders").status_code == 200
    assert (len(lost), refreshes(sandbox)) == (1, 1)


def test_a_logout_during_a_renewal_leaves_no_token_behind(
    sandbox: Sandbox, browser: ModelBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old refresh token was rotated already; revoking it ends what came of it."""
    sandbox.clock.advance(seconds=HOUR)
    original = outgoing.send
    seen: list[Any] = []

    def log_out_first(method: str, url: str, *args: Any, **options: Any) -> requests.Response:
        reply = original(method, url, *args, **options)
        if url.endswith("/token") and not seen:
            seen.append(reply.json())
            assert ask(browser, "logout", "POST").status_code == 200
        return reply

    monkeypatch.setattr(provider, "send", log_out_first)
    assert ask(browser, "api/orders").status_code == 401
    assert not is_active(sandbox, seen[0]["refresh_token"])
    assert not is_active(sandbox, seen[0]["access_token"])
