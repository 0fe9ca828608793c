"""The endpoints of the backend for frontend: who may call them, and what they answer."""

import re
import socket
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import werkzeug.test

from sessions_sandbox import Sandbox
from sessions_sandbox.bff import provider
from sessions_sandbox.browser import ModelBrowser
from sessions_sandbox.served.control import Control
from sessions_sandbox.served.process import sandbox_process
from tests.sessions_sandbox.bff.pages import (
    COOKIE,
    ask,
    is_signed_in,
    requests_to,
    signed_in,
    the_session,
)
from tests.sessions_sandbox.flows import ALICE, BOB, answer_in, authorization_url, is_active


@pytest.fixture
def browser(sandbox: Sandbox) -> ModelBrowser:
    return signed_in(sandbox)


def test_the_page_learns_who_is_signed_in(sandbox: Sandbox, browser: ModelBrowser) -> None:
    reply = ask(browser, "user")
    assert (reply.status_code, reply.json()) == (200, {"sub": "00u1aliceacmetest00a", "name": "Alice"})
    assert reply.headers["Cache-Control"] == "no-store"
    reply = ask(sandbox.browser(), "user")
    assert (reply.status_code, reply.json()) == (401, {"error": "no_session"})
    assert reply.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "user"), ("POST", "logout"), ("POST", "api/orders"), ("GET", "api/orders")]
)
@pytest.mark.parametrize("value", [None, "", "0", "1, 1", "true"])
def test_no_page_of_another_origin_can_call(
    sandbox: Sandbox, browser: ModelBrowser, method: str, path: str, value: str | None
) -> None:
    """RFC 10017 §6.1.3.3.2: without the header, which it cannot send, nothing happens."""
    headers = {} if value is None else {"X-BFF": value}
    url = f"{sandbox.app}/bff/{path}"
    reply = browser.session.request(method, url, headers=headers, timeout=5, allow_redirects=False)
    assert (reply.status_code, reply.json()) == (403, {"error": "x_bff_header_missing"})
    assert reply.headers["Cache-Control"] == "no-store"
    assert requests_to(sandbox, "/orders") == []
    assert is_signed_in(browser)


@pytest.mark.parametrize("path", ["user", "logout", "api/orders", "login"])
def test_no_page_is_let_to_send_the_header(sandbox: Sandbox, path: str) -> None:
    """The browser asks first, and is granted nothing."""
    asked = {
        "Origin": "https://other.acme.test",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "x-bff",
    }
    reply = requests.options(f"{sandbox.app}/bff/{path}", headers=asked, timeout=5)
    assert reply.status_code in (403, 405)
    assert not [name for name in reply.headers if name.startswith("Access-Control")]


WRONG = {404: "not_found", 405: "method_not_allowed"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "nothing", 404),
        ("GET", "", 404),
        ("GET", "logout", 405),
        ("POST", "login", 405),
        ("GET", "backchannel-logout", 405),
        ("GET", "api", 404),
    ],
)
def test_what_is_not_there(
    sandbox: Sandbox, browser: ModelBrowser, method: str, path: str, status: int
) -> None:
    reply = ask(browser, path, method)
    assert (reply.status_code, reply.json()["error"]) == (status, WRONG[status])
    assert is_signed_in(browser)


def test_the_cookie_app_has_all_other_paths(sandbox: Sandbox, browser: ModelBrowser) -> None:
    for path, status in (("/me", 401), ("/login", 200), ("/", 200), ("/bff", 404), ("/bffuser", 404)):
        assert browser.session.get(f"{sandbox.app}{path}", timeout=5).status_code == status


def test_a_logout_ends_the_session_and_its_tokens(sandbox: Sandbox, browser: ModelBrowser) -> None:
    session, copy = the_session(sandbox), browser.session.cookies[COOKIE]
    other, elsewhere = signed_in(sandbox, BOB), signed_in(sandbox)
    reply = ask(browser, "logout", "POST")
    gone = f"{COOKIE}=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Secure; HttpOnly; Path=/;"
    assert (reply.status_code, reply.headers["Set-Cookie"]) == (200, f"{gone} SameSite=Strict")
    assert reply.headers["Cache-Control"] == "no-store"
    assert COOKIE not in browser.session.cookies
    assert not is_active(sandbox, session.refresh_token)
    assert not is_active(sandbox, session.access_token)
    assert ask(browser, "user", headers={"Cookie": f"{COOKIE}={copy}"}).status_code == 401
    assert [is_signed_in(page) for page in (other, elsewhere)] == [True, True]
    assert ask(browser, "logout", "POST").json() == {"error": "no_session"}


def test_it_tells_where_the_other_session_ends(sandbox: Sandbox, browser: ModelBrowser) -> None:
    """The one at the identity provider, by RP-initiated logout; until then the next sign-in needs no form."""
    session = the_session(sandbox)
    url = ask(browser, "logout", "POST").json()["logout_url"]
    assert url.startswith("https://idp.acme.test/oauth2/default/v1/logout?")
    assert answer_in(url) == {
        "id_token_hint": session.id_token,
        "post_logout_redirect_uri": "https://app.acme.test/",
    }
    silent = authorization_url(sandbox, "bff", prompt="none", scope="openid")
    assert "code=" in browser.session.get(silent, allow_redirects=False, timeout=5).headers["Location"]
    page = browser.open(url)
    assert (page.status_code, page.url) == (200, f"{sandbox.app}/")
    back = browser.session.get(silent, allow_redirects=False, timeout=5).headers["Location"]
    assert "error=login_required" in back


