"""Which pages may call which endpoint."""

from typing import Any

import pytest
import requests

from sessions_sandbox import Sandbox
from tests.sessions_sandbox.flows import authorization_url, url_of

OTHER_CLIENT = "https://other.acme.test"
CLIENT, STRANGER = "https://app.acme.test", "https://evil.example.net"
EXPOSED = (
    "DPoP-Nonce, Retry-After, WWW-Authenticate, "
    "X-Rate-Limit-Limit, X-Rate-Limit-Remaining, X-Rate-Limit-Reset"
)
ENDPOINTS = ("token", "introspect", "revoke", "userinfo")


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("method", ["POST", "OPTIONS", "PUT"])
def test_pages_of_clients_may_read_answers_and_errors(sandbox: Sandbox, endpoint: str, method: str) -> None:
    for origin, allowed in (
        (CLIENT, CLIENT),
        (OTHER_CLIENT, OTHER_CLIENT),
        (STRANGER, None),
        ("null", None),
        ("http://127.0.0.1", None),
        ("https://127.0.0.1", None),
    ):
        reply = requests.request(method, url_of(sandbox, endpoint), headers={"Origin": origin}, timeout=5)
        assert reply.headers.get("Access-Control-Allow-Origin") == allowed
        assert reply.headers.get("Access-Control-Expose-Headers") == (EXPOSED if allowed else None)
        assert reply.headers["Vary"] == "Origin"
    assert "Access-Control-Allow-Origin" not in requests.post(url_of(sandbox, endpoint), timeout=5).headers


@pytest.mark.parametrize("switch", [{"rate_limit": 0}, {"authorization_server_down": True}], ids=str)
def test_a_page_can_tell_when_to_come_back(sandbox: Sandbox, switch: dict[str, Any]) -> None:
    """And how many requests are left, of which the answers tell by headers."""
    sandbox.set(**switch)
    reply = requests.post(url_of(sandbox, "token"), headers={"Origin": CLIENT}, timeout=5)
    exposed = set(reply.headers["Access-Control-Expose-Headers"].split(", "))
    told = {name for name in reply.headers if name.startswith(("Retry", "X-Rate"))}
    assert "Retry-After" in told
    assert told <= exposed


def test_a_browser_may_ask_beforehand(sandbox: Sandbox) -> None:
    asked = {"Origin": CLIENT, "Access-Control-Request-Method": "POST"}
    reply = requests.options(url_of(sandbox, "token"), headers=asked, timeout=5)
    assert (reply.status_code, reply.content) == (204, b"")
    assert reply.headers["Access-Control-Allow-Methods"] == "POST"
    headers = "Authorization, Content-Type, DPoP, X-Okta-User-Agent-Extended"
    assert reply.headers["Access-Control-Allow-Headers"] == headers
    assert "Access-Control-Allow-Credentials" not in reply.headers


@pytest.mark.parametrize(
    "path", ["/v1/keys", "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"]
)
def test_metadata_and_keys_are_for_all_pages(sandbox: Sandbox, path: str) -> None:
    """Beforehand too: Okta's client for browsers adds a header that has to be asked for."""
    for method in ("OPTIONS", "GET"):
        reply = requests.request(method, f"{sandbox.issuer}{path}", headers={"Origin": STRANGER}, timeout=5)
        assert reply.headers["Access-Control-Allow-Origin"] == "*"
        assert (reply.status_code == 204) == (method == "OPTIONS")
        assert ("Access-Control-Allow-Methods" in reply.headers) == (method == "OPTIONS")


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_no_page_may_read_the_authorization_endpoint(sandbox: Sandbox, method: str) -> None:
    """RFC 9700 §2.6"""
    reply = requests.request(method, authorization_url(sandbox), headers={"Origin": CLIENT}, timeout=5)
    assert not [name for name in reply.headers if name.startswith("Access-Control")]
    assert (reply.status_code == 405) == (method == "OPTIONS")
