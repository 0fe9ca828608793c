"""The sandbox by its other names: every URL, `iss` and cookie as the client who used them needs it."""

import base64
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import werkzeug.test

from sessions_sandbox import Sandbox
from sessions_sandbox.embedded import MOST_FACES
from sessions_sandbox.faces import ACME, Face, face_at, face_of
from sessions_sandbox.served.control import Control
from tests.sessions_sandbox.flows import CHALLENGE, VERIFIER, is_active

NAMED = ("idp.localhost:8600", "app.localhost:8600", "api.localhost:8600")
LOCALHOST = ("localhost:8600",) * 3
NUMBER = ("127.0.0.1:8600",) * 3
FACES = pytest.mark.parametrize("hosts", [NAMED, LOCALHOST, NUMBER])
DEFAULT = "/oauth2/default"
SERVERS = ("idp", "app", "api")


class Caller:
    """A client without a browser, which reaches the sandbox by these names for idp, app and api."""

    def __init__(self, sandbox: Sandbox, hosts: tuple[str, str, str]) -> None:
        self.idp, self.app, self.api = hosts
        self._client = werkzeug.test.Client(Control(sandbox), use_cookies=False)

    def ask(self, method: str, host: str, path: str, **options: Any) -> werkzeug.test.TestResponse:
        return self._client.open(path, method=method, base_url=f"http://{host}", **options)

    def form_for(self, path: str = DEFAULT) -> tuple[werkzeug.test.TestResponse, dict[str, str]]:
        query = {
            "response_type": "code",
            "client_id": "0oa2spaacmetest0000s",
            "redirect_uri": f"http://{self.app}/spa",
            "scope": "openid offline_access" + (" orders:read" if path == DEFAULT else ""),
            "state": "s",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        page = self.ask("GET", self.idp, f"{path}/v1/authorize", query_string=query)
        assert page.status_code == 200, page.text
        fields = {
            "username": "alice@acme.test",
            "password": "alice-test-only",
            "csrf_token": re.findall(r'name="csrf_token" value="([^"]+)"', page.text)[0],
        }
        return page, fields

    def sign_in(self, path: str = DEFAULT) -> dict[str, Any]:
        page, fields = self.form_for(path)
        cookie = page.headers["Set-Cookie"].partition(";")[0]
        back = self.ask("POST", self.idp, f"{path}/v1/login", data=fields, headers={"Cookie": cookie})
        location = back.headers["Location"]
        assert location.startswith(f"http://{self.app}/spa?")
        form = {
            "grant_type": "authorization_code",
            "code": parse_qs(urlsplit(location).query)["code"][0],
            "redirect_uri": f"http://{self.app}/spa",
            "client_id": "0oa2spaacmetest0000s",
            "code_verifier": VERIFIER,
        }
        reply = self.ask("POST", self.idp, f"{path}/v1/token", data=form)
        assert reply.status_code == 200, reply.text
        tokens: dict[str, Any] = reply.json or {}
        return tokens

    def is_active(self, token: str) -> bool:
        auth = ("0oa5rsacmetest00000r", "rs-test-only")
        reply = self.ask("POST", self.idp, f"{DEFAULT}/v1/introspect", data={"token": token}, auth=auth)
        assert reply.json is not None
        return reply.json["active"] is True

    def orders(self, token: str) -> int:
        return self.ask("GET", self.api, "/orders", headers={"Authorization": f"Bearer {token}"}).status_code


def claims_of(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=="))
    return claims


@FACES
def test_the_metadata_names_only_what_the_client_can_reach(sandbox: Sandbox, hosts: Any) -> None:
    caller = Caller(sandbox, hosts)
    for path, inserted in ((DEFAULT, f"/.well-known/oauth-authorization-server{DEFAULT}"), ("", None)):
        urls = [
            f"{path}/.well-known/openid-configuration",
            inserted or "/.well-known/oauth-authorization-server",
        ]
        for url in urls:
            reply = caller.ask("GET", caller.idp, url)
            assert reply.json is not None
            assert reply.json["issuer"] == f"http://{caller.idp}{path}"
            assert "acme.test" not in reply.text


@FACES
@pytest.mark.parametrize("path", [DEFAULT, "/oauth2"])
def test_a_flow_and_its_tokens(sandbox: Sandbox, hosts: Any, path: str) -> None:
    caller = Caller(sandbox, hosts)
    tokens = caller.sign_in(path)
    issuer = f"http://{caller.idp}" + (DEFAULT if path == DEFAULT else "")
    assert {claims_of(tokens[name])["iss"] for name in ("access_token", "id_token")} == {issuer}
    audience = "api://default" if path == DEFAULT else issuer
    assert claims_of(tokens["access_token"])["aud"] == audience
    userinfo = caller.ask(
        "GET",
        caller.idp,
        f"{path}/v1/userinfo",
        headers={"Authorization": f"Bearer {tokens['access_token']}"},
    )
    assert userinfo.status_code == 200


@FACES
@pytest.mark.parametrize(
    "mode", ["local", "introspection", "denylist", "not_before", "hybrid", "status_list"]
)
def test_the_api_accepts_tokens_of_its_own_face_only(sandbox: Sandbox, hosts: Any, mode: str) -> None:
    caller = Caller(sandbox, hosts)
    sandbox.set(api_validation=mode)
    token = caller.sign_in()["access_token"]
    assert (caller.orders(token), caller.is_active(token), is_active(sandbox, token)) == (200, True, False)
    of_acme = sandbox.sign_in("alice@acme.test")["access_token"]
    assert (caller.orders(of_acme), caller.is_active(of_acme), is_active(sandbox, of_acme)) == (
        401,
        False,
        True,
    )


@FACES
@pytest.mark.parametrize("mode", ["denylist", "not_before", "status_list"])
def test_the_api_of_a_face_learns_of_its_revocations(sandbox: Sandbox, hosts: Any, mode: str) -> None:
    caller = Caller(sandbox, hosts)
    sandbox.set(api_validation=mode, status_list_seconds=0)
    token = caller.sign_in()["access_token"]
    assert caller.orders(token) == 200
    form = {"token": token, "client_id": "0oa2spaacmetest0000s"}
    assert caller.ask("POST", caller.idp, f"{DEFAULT}/v1/revoke", data=form).status_code == 200
    assert caller.orders(token) == 401
    told = sandbox.exchanges(caller.api, "/events")
    assert [entry["status"] for entry in told] == ([] if mode == "status_list" else [202])


def test_a_refresh_token_belongs_to_the_grant_not_to_a_face(sandbox: Sandbox) -> None:
    """The rows are the same for all faces; only what names an issuer differs."""
    caller = Caller(sandbox, NAMED)
    tokens = sandbox.sign_in("alice@acme.test", client="spa")
    form = {
        "grant_type": "refresh_token",
        "refresh_token": tokens["refresh_token"],
        "client_id": "0oa2spaacmetest0000s",
    }
    reply = caller.ask("POST", caller.idp, f"{DEFAULT}/v1/token", data=form)
    assert reply.json is not None
    assert claims_of(reply.json["access_token"])["iss"] == f"http://{caller.idp}{DEFAULT}"


@FACES
def test_with_tls_every_url_is_https_and_cookies_are_as_at_acme(sandbox: Sandbox, hosts: Any) -> None:
    idp, app, _ = hosts
    client = werkzeug.test.Client(Control(sandbox), use_cookies=False)
    metadata = client.get("/oauth2/default/.well-known/openid-configuration", base_url=f"https://{idp}")
    assert metadata.json is not None
    assert metadata.json["issuer"] == f"https://{idp}{DEFAULT}"
    assert "http://" not in metadata.text
    page = client.get("/login", base_url=f"https://{app}")
    assert re.fullmatch(
        r"__Host-login=[\w-]+; Secure; HttpOnly; Path=/; SameSite=Lax", page.headers["Set-Cookie"]
    )
    origin = {"Origin": f"https://{app}"}
    reply = client.post(f"{DEFAULT}/v1/token", base_url=f"https://{idp}", headers=origin)
    assert reply.headers["Access-Control-Allow-Origin"] == origin["Origin"]
    assert sandbox.exchanges()[0]["url"].startswith(f"https://{idp}/")


def test_a_token_of_one_scheme_is_none_of_the_other(sandbox: Sandbox) -> None:
    token = Caller(sandbox, NAMED).sign_in()["access_token"]
    client = werkzeug.test.Client(Control(sandbox))
    for scheme, status in (("http", 200), ("https", 401)):
        bearer = {"Authorization": f"Bearer {token}"}
        reply = client.get("/orders", base_url=f"{scheme}://api.localhost:8600", headers=bearer)
        assert reply.status_code == status


def test_acme_is_https_however_it_was_reached(sandbox: Sandbox) -> None:
    client = werkzeug.test.Client(sandbox, use_cookies=False)
    page = client.get("/login", base_url="http://app.acme.test")
    assert page.headers["Set-Cookie"].startswith("__Host-login=")


@FACES
def test_pages_of_the_app_may_call_the_endpoints(sandbox: Sandbox, hosts: Any) -> None:
    caller = Caller(sandbox, hosts)
    for origin, allowed in ((f"http://{caller.app}", True), ("http://localhost:1", False)):
        reply = caller.ask("POST", caller.idp, f"{DEFAULT}/v1/token", headers={"Origin": origin})
        assert reply.headers.get("Access-Control-Allow-Origin") == (origin if allowed else None)


def test_exchanges_are_noted_with_the_url_that_was_used(sandbox: Sandbox) -> None:
    caller = Caller(sandbox, NAMED)
    caller.ask("GET", caller.idp, f"{DEFAULT}/v1/keys")
    assert [e["url"] for e in sandbox.exchanges(host=NAMED[0])] == [f"http://{NAMED[0]}{DEFAULT}/v1/keys"]


@pytest.mark.parametrize(
    "host",
    [
        "idp.localhost.evil.example.net",
        "evil.localhost",
        "idp.localhost:x",
        "idp.localhost:123456",
        "127.0.0.1.a",
    ],
)
def test_other_names_are_none_of_ours(host: str) -> None:
    assert face_at(host, "/login") is None


@pytest.mark.parametrize(
    ("issuer", "face"),
    [
        ("https://idp.acme.test/oauth2/default", ACME),
        ("", ACME),
        ("http://idp.localhost:1/oauth2/default", Face(*(f"http://{n}.localhost:1" for n in SERVERS))),
        ("https://idp.localhost", Face(*(f"https://{n}.localhost" for n in SERVERS))),
        ("http://127.0.0.1:1", Face(*["http://127.0.0.1:1"] * 3)),
    ],
)
def test_the_issuer_tells_the_face(issuer: str, face: Face) -> None:
    assert face_of(issuer) == face


def test_a_name_without_a_port_and_in_capitals(sandbox: Sandbox) -> None:
    assert face_at("idp.localhost", "/") == (
        Face("http://idp.localhost", "http://app.localhost", "http://api.localhost"),
        "idp",
    )
    reply = Caller(sandbox, NAMED).ask("GET", "IDP.LOCALHOST:8600", "/.well-known/openid-configuration")
    assert reply.json is not None
    assert reply.json["issuer"] == "http://idp.localhost:8600"


def test_only_some_faces_are_kept(sandbox: Sandbox) -> None:
    caller = Caller(sandbox, NAMED)
    kept = []
    for port in range(1, 3 * MOST_FACES):
        assert caller.ask("GET", f"idp.localhost:{port}", f"{DEFAULT}/v1/keys").status_code == 200
        kept.append(len(sandbox._applications))
    assert max(kept) == MOST_FACES
    assert sandbox.sign_in("alice@acme.test")
    assert ACME in sandbox._applications


@pytest.mark.parametrize(
    ("path", "server"),
    [("/logout", "app"), ("/orders", "api"), ("/payments", "api"), ("/events", "api"), ("/oauth2/x\n", None)],
)
def test_at_an_address_the_path_chooses_the_server(path: str, server: str | None) -> None:
    found = face_at("localhost:8600", path)
    assert (found and found[1]) == server
