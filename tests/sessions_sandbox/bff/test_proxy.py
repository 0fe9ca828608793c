"""What the backend for frontend passes on to the API, and what it does not."""

from typing import Any

import pytest
import requests
from werkzeug.wrappers import Response

from sessions_sandbox import Sandbox
from sessions_sandbox.bff import proxy
from sessions_sandbox.browser import ModelBrowser
from sessions_sandbox.resource_server import ResourceServer
from tests.sessions_sandbox.bff.pages import ask, signed_in, the_session


@pytest.fixture
def browser(sandbox: Sandbox) -> ModelBrowser:
    return signed_in(sandbox)


def upstream(sandbox: Sandbox) -> list[dict[str, Any]]:
    return sandbox.exchanges(host="api.acme.test")


def test_the_token_goes_in_the_place_of_the_cookie(sandbox: Sandbox, browser: ModelBrowser) -> None:
    """The page's own headers of that kind go nowhere either."""
    sent = {"Authorization": "Bearer x", "Accept": "application/json", "Forwarded": "for=x", "Origin": "x"}
    reply = ask(browser, "api/orders", headers=sent)
    assert (reply.status_code, reply.json()[0]["item"]) == (200, "keyboard")
    (exchange,) = upstream(sandbox)
    headers = dict(exchange["request_headers"])
    assert headers["Authorization"] == f"Bearer {the_session(sandbox).access_token}"
    assert headers["Accept"] == "application/json"
    assert headers.keys() & {"Cookie", "X-Bff", "Forwarded", "Origin"} == set()
    assert (headers["Host"], headers["User-Agent"]) == ("api.acme.test", "app.acme.test")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("POST", "orders", 200), ("POST", "payments", 200), ("GET", "payments", 405), ("DELETE", "orders", 405)],
)
def test_any_method_is_passed_on(
    sandbox: Sandbox, browser: ModelBrowser, method: str, path: str, status: int
) -> None:
    reply = ask(
        browser, f"api/{path}", method, data='{"a": "\u00e4"}'.encode(), headers={"Content-Type": "x/y"}
    )
    assert reply.status_code == status
    (exchange,) = upstream(sandbox)
    assert (exchange["method"], exchange["request_body"]) == (method, '{"a": "\u00e4"}')
    assert ["Content-Type", "x/y"] in exchange["request_headers"]
    assert exchange["url"] == f"https://api.acme.test/{path}"
    assert ("Allow" in reply.headers) is (status == 405)


def test_the_query_is_passed_on(sandbox: Sandbox, browser: ModelBrowser) -> None:
    assert ask(browser, "api/orders?a=%C3%A4&b=1%202&c").status_code == 200
    assert upstream(sandbox)[0]["url"] == "https://api.acme.test/orders?a=%C3%A4&b=1%202&c"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "nothing",
        "orders/",
        "orders/1",
        "/orders",
        "../orders",
        "%2e%2e/orders",
        "orders%00",
        "@evil.example.net/orders",
        "/evil.example.net/orders",
        "https://evil.example.net/orders",
        "orders.evil.example.net",
    ],
)
def test_a_path_that_leads_nowhere(sandbox: Sandbox, browser: ModelBrowser, path: str) -> None:
    """RFC 10017 §6.1.3.6: what is not allowed is asked of nobody, so the token goes to no other host."""
    before = sandbox.exchanges()
    request = requests.Request("GET", f"{sandbox.app}/bff/api/x", headers={"X-BFF": "1"})
    prepared = browser.session.prepare_request(request)
    prepared.url = f"{sandbox.app}/bff/api/{path}"
    reply = browser.session.send(prepared, timeout=5, allow_redirects=False)
    assert (reply.status_code, reply.json()) == (404, {"error": "not_found"})
    assert reply.headers["Cache-Control"] == "no-store"
    assert len(sandbox.exchanges()) == len(before) + 1


def test_all_that_is_allowed_is_one_host() -> None:
    assert {url.split("/")[2] for url in proxy.ALLOWED.values()} == {"api.acme.test"}


def test_what_the_api_refuses_the_page_learns(sandbox: Sandbox, browser: ModelBrowser) -> None:
    reply = ask(browser, "api/orders?access_token=x")
    assert (reply.status_code, reply.json()) == (400, {"error": "invalid_request"})
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")
    assert reply.headers["Content-Type"] == "application/json"
    sandbox.set(api_validation="introspection", authorization_server_down=True)
    reply = ask(browser, "api/orders")
    assert (reply.status_code, reply.headers["Retry-After"]) == (503, "5")


def test_no_cookie_and_no_redirect_comes_back(
    sandbox: Sandbox, browser: ModelBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cookie of the API would be one of the app's; a redirect could take the token elsewhere."""
    headers = {"Set-Cookie": "a=b", "Location": "https://idp.acme.test/", "Cache-Control": "max-age=9"}
    monkeypatch.setattr(ResourceServer, "_answer", lambda *_: Response("{}", 302, headers))
    before = len(sandbox.exchanges())
    reply = ask(browser, "api/orders")
    assert (reply.status_code, reply.headers["Cache-Control"]) == (302, "no-store")
    assert reply.headers.keys() & {"Set-Cookie", "Location"} == set()
    assert len(sandbox.exchanges()) == before + 2


def test_an_api_that_is_down(
    sandbox: Sandbox, browser: ModelBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_connection(*_: object, **__: object) -> requests.Response:
        raise requests.ConnectionError

    monkeypatch.setattr(proxy, "send", no_connection)
    reply = ask(browser, "api/orders")
    assert (reply.status_code, reply.json()) == (502, {"error": "api_unreachable"})
    assert reply.headers["Cache-Control"] == "no-store"
