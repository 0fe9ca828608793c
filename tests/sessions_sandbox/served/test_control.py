"""The control endpoints: for programs on this machine, and for no page in a browser."""

from typing import Any

import pytest
import requests
from werkzeug.test import Client, create_environ, run_wsgi_app

from sessions_sandbox import Sandbox
from sessions_sandbox.openapi import description
from sessions_sandbox.served import control
from sessions_sandbox.served.control import HEADER, LONGEST_BODY_SHOWN, NEWEST_EXCHANGES, Control

LOCAL = {"Host": "127.0.0.1:8600", HEADER: "yes"}
METHODS = ("HEAD", "GET")


@pytest.fixture
def client(sandbox: Sandbox) -> Client:
    return Client(Control(sandbox))


@pytest.mark.parametrize("host", ["127.0.0.1:8600", "localhost:8600", "localhost", "[::1]:8600", "[::1]"])
def test_loopback_names_lead_here(client: Client, host: str) -> None:
    reply = client.get("/", headers={"Host": host})
    assert (reply.status_code, "TEST ONLY" in reply.text) == (200, True)


def test_where_a_server_stands_at_a_path_that_leads_to_it(client: Client) -> None:
    path = "/oauth2/default/.well-known/openid-configuration"
    reply = client.get(path, headers={"Host": LOCAL["Host"]})
    assert isinstance(reply.json, dict)
    assert reply.json["issuer"] == "http://127.0.0.1:8600/oauth2/default"


@pytest.mark.parametrize(
    "host",
    ["app.acme.test", "evil.example.net", "127.0.0.1.evil.example.net", "127.0.0.1:x", "[", ":8600", ""],
)
def test_other_names_lead_to_the_servers(client: Client, host: str) -> None:
    reply = client.post("/control/now", data="{}", headers={**LOCAL, "Host": host})
    assert reply.status_code == (404 if host == "app.acme.test" else 421)


def test_a_page_in_a_browser_cannot_ask(client: Client) -> None:
    """It cannot set the header without a preflight, and no preflight is granted."""
    host = {"Host": LOCAL["Host"]}
    reply = client.post("/control/reset", data="{}", headers=host)
    assert (reply.status_code, reply.json) == (
        403,
        {"error": f"the control endpoints need the {HEADER} header"},
    )
    asked = {**host, "Origin": "https://evil.example.net", "Access-Control-Request-Headers": HEADER}
    preflight = client.options("/control/reset", headers=asked)
    assert preflight.status_code == 403
    assert not [name for name, _ in preflight.headers if name.startswith("Access-Control")]


def test_the_description_of_all_endpoints_is_there_to_be_read(client: Client) -> None:
    reply = client.get("/openapi.json", headers={"Host": LOCAL["Host"]})
    assert reply.status_code == 200
    assert reply.json == description()
    assert client.post("/openapi.json", headers={"Host": LOCAL["Host"]}).status_code == 403


@pytest.mark.parametrize("path", ["/", "/openapi.json"])
def test_head_is_get_without_a_body(client: Client, path: str) -> None:
    head, got = (client.open(path, method=method, headers={"Host": LOCAL["Host"]}) for method in METHODS)
    assert (head.status_code, head.data, got.status_code) == (200, b"", 200)
    assert head.headers["Content-Length"] == str(len(got.data))


@pytest.mark.parametrize("site", ["cross-site", "same-site", ""])
def test_a_browser_must_not_say_that_another_page_asks(client: Client, site: str) -> None:
    reply = client.post("/control/now", data="{}", headers={**LOCAL, "Sec-Fetch-Site": site})
    assert (reply.status_code, "another origin" in reply.text) == (403, True)


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example.net",
        "http://127.0.0.1:8601",
        "http://localhost:8600",
        "https://127.0.0.1:8600",
        "http://idp.localhost:8600",
        "null",
        "",
    ],
)
def test_a_page_must_be_the_consoles(client: Client, origin: str) -> None:
    reply = client.post("/control/now", data="{}", headers={**LOCAL, "Origin": origin})
    assert (reply.status_code, "http://127.0.0.1:8600" in reply.text) == (403, True)


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_the_console_may_ask(client: Client, site: str) -> None:
    own = {**LOCAL, "Origin": "http://127.0.0.1:8600", "Sec-Fetch-Site": site}
    assert client.post("/control/now", data="{}", headers=own).status_code == 200


def test_with_tls_the_console_has_an_origin_with_https(client: Client) -> None:
    own = {**LOCAL, "Origin": "https://127.0.0.1:8600"}
    reply = client.post("/control/now", data="{}", headers=own, base_url="https://127.0.0.1:8600")
    assert reply.status_code == 200