@pytest.mark.parametrize("raises", [True, False])
def test_a_logout_needs_no_authorization_server(
    sandbox: Sandbox, browser: ModelBrowser, monkeypatch: pytest.MonkeyPatch, raises: bool
) -> None:
    """The session here ends first; the tokens end with it for whoever does not have them."""
    copy = browser.session.cookies[COOKIE]
    sandbox.set(authorization_server_down=True)
    if raises:
        monkeypatch.setattr(provider, "send", _no_connection)
    assert ask(browser, "logout", "POST").status_code == 200
    assert sandbox.rows("bff_sessions") == []
    assert ask(browser, "user", headers={"Cookie": f"{COOKIE}={copy}"}).status_code == 401


def _no_connection(*_: object, **__: object) -> requests.Response:
    raise requests.ConnectionError


def test_the_browser_gets_no_token(sandbox: Sandbox, browser: ModelBrowser) -> None:
    """RFC 10017 §6.1.4.2: what it does not have, no script in it can steal."""
    ask(browser, "user")
    ask(browser, "api/orders")
    session = the_session(sandbox)
    received = [
        f"{e['response_headers']} {e['response_body']}"
        for e in sandbox.exchanges()
        if e["sender"] == "ModelBrowser"
    ]
    assert len(received) > 4
    for secret in (session.access_token, session.refresh_token, session.id_token):
        assert secret
        assert not any(secret in text for text in received)


FACES = [
    ("idp.localhost:8600", "app.localhost:8600", "api.localhost:8600"),
    ("localhost:8600",) * 3,
    ("127.0.0.1:8600",) * 3,
]


@pytest.mark.parametrize("hosts", FACES)
def test_by_the_other_names_of_the_sandbox(sandbox: Sandbox, hosts: tuple[str, str, str]) -> None:
    """Sign-in, the API, a renewal, and a logout that the identity provider tells of, all by those names."""
    sandbox.set(back_channel_logout=True)
    idp, app, _ = (f"http://{host}" for host in hosts)
    page = werkzeug.test.Client(Control(sandbox))

    def call(url: str, method: str = "GET", **options: Any) -> werkzeug.test.TestResponse:
        parts = urlsplit(url)
        path, base = f"{parts.path}?{parts.query}", f"{parts.scheme}://{parts.netloc}"
        return page.open(path, method=method, base_url=base, **options)

    away = call(f"{app}/bff/login").headers["Location"]
    assert away.startswith(f"{idp}/oauth2/default/v1/authorize?")
    assert answer_in(away)["redirect_uri"] == f"{app}/bff/callback"
    csrf_token = re.findall(r'name="csrf_token" value="([^"]+)"', call(away).text)[0]
    fields = {"username": ALICE[0], "password": ALICE[1], "csrf_token": csrf_token}
    back = call(f"{idp}/oauth2/default/v1/login", "POST", data=fields).headers["Location"]
    assert back.startswith(f"{app}/bff/callback?")
    cookies = call(back).headers.getlist("Set-Cookie")
    assert any(re.fullmatch(r"bff=[\w-]{43}; HttpOnly; Path=/; SameSite=Strict", c) for c in cookies)
    header = {"X-BFF": "1"}
    assert call(f"{app}/bff/user", headers=header).json == {"sub": "00u1aliceacmetest00a", "name": "Alice"}
    assert call(f"{app}/bff/api/orders", headers=header).status_code == 200
    sandbox.clock.advance(hours=1)
    assert call(f"{app}/bff/api/orders", headers=header).status_code == 200
    hint = the_session(sandbox).id_token
    ended = call(f"{idp}/oauth2/default/v1/logout?id_token_hint={hint}")
    assert (ended.status_code, "You are signed out" in ended.text) == (200, True)
    assert call(f"{app}/bff/user", headers=header).status_code == 401
    assert sandbox.rows("bff_sessions") == []
    assert not any("acme.test" in exchange["url"] for exchange in sandbox.exchanges())


@pytest.fixture
def _localhost_resolves(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a browser, whatever the system makes of the names below `localhost` (RFC 6761 §6.3)."""
    resolve = socket.getaddrinfo

    def resolved(host: Any, *args: Any, **options: Any) -> Any:
        here = isinstance(host, str) and host.endswith(".localhost")
        return resolve("127.0.0.1" if here else host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolved)


@pytest.mark.usefixtures("_localhost_resolves")
def test_served() -> None:
    """Over sockets, at a name of this machine, with a client that knows nothing of the sandbox."""
    with sandbox_process() as address, requests.Session() as session:
        session.trust_env = False
        port = urlsplit(address).port
        app, idp = f"http://app.localhost:{port}", f"http://idp.localhost:{port}"
        form = session.get(f"{app}/bff/login", timeout=10)
        assert form.url.startswith(f"{idp}/oauth2/default/v1/authorize?")
        csrf_token = re.findall(r'name="csrf_token" value="([^"]+)"', form.text)[0]
        fields = {"username": ALICE[0], "password": ALICE[1], "csrf_token": csrf_token}
        home = session.post(f"{idp}/oauth2/default/v1/login", fields, timeout=10)
        assert home.url == f"{app}/"
        session.headers["X-BFF"] = "1"
        assert session.get(f"{app}/bff/user", timeout=10).json()["name"] == "Alice"
        orders = session.get(f"{app}/bff/api/orders", timeout=10)
        assert (orders.status_code, orders.json()[0]["id"]) == (200, 1)
        ended = session.post(f"{app}/bff/logout", timeout=10).json()["logout_url"]
        assert session.get(ended, timeout=10).url == f"{app}/"
        assert session.get(f"{app}/bff/user", timeout=10).status_code == 401
