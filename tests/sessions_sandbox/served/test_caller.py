"""Whatever a server answers, a command ends in one line, and never in a traceback."""

import json
from collections.abc import Callable
from io import BytesIO

import pytest
import requests
import werkzeug.test
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from sessions_sandbox import Sandbox, cli
from sessions_sandbox.served.control import Control

ADDRESS = "http://127.0.0.1:8600"
TOKEN = ["token"]
LOGIN = ["login", "alice@acme.test"]
LOG = ["log"]
POSTS = [TOKEN, ["token", "--refresh-token=x"], ["introspect", "x"], ["revoke", "x"]]
COMMANDS = [LOGIN, LOG, *POSTS]
BEFORE = "/control/now"
"""What each command asks first; but for `log`, which asks for the rows."""

Answer = tuple[int, dict[str, str], bytes]
Run = Callable[..., str]


@pytest.fixture
def sandbox() -> Sandbox:
    """It is not started: a command reaches it by its address alone."""
    return Sandbox()


@pytest.fixture
def run(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command that must fail, and gives what it said.

    `at`: what the end of a path answers instead; elsewhere the sandbox answers.
    """
    client = werkzeug.test.Client(Control(sandbox))
    instead: dict[str, Answer | Exception] = {}

    def send(adapter: HTTPAdapter, request: requests.PreparedRequest, **_: object) -> requests.Response:
        path = request.path_url.partition("?")[0]
        other = next((answer for end, answer in instead.items() if path.endswith(end)), None)
        if isinstance(other, Exception):
            raise other
        if other is None:
            headers = {**request.headers, "Host": "127.0.0.1:8600"}
            found = client.open(
                request.path_url, method=request.method, base_url=ADDRESS, headers=headers, data=request.body
            )
            other = (found.status_code, dict(found.headers), found.data)
        status, sent, body = other
        reason = {302: "Found", 429: "Too Many Requests", 503: "Service Unavailable"}.get(status, "OK")
        raw = HTTPResponse(BytesIO(body), sent, status, reason=reason, preload_content=False)
        return adapter.build_response(request, raw)

    def command(*arguments: str, at: dict[str, Answer | Exception] | None = None) -> str:
        instead.update(at or {})
        assert cli.main([*arguments, f"--sandbox={ADDRESS}"]) == 1
        printed, said = capsys.readouterr()
        assert (printed, said.count("\n")) == ("", 1), said
        return said

    monkeypatch.setattr(HTTPAdapter, "send", send)
    return command


@pytest.mark.parametrize("arguments", [LOGIN, *POSTS])
def test_a_server_that_is_down(sandbox: Sandbox, run: Run, arguments: list[str]) -> None:
    """The sandbox says so in plain text."""
    sandbox.set(authorization_server_down=True)
    said = run(*arguments)
    assert ": The authorization server is down. (ask again later, or turn the switch off" in said
    assert "503 " in said
    assert "such as authorization_server_down)" in said


@pytest.mark.parametrize("arguments", [LOGIN, *POSTS])
def test_too_many_requests(sandbox: Sandbox, run: Run, arguments: list[str]) -> None:
    """The sandbox says so in the shape of Okta's errors."""
    sandbox.set(rate_limit=0)
    said = run(*arguments)
    assert "429 Too Many Requests: E0000047: API call exceeded rate limit due to too many requests." in said
    assert said.endswith("(wait for the next minute of its clock, or turn the switch rate_limit off)\n")


@pytest.mark.parametrize(
    ("arguments", "switches", "message"),
    [
        (
            ["token", "--client=web"],
            {},
            "The client may not use this grant_type. (choose another client with --client)",
        ),
        (["token", "--scope=x"], {}, " (name other scopes with --scope)"),
        (
            ["token", "--client=web", "--refresh-token=x"],
            {},
            " (get another refresh token with `sessions-sandbox login`)",
        ),
        (TOKEN, {"require_dpop": True}, f"turn the switch require_dpop off, at {ADDRESS}/)"),
        (["introspect", "", "--client=spa"], {}, "the server answered 4"),
    ],
)
def test_what_a_server_refuses_is_quoted(
    sandbox: Sandbox, run: Run, arguments: list[str], switches: dict[str, bool], message: str
) -> None:
    sandbox.set(**switches)
    said = run(*arguments)
    assert said.startswith("the server answered 4")
    assert message in said


@pytest.mark.parametrize("arguments", POSTS)
def test_an_error_may_lack_its_description(run: Run, arguments: list[str]) -> None:
    body = b'{"error": "temporarily_unavailable"}'
    said = run(
        *arguments, at={"token": (503, {}, body), "introspect": (503, {}, body), "revoke": (503, {}, body)}
    )
    assert said.startswith(
        "the server answered 503 Service Unavailable: temporarily_unavailable (ask again later"
    )


NO_SANDBOX: list[tuple[Answer, str]] = [
    ((200, {"Content-Type": "text/html"}, b"<html><h1>It works!</h1></html>"), "said 200 OK: It works!"),
    ((404, {"Content-Type": "text/html"}, b"<title>404</title>"), "said 404 OK: 404"),
    ((200, {}, b""), "said 200 OK: nothing else"),
    ((500, {}, b""), "500 OK: nothing else"),
    ((302, {"Location": "https://example.com/"}, b""), "said 302 Found: a redirect to https://example.com/"),
    ((302, {"Location": "http://[::1"}, b"{}"), ""),
    ((302, {"Location": "/control/now"}, b"1"), "said 302 Found: a redirect to /control/now"),
    ((400, {}, b'{"error": {"code": 1}}'), "said 400 OK: {'code': 1}"),
    ((400, {}, b"[]"), "said 400 OK: []"),
    ((404, {}, b'{"error": "Not Found"}'), "404 OK: Not Found"),
    ((200, {}, b"[" * 100_000), "said 200 OK: [[["),
    ((200, {}, b"1" * 5000), "said 200 OK: 111"),
    ((200, {"Content-Type": "text/plain; charset=none"}, b"\xff\x1b[2J"), "?[2J"),
]


@pytest.mark.parametrize("arguments", COMMANDS)
@pytest.mark.parametrize(("answer", "said"), NO_SANDBOX)
def test_what_is_no_sandbox_is_quoted(run: Run, arguments: list[str], answer: Answer, said: str) -> None:
    """Each request gets the same answer there."""
    shown = run(*arguments, at={"": answer})
    assert shown.startswith(
        f"no sandbox answers at {ADDRESS}: start one with `sessions-sandbox serve`, or name "
    )
    assert said in shown


@pytest.mark.parametrize("arguments", COMMANDS)
@pytest.mark.parametrize("body", [b'"x"', b"{}", b"null", b"[1]"])
def test_json_of_another_kind_is_no_sandbox(run: Run, arguments: list[str], body: bytes) -> None:
    assert run(*arguments, at={"": (200, {}, body)}).startswith(f"no sandbox answers at {ADDRESS}: ")


@pytest.mark.parametrize("arguments", [LOGIN, *POSTS])
@pytest.mark.parametrize(("answer", "said"), NO_SANDBOX)
def test_something_may_stand_before_the_servers(
    run: Run, arguments: list[str], answer: Answer, said: str
) -> None:
    """The console answers, and the endpoints do not."""
    ends = ("/authorize", "/token", "/introspect", "/revoke")
    if arguments[0] == "revoke" and answer[0] == 200:
        return  # a revocation that is answered by a 200 was one (RFC 7009 §2.2)
    shown = run(*arguments, at=dict.fromkeys(ends, answer))
    assert said.removeprefix("said ") in shown or arguments is LOGIN


@pytest.mark.parametrize("arguments", COMMANDS)
@pytest.mark.parametrize("step", ["", "/authorize", "/token", "/introspect", "/revoke", "/rows"])
def test_a_connection_that_breaks(run: Run, arguments: list[str], step: str) -> None:
    reached = {"login": ("/authorize", "/token"), "log": ("/rows",)}.get(arguments[0], (f"/{arguments[0]}",))
    if step and step not in reached:
        return
    shown = run(*arguments, at={step: requests.ConnectionError("reset by peer")})
    assert shown.startswith(f"no sandbox answers at {ADDRESS}: start one with ")


PAGES = [
    b"<form><input type=hidden></form>",
    b"<form action='http://[::1'></form>",
    b"<form action='ftp://x'></form>",
    b"<![x[<form>",
    b"<p>no form",
]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_that_is_no_sign_in(run: Run, page: bytes) -> None:
    assert run(*LOGIN, at={"/authorize": (200, {"Content-Type": "text/html"}, page)})


@pytest.mark.parametrize("location", ["x", "http://[::1", "https://example.com/?code=1", "//", "\u00e9"])
def test_a_redirect_that_is_no_sign_in(run: Run, location: str) -> None:
    assert run(*LOGIN, at={"/authorize": (303, {"Location": location}, b"")})


@pytest.mark.parametrize("answer", NO_SANDBOX)
def test_a_token_that_is_none_ends_the_sign_in(run: Run, answer: tuple[Answer, str]) -> None:
    assert run(*LOGIN, at={"/token": answer[0]})


GOOD = {"time": 1, "event": "x", "client_id": None, "uid": "u", "detail": ""}


@pytest.mark.parametrize(
    "rows",
    [
        {},
        [1],
        [{**GOOD, "time": "1"}],
        [{**GOOD, "time": -1}],
        [{**GOOD, "time": 10**20}],
        [{**GOOD, "event": None}],
        [{**GOOD, "uid": 5}],
        [{name: value for name, value in GOOD.items() if name != "detail"}],
    ],
)
def test_rows_that_are_no_log(run: Run, rows: object) -> None:
    shown = run(*LOG, at={"/rows": (200, {}, json.dumps(rows).encode())})
    assert shown.startswith(f"no sandbox answers at {ADDRESS}: ")
    assert shown.endswith("What is there said what no log consists of\n")
