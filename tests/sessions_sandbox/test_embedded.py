"""The sandbox as one WSGI application: hosts, sizes, shapes."""

import json
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests
from werkzeug.test import Client, create_environ, run_wsgi_app

from sessions_sandbox import Sandbox, SandboxError
from sessions_sandbox.clock import START
from sessions_sandbox.embedded import LONGEST_BODY
from sessions_sandbox.network.in_process import WsgiSocket
from sessions_sandbox.stores import MemoryStore, open_store
from tests.sessions_sandbox.flows import ask, tokens_for, url_of
from tests.sessions_sandbox.resource_server.test_app import call


@pytest.mark.parametrize(
    "host", ["evil.example.net", "acme.test", "idp.acme.test:8443", "idp.acme.test.", "[", "\u00e4", ""]
)
def test_a_host_that_is_not_here_is_misdirected(sandbox: Sandbox, host: str) -> None:
    reply = requests.get(f"{sandbox.app}/me", headers={"Host": host.encode("latin-1")}, timeout=5)
    assert reply.status_code == 421
    known = "idp.acme.test, app.acme.test, api.acme.test"
    assert reply.json() == {"error": "unknown_host", "known_hosts": known}


@pytest.mark.parametrize("host", ["app.acme.test:443", "APP.Acme.Test"])
def test_the_same_host_may_be_named_otherwise(sandbox: Sandbox, host: str) -> None:
    reply = requests.get(f"{sandbox.app}/me", headers={"Host": host}, timeout=5)
    assert reply.status_code == 401
    assert sandbox.exchanges(host="app.acme.test")


@pytest.mark.parametrize("origin", ["idp", "app", "api"])
def test_a_body_may_be_long_but_not_endless(sandbox: Sandbox, origin: str) -> None:
    urls = {"idp": url_of(sandbox, "token"), "app": f"{sandbox.app}/login", "api": f"{sandbox.api}/orders"}
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for size, expected in ((LONGEST_BODY, {400, 401}), (LONGEST_BODY + 1, {413})):
        reply = requests.post(urls[origin], b"a" * size, headers=form, timeout=5)
        assert reply.status_code in expected
    assert reply.json() == {"error": "content_too_large", "longest": LONGEST_BODY}


def test_it_answers_without_being_started() -> None:
    """As a WSGI application, in whatever server; nothing of this process is touched."""
    reply = Client(Sandbox()).get("/me", headers={"Host": "app.acme.test"})
    assert (reply.status_code, reply.json) == (401, {"error": "no_session"})


def test_a_request_without_a_host_is_misdirected() -> None:
    """HTTP/1.0 knows none."""
    socket = WsgiSocket(Sandbox(), "app.acme.test")
    socket.sendall(b"GET /me HTTP/1.0\r\n\r\n")
    assert socket.makefile("rb").readline().startswith(b"HTTP/1.0 421 ")


def test_a_store_of_ones_own_is_used() -> None:
    store = MemoryStore()
    with Sandbox(store) as sandbox:
        sandbox.sign_in("alice@acme.test")
        assert sandbox.store is store
    assert [table for table in ("grants", "users") if sandbox.rows(table)] == ["grants", "users"]


def test_head_is_get_without_a_body(sandbox: Sandbox) -> None:
    for url in (
        f"{sandbox.app}/me",
        f"{sandbox.app}/login",
        url_of(sandbox, "keys"),
        f"{sandbox.api}/orders",
    ):
        head, got = requests.head(url, timeout=5), requests.get(url, timeout=5)
        assert (head.status_code, head.content) == (got.status_code, b"")
        assert head.headers["Content-Length"] == got.headers["Content-Length"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "nonsense"])
def test_other_methods_are_refused_with_those_that_are_not(sandbox: Sandbox, method: str) -> None:
    for url in (f"{sandbox.app}/login", url_of(sandbox, "authorize"), f"{sandbox.api}/orders"):
        reply = requests.request(method, url, timeout=5)
        assert (reply.status_code, reply.headers["Allow"]) == (405, "GET, POST")


def test_ids_of_different_kinds_are_no_keys_of_each_other(sandbox: Sandbox) -> None:
    """A secret of one kind opens nothing of another: a refresh token is no code, a cookie no token."""
    tokens = sandbox.sign_in("alice@acme.test", client="spa")
    browser = sandbox.browser()
    browser.open(f"{sandbox.app}/login")
    secrets = [tokens["refresh_token"], *browser.session.cookies.values()]
    for secret in secrets:
        code: dict[str, Any] = {
            "grant_type": "authorization_code",
            "redirect_uri": "x",
            "code_verifier": "a" * 43,
        }
        assert ask(sandbox, "token", "spa", code=secret, **code).json()["error"] == "invalid_grant"
        cookie = {"Cookie": f"__Host-sid={secret}; __Host-idp_sid={secret}"}
        assert requests.get(f"{sandbox.app}/me", headers=cookie, timeout=5).status_code == 401