def test_what_the_console_shows(client: Client, sandbox: Sandbox) -> None:
    def seen() -> dict[str, Any]:
        answer = client.post("/control/console", json={}, headers=LOCAL).json
        assert isinstance(answer, dict)
        return answer

    long = "x" * (LONGEST_BODY_SHOWN + 1)
    for _ in range(NEWEST_EXCHANGES + 1):
        requests.post(f"{sandbox.issuer}/v1/token", long, timeout=5)
    assert seen()["clock_runs"] is False
    assert seen()["now"] == sandbox.clock.now()
    exchanges = seen()["exchanges"]
    assert [exchange["number"] for exchange in exchanges] == list(range(NEWEST_EXCHANGES + 1, 1, -1))
    assert exchanges[0]["request_body"] == long[:-1]
    sandbox.run_clock()
    assert seen()["clock_runs"] is True


def test_the_console_shows_how_a_long_answer_begins(
    client: Client, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "LONGEST_BODY_SHOWN", 100)
    answer = requests.get(f"{sandbox.issuer}/v1/keys", timeout=5).text
    shown = client.post("/control/console", json={}, headers=LOCAL).json
    assert isinstance(shown, dict)
    assert shown["exchanges"][0]["response_body"] == answer[:100] != answer


def test_commands_do_what_they_say(client: Client, sandbox: Sandbox) -> None:
    def command(name: str, **sent: object) -> object:
        reply = client.post(f"/control/{name}", json=sent, headers=LOCAL)
        assert reply.status_code == 200
        return reply.json

    assert command("now") == sandbox.clock.now()
    assert command("advance", seconds=5) == sandbox.clock.now()
    sandbox.sign_in("alice@acme.test")
    assert command("rows", table="grants") == sandbox.rows("grants") != []
    assert command("exchanges", host=None, path="/token") == sandbox.exchanges(path="/token") != []
    assert command("set", org_key_published=True) is None
    assert sandbox.switches.org_key_published is True
    assert command("keys") == sandbox.admin.signing_keys()
    (grant,) = sandbox.rows("grants")
    assert command("revoke", table="grants", key=grant["grant_id"]) is None
    assert sandbox.rows("grants")[0]["revoked"] == sandbox.clock.now()
    assert command("reset") is None
    assert sandbox.rows("grants") == []


@pytest.mark.parametrize(
    ("name", "body", "message"),
    [
        ("advance", '{"seconds": -1}', "the clock moves forward by whole seconds, not by -1"),
        ("advance", '{"seconds": 1.5}', "the clock moves forward by whole seconds, not by 1.5"),
        ("advance", '{"seconds": 1e999}', "the clock moves forward by whole seconds, not by inf"),
        ("advance", '{"seconds": "5"}', "the body of /control/advance is not as expected"),
        ("advance", "{}", "the body of /control/advance is not as expected: KeyError('seconds')"),
        ("advance", "[]", "the body of /control/advance is not as expected"),
        ("advance", "", "the body of /control/advance is not as expected"),
        ("advance", "\xff", "the body of /control/advance is not as expected"),
        ("advance", "[" * 100_000, "the body of /control/advance is not as expected"),
        ("rows", '{"table": "x"}', "there is no table 'x'"),
        ("exchanges", '{"host": null, "path": 5}', "the body of /control/exchanges is not as expected"),
        ("set", '{"speed": 1}', "there is no switch 'speed'"),
        ("revoke", '{"table": "x", "key": "y"}', "this cannot be done to a row of 'x'"),
        ("revoke", '{"table": "grants"}', "the body of /control/revoke is not as expected: TypeError("),
        ("revoke", '{"table": "grants", "key": []}', "the body of /control/revoke is not as expected"),
        ("deactivate", '{"login": "eve"}', "no user is called 'eve'"),
        ("set", "[]", "the body of /control/set is not as expected"),
    ],
)
def test_a_wrong_body_is_explained(
    client: Client, sandbox: Sandbox, name: str, body: str, message: str
) -> None:
    sandbox.sign_in("alice@acme.test")
    reply = client.post(f"/control/{name}", data=body.encode("latin-1"), headers=LOCAL)
    assert reply.status_code == 400
    assert reply.json["error"].startswith(message)  # type: ignore[index]


@pytest.mark.parametrize(("method", "path"), [("GET", "/control/now"), ("POST", "/control/stop")])
def test_other_requests_are_told_what_there_is(client: Client, method: str, path: str) -> None:
    reply = client.open(path, method=method, headers=LOCAL)
    assert (reply.status_code, "/control/reset" in reply.text) == (404, True)


def test_a_body_that_ends_too_soon_is_a_bad_request(sandbox: Sandbox) -> None:
    environ = create_environ("/control/now", "http://127.0.0.1:8600", method="POST", data="{}", headers=LOCAL)
    body, status, _ = run_wsgi_app(Control(sandbox), {**environ, "CONTENT_LENGTH": "3"})
    assert (status, b"".join(body)) == ("400 BAD REQUEST", b'{"error": "the body ends before its length"}')
