"""The API: tokens come in one place, and each refusal says what it must."""

import pytest
import requests
from werkzeug.test import Client

from sessions_sandbox import Sandbox
from tests.sessions_sandbox.flows import ask, tokens_for

MODES = ("naive", "local", "introspection", "denylist", "not_before", "hybrid", "status_list")
CAREFUL = MODES[1:]


def call(sandbox: Sandbox, token: str, path: str = "/orders", method: str = "GET") -> requests.Response:
    headers = {"Authorization": f"Bearer {token}".encode()}
    return requests.request(method, sandbox.api + path, headers=headers, timeout=5)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("method", "path"), [("GET", "/orders"), ("POST", "/orders"), ("POST", "/payments")])
def test_a_good_token_is_served(sandbox: Sandbox, mode: str, method: str, path: str) -> None:
    sandbox.set(api_validation=mode)
    reply = call(sandbox, tokens_for(sandbox)["access_token"], path, method)
    assert (reply.status_code, reply.headers["Cache-Control"]) == (200, "no-store")
    assert reply.json()


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Basic YTpi"}, {"Authorization": "DPoP x"}, {"Authorization": "Bearer "}],
)
def test_without_a_token_no_error_is_named(sandbox: Sandbox, headers: dict[str, str]) -> None:
    reply = requests.get(f"{sandbox.api}/orders", headers=headers, timeout=5)
    assert (reply.status_code, reply.headers["WWW-Authenticate"]) == (401, 'Bearer realm="orders"')


@pytest.mark.parametrize("mode", CAREFUL)
def test_another_kind_of_token_is_invalid(sandbox: Sandbox, mode: str) -> None:
    """Not the refresh token, not the ID token, not one of another server, nor one for another audience."""
    sandbox.set(api_validation=mode)
    tokens, org = tokens_for(sandbox), tokens_for(sandbox, org=True)["access_token"]
    for token in (tokens["refresh_token"], tokens["id_token"], org, "x", "\u00e4", "a b"):
        reply = call(sandbox, token)
        assert reply.status_code == 401
        assert reply.headers["WWW-Authenticate"] == 'Bearer realm="orders", error="invalid_token"'


@pytest.mark.parametrize("mode", CAREFUL)
@pytest.mark.parametrize(("method", "path"), [("POST", "/orders"), ("POST", "/payments")])
def test_the_scope_must_do(sandbox: Sandbox, mode: str, method: str, path: str) -> None:
    sandbox.set(api_validation=mode)
    reply = call(sandbox, tokens_for(sandbox, scope="openid orders:read")["access_token"], path, method)
    assert reply.status_code == 403
    challenge = 'Bearer realm="orders", error="insufficient_scope", scope="orders:write"'
    assert reply.headers["WWW-Authenticate"] == challenge


def test_a_token_belongs_in_the_header(sandbox: Sandbox) -> None:
    """RFC 6750 §3.1: `invalid_request`; in a URL it would stand in logs (RFC 9700 §4.3.2)."""
    token = tokens_for(sandbox)["access_token"]
    header = {"Authorization": f"Bearer {token}"}
    url = f"{sandbox.api}/orders"
    for reply in (
        requests.get(url, params={"access_token": token}, timeout=5),
        requests.get(url, params={"access_token": token}, headers=header, timeout=5),
        requests.post(url, {"access_token": token}, headers=header, timeout=5),
        requests.get(f"{url}?a=%ff", headers=header, timeout=5),
    ):
        assert (reply.status_code, reply.json()) == (400, {"error": "invalid_request"})
    json = {"access_token": "a member like any other"}
    assert requests.post(url, json=json, headers=header, timeout=5).status_code == 200


@pytest.mark.parametrize("mode", MODES)
def test_the_scheme_is_read_without_case(sandbox: Sandbox, mode: str) -> None:
    sandbox.set(api_validation=mode)
    token = tokens_for(sandbox)["access_token"]
    headers = {"Authorization": f"bEARER {token}"}
    assert requests.get(f"{sandbox.api}/orders", headers=headers, timeout=5).status_code == 200


def test_a_payment_is_always_asked_about(sandbox: Sandbox) -> None:
    """Also where reading is validated locally or from an answer of before."""
    token = tokens_for(sandbox)["access_token"]
    for mode in (*MODES, "introspection"):
        sandbox.set(api_validation=mode, introspection_cache_seconds=60)
        for count in (1, 2):
            before = len(sandbox.exchanges(path="/introspect"))
            assert call(sandbox, token, "/payments", "POST").status_code == 200
            assert len(sandbox.exchanges(path="/introspect")) == before + 1, (mode, count)
    assert call(sandbox, token).status_code == 200
    ask(sandbox, "revoke", token=token)
    assert call(sandbox, token).status_code == 200
    assert call(sandbox, token, "/payments", "POST").status_code == 401


def test_what_is_not_there_is_said(sandbox: Sandbox) -> None:
    assert requests.get(f"{sandbox.api}/nothing", timeout=5).json() == {"error": "not_found"}
    reply = requests.get(f"{sandbox.api}/payments", timeout=5)
    assert (reply.status_code, reply.headers["Allow"]) == (405, "POST")


def test_what_is_told_of_orders(sandbox: Sandbox) -> None:
    token = tokens_for(sandbox)["access_token"]
    assert call(sandbox, token).json() == [{"id": 1, "item": "keyboard"}, {"id": 2, "item": "lamp"}]
    assert call(sandbox, token, method="POST").json() == {"id": 3}
    assert call(sandbox, token, "/payments", "POST").json() == {"paid": True}


def test_a_refusal_is_not_kept_and_says_which_scope_would_do(sandbox: Sandbox) -> None:
    """RFC 6750 §3.1"""
    reply = call(sandbox, tokens_for(sandbox, scope="openid orders:read")["access_token"], method="POST")
    assert (reply.status_code, reply.json()) == (403, {"error": "insufficient_scope"})
    assert 'scope="orders:write"' in reply.headers["WWW-Authenticate"]
    assert (reply.headers["Cache-Control"], reply.headers["Pragma"]) == ("no-store", "no-cache")


def test_a_token_in_a_body_of_another_type_is_not_looked_for(sandbox: Sandbox) -> None:
    token = tokens_for(sandbox)["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/plain"}
    reply = requests.post(f"{sandbox.api}/orders", "access_token=x", headers=headers, timeout=5)
    assert reply.status_code == 200


def test_when_nobody_can_tell_the_api_says_so(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def cannot_tell(*_: object, **__: object) -> object:
        raise requests.ConnectionError

    token = tokens_for(sandbox)["access_token"]
    sandbox.set(api_validation="introspection")
    monkeypatch.setattr(requests.Session, "post", cannot_tell)
    reply = Client(sandbox).get(
        "/orders", headers={"Host": "api.acme.test", "Authorization": f"Bearer {token}"}
    )
    assert (reply.status_code, reply.json) == (503, {"error": "authorization_server_unreachable"})
