"""Renewing the access token: once, whoever asks, and the session ends where it cannot be."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests

from sessions_sandbox import Sandbox, outgoing
from sessions_sandbox.bff import provider
from sessions_sandbox.bff.refreshing import EARLY_SECONDS
from sessions_sandbox.browser import ModelBrowser
from tests.sessions_sandbox.bff.pages import (
    ask,
    is_signed_in,
    refreshes,
    signed_in,
    the_session,
)
from tests.sessions_sandbox.flows import deactivate

HOUR = 3600


@pytest.fixture
def browser(sandbox: Sandbox) -> ModelBrowser:
    return signed_in(sandbox)


def test_it_is_renewed_shortly_before_its_end(sandbox: Sandbox, browser: ModelBrowser) -> None:
    before = the_session(sandbox)
    sandbox.clock.advance(seconds=HOUR - EARLY_SECONDS - 1)
    assert (ask(browser, "api/orders").status_code, the_session(sandbox)) == (200, before)
    sandbox.clock.advance(seconds=1)
    assert ask(browser, "api/orders").status_code == 200
    after = the_session(sandbox)
    assert refreshes(sandbox) == 1
    assert after.access_token != before.access_token
    assert after.refresh_token != before.refresh_token
    assert after.access_token_expires == sandbox.clock.now() + HOUR
    assert (after.refreshing, after.id_token, after.uid) == ("", before.id_token, before.uid)
    assert ask(browser, "api/orders").status_code == 200
    assert refreshes(sandbox) == 1


def test_only_a_request_to_the_api_renews_it(sandbox: Sandbox, browser: ModelBrowser) -> None:
    sandbox.clock.advance(seconds=HOUR)
    assert is_signed_in(browser)
    assert refreshes(sandbox) == 0


def test_a_refresh_token_that_is_refused_ends_the_session(sandbox: Sandbox, browser: ModelBrowser) -> None:
    """RFC 10017 §6.1.2.2: there is nothing left that the session could do."""
    deactivate(sandbox, "alice@acme.test")
    assert is_signed_in(browser)
    sandbox.clock.advance(seconds=HOUR)
    reply = ask(browser, "api/orders")
    assert (reply.status_code, reply.json()) == (401, {"error": "no_session"})
    assert "Max-Age=0" in reply.headers["Set-Cookie"]
    assert sandbox.rows("bff_sessions") == []
    assert not is_signed_in(browser)


@pytest.mark.parametrize(
    "switches", [{"authorization_server_down": True}, {"rate_limit": 0}], ids=["down", "429"]
)
def test_a_server_that_cannot_be_asked_does_not_end_it(
    sandbox: Sandbox, browser: ModelBrowser, switches: dict[str, Any]
) -> None:
    before = the_session(sandbox)
    sandbox.clock.advance(seconds=HOUR)
    sandbox.set(**switches)
    reply = ask(browser, "api/orders")
    assert (reply.status_code, reply.json()) == (503, {"error": "authorization_server_unreachable"})
    assert (reply.headers["Retry-After"], reply.headers["Cache-Control"]) == ("5", "no-store")
    assert the_session(sandbox) == before
    sandbox.set(authorization_server_down=False, rate_limit=None)
    assert ask(browser, "api/orders").status_code == 200


def test_no_connection_does_not_end_it(
    sandbox: Sandbox, browser: ModelBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.clock.advance(seconds=HOUR)
    with monkeypatch.context() as broken:
        broken.setattr(provider, "send", _no_connection)
        assert ask(browser, "api/orders").status_code == 503
    assert ask(browser, "api/orders").status_code == 200


def _no_connection(*_: object, **__: object) -> requests.Response:
    raise requests.ConnectionError


@pytest.mark.parametrize(("member", "status"), [("refresh_token", 401), ("id_token", 200)])
def test_what_an_answer_may_leave_out(
    sandbox: Sandbox, browser: ModelBrowser, monkeypatch: pytest.MonkeyPatch, member: str, status: int
) -> None:
    """RFC 6749 §6: without a new refresh token the old one goes on. Here it was rotated, and so is dead."""
    monkeypatch.setattr(provider, "send", _without(member))
    before = the_session(sandbox)
    sandbox.clock.advance(seconds=HOUR)
    assert ask(browser, "api/orders").status_code == 200
    assert (the_session(sandbox).refresh_token == before.refresh_token) is (member == "refresh_token")
    sandbox.clock.advance(seconds=HOUR)
    assert ask(browser, "api/orders").status_code == status


def test_a_session_that_got_no_refresh_token_ends_with_its_access_token(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider, "send", _without("refresh_token"))
    browser = signed_in(sandbox)
    assert ask(browser, "api/orders").status_code == 200
    sandbox.clock.advance(seconds=HOUR)
    assert ask(browser, "api/orders").status_code == 401
    assert sandbox.rows("bff_sessions") == []


def _without(member: str) -> Callable[..., requests.Response]:
    original = outgoing.send

    def answer(*args: Any, **options: Any) -> requests.Response:
        reply = original(*args, **options)
        if reply.headers.get("Content-Type") == "application/json":
            kept = {name: value for name, value in reply.json().items() if name != member}
            reply._content = json.dumps(kept).encode()
        return reply

    return answer
