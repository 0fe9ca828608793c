"""The control endpoints: for programs on this machine, and for no page in a browser."""

import pytest
from werkzeug.test import Client

from sessions_sandbox import Sandbox
from sessions_sandbox.served.control import HEADER, Control

LOCAL = {"Host": "127.0.0.1:8600", HEADER: "yes"}


@pytest.fixture
def client(sandbox: Sandbox) -> Client:
    return Client(Control(sandbox))


@pytest.mark.parametrize("host", ["127.0.0.1:8600", "localhost:8600", "localhost", "[::1]:8600", "[::1]"])
def test_loopback_names_lead_here(client: Client, host: str) -> None:
    reply = client.get("/", headers={"Host": host})
    assert (reply.status_code, "TEST ONLY" in reply.text) == (200, True)


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
