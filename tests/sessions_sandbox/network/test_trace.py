"""The record of exchanges."""

import json
from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
import requests

from sessions_sandbox import Sandbox
from sessions_sandbox.clock import START
from sessions_sandbox.network.trace import Trace
from tests.sessions_sandbox.flows import tokens_for

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def test_an_exchange_tells_everything(sandbox: Sandbox) -> None:
    reply = requests.post(f"{sandbox.app}/logout?a=%20b", {"x": "\u00e9"}, allow_redirects=False, timeout=5)
    (exchange,) = sandbox.exchanges()
    sent = dict(exchange.pop("request_headers"))
    assert (sent["Host"], sent["Content-Length"]) == ("app.acme.test", "8")
    assert sent["Content-Type"] == "application/x-www-form-urlencoded"
    assert dict(exchange.pop("response_headers")) == dict(reply.headers)
    assert exchange == {
        "number": 1,
        "time": START,
        "sender": reply.request.headers["User-Agent"],
        "method": "POST",
        "url": "https://app.acme.test/logout?a=%20b",
        "request_body": "x=%C3%A9",
        "status": 303,
        "reason": "SEE OTHER",
        "response_body": "",
    }


def test_headers_that_were_not_sent_are_not_shown(sandbox: Sandbox) -> None:
    requests.get(f"{sandbox.app}/me", timeout=5)
    names = {name for name, _ in sandbox.exchanges()[0]["request_headers"]}
    assert not {"Content-Length", "Content-Type"} & names
    assert {"Host", "User-Agent", "Accept"} <= names


def test_exchanges_are_numbered_as_they_began(sandbox: Sandbox) -> None:
    token = tokens_for(sandbox)["access_token"]
    before = len(sandbox.exchanges())
    requests.get(f"{sandbox.api}/orders", headers={"Authorization": f"Bearer {token}"}, timeout=5)
    orders, keys = sandbox.exchanges()[before:]
    assert [orders["number"], keys["number"]] == [before + 1, before + 2]
    assert (orders["url"], keys["sender"]) == ("https://api.acme.test/orders", "api.acme.test")
    json.dumps(sandbox.exchanges())


def test_exchanges_can_be_chosen_by_host_and_path(sandbox: Sandbox) -> None:
    tokens_for(sandbox)
    requests.get(f"{sandbox.app}/me?token", timeout=5)
    urls = [exchange["url"] for exchange in sandbox.exchanges(path="/token")]
    assert urls == [f"{sandbox.issuer}/v1/token"]
    assert [exchange["url"] for exchange in sandbox.exchanges(host="app.acme.test")] == [
        f"{sandbox.app}/me?token"
    ]
    assert sandbox.exchanges(host="app.acme.test", path="/token") == []
    assert sandbox.exchanges(host="acme.test") == []
    sandbox.reset()
    assert sandbox.exchanges() == []


def _environ(**changes: Any) -> dict[str, Any]:
    return {"REQUEST_METHOD": "POST", "PATH_INFO": "/\u00ff", "wsgi.input": BytesIO(b"body"), **changes}


def _answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    start_response("200 OK", [])
    return [environ["CONTENT_LENGTH"].encode(), environ["wsgi.input"].read()]


def _ignore(status: str, headers: list[tuple[str, str]], *_: object) -> Any:
    pass


@pytest.mark.parametrize(
    ("changes", "seen"),
    [
        ({"CONTENT_LENGTH": "4"}, b"4body"),
        ({"CONTENT_LENGTH": "2"}, b"2bo"),
        ({"wsgi.input_terminated": True}, b"4body"),
        ({}, b"0"),
        ({"CONTENT_LENGTH": ""}, b"0"),
        ({"CONTENT_LENGTH": "x"}, b"0"),
    ],
)
def test_the_body_is_read_as_far_as_it_goes(changes: dict[str, Any], seen: bytes) -> None:
    """PEP 3333: no further than Content-Length, or to the end where the server marks it."""
    trace = Trace(_answer, lambda: 5)
    assert b"".join(trace(_environ(**changes), _ignore)) == seen
    (exchange,) = trace.exchanges()
    assert (exchange["url"], exchange["time"]) == ("https:///%FF", 5)


def test_what_is_no_text_is_replaced() -> None:
    trace = Trace(lambda environ, start: (start("200 OK", []), [b"\xff"])[1], lambda: 5)
    assert list(trace(_environ(**{"wsgi.input": BytesIO(b"\xfe"), "CONTENT_LENGTH": "1"}), _ignore)) == [
        b"\xff"
    ]
    (exchange,) = trace.exchanges()
    assert exchange["request_body"] == exchange["response_body"] == "\ufffd"


def test_an_exchange_that_failed_is_not_told_of() -> None:
    def fail(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        raise ZeroDivisionError

    trace = Trace(fail, lambda: 5)
    with pytest.raises(ZeroDivisionError):
        trace(_environ(), _ignore)
    assert trace.exchanges() == []


def test_of_many_exchanges_only_the_last_are_kept(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sessions_sandbox.network.trace.KEPT", 3)
    sandbox_of_few = Trace(sandbox, sandbox.clock.now)
    for path in ("/me", "/", "/login", "/me"):
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "HTTP_HOST": "app.acme.test",
            "wsgi.input": BytesIO(),
        }
        sandbox_of_few(environ, lambda status, headers, *rest: lambda body: None)
    assert [exchange["number"] for exchange in sandbox_of_few.exchanges()] == [2, 3, 4]
