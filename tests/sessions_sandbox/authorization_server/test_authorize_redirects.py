"""The authorization endpoint: where the browser may be sent, and how."""

from urllib.parse import unquote, urlsplit

import pytest

from sessions_sandbox import Sandbox
from sessions_sandbox.authorization_server import server as server_module
from sessions_sandbox.seed import CLIENTS, Client
from tests.sessions_sandbox.flows import (
    ALICE,
    answer_in,
    authorization_url,
    code_for,
    get,
    redeem,
)

NEAR_MISSES = (
    "https://app.acme.test/callback/",
    "https://app.acme.test/callback?x=1",
    "https://app.acme.test/callback#x",
    "https://app.acme.test/Callback",
    "https://APP.acme.test/callback",
    "http://app.acme.test/callback",
    "https://app.acme.test:443/callback",
    "http://127.0.0.1:1024https://app.acme.test/callback",
    "https://app.acme.test@evil.example.net/callback",
    "https://app.acme.test.evil.example.net/callback",
    "https://app.acme.test/callback/../evil",
    "https://app.acme.test/",
    "https://evil.example.net/callback",
    " https://app.acme.test/callback",
    "javascript:alert(1)",
    "",
)


@pytest.mark.parametrize("redirect_uri", NEAR_MISSES)
def test_a_redirect_uri_is_registered_exactly_or_refused(sandbox: Sandbox, redirect_uri: str) -> None:
    """T-AUTHZ-1"""
    reply = get(authorization_url(sandbox, redirect_uri=redirect_uri))
    assert reply.status_code == 400
    assert "Location" not in reply.headers
    assert "redirect_uri" in reply.text


@pytest.mark.parametrize("port", ["1024", "51234"])
def test_the_port_of_a_native_app_may_vary(sandbox: Sandbox, port: str) -> None:
    """T-AUTHZ-1: RFC 8252 §7.3, and the code stays bound to the URI that was sent."""
    redirect_uri = f"http://127.0.0.1:{port}/callback"
    code = code_for(sandbox, "native", redirect_uri=redirect_uri)
    assert redeem(sandbox, code, "native").json()["error"] == "invalid_grant"
    assert redeem(sandbox, code, "native", redirect_uri=redirect_uri).status_code == 200


@pytest.mark.parametrize(
    "redirect_uri",
    [
        "http://127.0.0.1:1024/other",
        "http://127.0.0.1:1024/callback/x",
        "http://127.0.0.1:x/callback",
        "http://127.0.0.1:/callback",
        "http://127.0.0.1:123456/callback",
        "http://127.0.0.1:\u0661\u0662/callback",
        "http://127.0.0.1:1@evil.example.net/callback",
        "http://127.0.0.1.evil.example.net:1024/callback",
        "http://127x0x0x1:1024/callback",
        "http://localhost:1024/callback",
        "https://127.0.0.1:1024/callback",
    ],
)
def test_nothing_but_the_port_may_vary(sandbox: Sandbox, redirect_uri: str) -> None:
    """T-AUTHZ-1"""
    reply = get(authorization_url(sandbox, "native", redirect_uri=redirect_uri))
    assert (reply.status_code, "Location" in reply.headers) == (400, False)


def test_the_port_of_a_web_app_may_not_vary(sandbox: Sandbox) -> None:
    """T-AUTHZ-1"""
    assert (
        get(authorization_url(sandbox, redirect_uri="https://app.acme.test:8443/callback")).status_code == 400
    )


@pytest.mark.parametrize("client_id", [None, "", "unknown", "0OA1WEBACMETEST0000W"])
def test_nobody_is_redirected_for_an_unknown_client(sandbox: Sandbox, client_id: str | None) -> None:
    """T-AUTHZ-2"""
    reply = get(authorization_url(sandbox, client_id=client_id))
    assert (reply.status_code, "Location" in reply.headers) == (400, False)
    assert "client_id" in reply.text


@pytest.mark.parametrize("client", ["svc", "rs"])
def test_clients_without_users_cannot_send_users_here(sandbox: Sandbox, client: str) -> None:
    """T-AUTHZ-2"""
    reply = get(authorization_url(sandbox, client, redirect_uri=None))
    assert (reply.status_code, "Location" in reply.headers) == (400, False)
    assert "The client_id is not one of a client that signs users in here." in reply.text


@pytest.mark.parametrize(
    "state",
    [
        "a b+c&d=e%20/?#[]@!$'()*,;:",
        "%0d%0aSet-Cookie: a=b",
        "\r\nX: y",
        "gr\u00fc\u00df \u20ac \U0001f511",
        "a\0b",
    ],
)
def test_state_comes_back_as_it_was(sandbox: Sandbox, state: str) -> None:
    """T-AUTHZ-3: also on errors, and it cannot break out of the header."""
    good = sandbox.browser().sign_in(authorization_url(sandbox, state=state), *ALICE)
    refused = get(authorization_url(sandbox, state=state, scope="nonsense"))
    assert answer_in(good)["state"] == state
    assert answer_in(refused.headers["Location"])["state"] == state
    assert set(refused.headers) & {"X", "Set-Cookie"} == set()
    assert unquote(urlsplit(good).query).count("state=") == 1


def test_redirects_are_303(sandbox: Sandbox) -> None:
    """T-AUTHZ-8: never 307, which would send the password on to the client."""
    sandbox.browser().sign_in(authorization_url(sandbox), *ALICE)
    get(authorization_url(sandbox, scope="nonsense"))
    redirects = [e for e in sandbox.exchanges() if 300 <= e["status"] < 400]
    assert [e["status"] for e in redirects] == [303, 303]
    for exchange in redirects:
        assert ["Referrer-Policy", "no-referrer"] in exchange["response_headers"]
        assert ["Cache-Control", "no-store"] in exchange["response_headers"]


def test_a_repeated_parameter_is_refused_without_redirect(sandbox: Sandbox) -> None:
    reply = get(authorization_url(sandbox) + "&redirect_uri=https://evil.example.net/")
    assert (reply.status_code, "Location" in reply.headers) == (400, False)
    assert "redirect_uri" in reply.text


def test_a_query_in_a_registered_uri_stays(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    uri = "https://app.acme.test/callback?tenant=1"
    client = Client("web", "0oa1webacmetest0000w", "web-test-only", uri, ("authorization_code",))
    monkeypatch.setattr(server_module, "CLIENTS", (client, *CLIENTS[1:]))
    back = sandbox.browser().sign_in(authorization_url(sandbox, redirect_uri=uri), *ALICE)
    assert set(answer_in(back)) == {"tenant", "code", "state"}


def test_a_dot_in_a_registered_path_is_a_dot() -> None:
    uri = "http://127.0.0.1/signed.in"
    with Sandbox(redirect_uris={"native": uri}) as sandbox:
        for path, registered in (("signed.in", True), ("signed-in", False)):
            url = authorization_url(sandbox, "native", redirect_uri=f"http://127.0.0.1:5000/{path}")
            assert (get(url).status_code == 200) is registered