def test_a_body_that_ends_too_soon_is_a_bad_request(sandbox: Sandbox) -> None:
    """The client announced more than it sent."""
    environ = create_environ("/oauth2/default/v1/token", "https://idp.acme.test", method="POST", data="a=b")
    for length, error in (("3", "invalid_request"), ("4", "incomplete_body")):
        body, status, _ = run_wsgi_app(sandbox, {**environ, "CONTENT_LENGTH": length})
        assert json.loads(b"".join(body))["error"] == error, status
    assert status == "400 BAD REQUEST"


def test_sandboxes_of_one_store_follow_each_other() -> None:
    """Whatever is asked first sees what the other has done."""
    store = MemoryStore()
    one = Sandbox(store)
    one.set(latency_ms=7)
    other = Sandbox(store)
    assert other.switches.latency_ms == 7
    keys = "/oauth2/default/v1/keys"

    def published(sandbox: Sandbox) -> int:
        reply = Client(sandbox).get(keys, headers={"Host": "idp.acme.test"})
        assert isinstance(reply.json, dict)
        return len(reply.json["keys"])

    one.set(latency_ms=0)
    assert published(one) == 2
    one.rotate_keys("emergency")
    assert published(one) == published(other) == 1
    assert len(other.exchanges()) == 1
    one.reset()
    assert other.exchanges() == []
    other.run_clock()
    assert one.clock is not None
    assert one._agreed.runs
    other.stop_clock()
    assert one.clock is not None
    assert not one._agreed.runs


def test_what_one_does_counts_for_it_at_once() -> None:
    """Without being asked for the time, which looks at the store again."""
    sandbox = Sandbox()
    sandbox.set(latency_ms=7)
    assert sandbox.switches.latency_ms == 7
    sandbox.set(latency_ms=0)
    sandbox.run_clock()
    assert sandbox._agreed.runs
    sandbox.stop_clock()
    assert not sandbox._agreed.runs
    sandbox.rotate_keys("emergency")
    assert sandbox._key_rings["default"].rotation.signing == 1
    sandbox.reset()
    assert sandbox._key_rings["default"].rotation.signing == 0


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[Sandbox, Sandbox]]:
    """Two on one file, each with its own connection, as two processes have it."""
    url = f"sqlite:{tmp_path / 'sandbox.db'}"
    with closing(open_store(url)) as store, closing(open_store(url)) as same:
        yield Sandbox(store), Sandbox(same)


def test_a_sandbox_that_starts_is_at_the_time_of_the_others(two: tuple[Sandbox, Sandbox]) -> None:
    """And so is the clock of its process, before anything is asked."""
    one, other = two
    one.clock.advance(days=1)
    with other:
        assert int(time.time()) == START + 86400


def test_who_turns_a_switch_sees_those_that_others_turned(two: tuple[Sandbox, Sandbox]) -> None:
    one, other = two
    one.set(latency_ms=7)
    other.set(rate_limit=5)
    assert (other.switches.latency_ms, other.switches.rate_limit) == (7, 5)


@pytest.mark.parametrize("switch", [{"speed": 1}, {"latency_ms": "7"}], ids=str)
def test_a_switch_that_cannot_be_turned_is_turned_for_nobody(
    two: tuple[Sandbox, Sandbox], switch: dict[str, Any]
) -> None:
    one, other = two
    with pytest.raises(SandboxError, match=r"switch"):
        one.set(**switch)
    assert one.clock.now() == other.clock.now() == START
    assert other.switches == Sandbox().switches


def test_an_operation_finds_what_another_has_done(two: tuple[Sandbox, Sandbox]) -> None:
    one, other = two
    one.rotate_keys("emergency")
    assert len(other.operate("published_keys", issuer=other.issuer)["keys"]) == 1


def test_a_reset_forgets_what_the_servers_kept(sandbox: Sandbox) -> None:
    """Such as the keys that the API has fetched: a program finds the same, whatever ran before it."""

    def program() -> list[dict[str, Any]]:
        assert call(sandbox, tokens_for(sandbox)["access_token"]).status_code == 200
        return sandbox.exchanges()

    first = program()
    assert sum(exchange["sender"] == "api.acme.test" for exchange in first) == 1
    sandbox.reset()
    assert program() == first


def test_a_sender_cannot_take_acme_out_of_https(sandbox: Sandbox) -> None:
    """By a header that counts only between the servers, at their other names."""
    reply = requests.get(f"{sandbox.app}/login", headers={"X-Forwarded-Proto": "http"}, timeout=5)
    assert reply.headers["Set-Cookie"].startswith("__Host-login=")
    assert sandbox.exchanges()[-1]["url"] == f"{sandbox.app}/login"


@pytest.mark.parametrize(("said", "scheme"), [(None, "https"), ("https", "https"), ("http", "http")])
def test_a_server_is_asked_by_the_name_that_its_clients_use(
    sandbox: Sandbox, said: str | None, scheme: str
) -> None:
    """Over this process's https, which the name need not have."""
    headers = {"Host": "idp.localhost:8600", "X-Forwarded-Proto": said}
    url = f"{sandbox.issuer}/.well-known/openid-configuration"
    metadata = requests.get(url, headers=headers, timeout=5).json()
    assert metadata["issuer"] == f"{scheme}://idp.localhost:8600/oauth2/default"
