"""Cookies and the cookie app by the sandbox's other names, where there is no TLS."""

import re
from typing import Any

import pytest
import werkzeug.test
from werkzeug.wrappers import Response

from sessions_sandbox import Sandbox
from sessions_sandbox.faces import over_plain_http
from tests.sessions_sandbox.flows import CHALLENGE
from tests.sessions_sandbox.test_faces import DEFAULT, FACES, NAMED, Caller


@FACES
def test_cookies_pass_over_plain_http(sandbox: Sandbox, hosts: Any) -> None:
    caller = Caller(sandbox, hosts)
    page, fields = caller.form_for()
    cookie = page.headers["Set-Cookie"]
    assert re.fullmatch(r"idp_login=[\w-]+; HttpOnly; Path=/; SameSite=Lax", cookie)
    sent = {"Cookie": "other=1; " + cookie.partition(";")[0]}
    back = caller.ask("POST", caller.idp, f"{DEFAULT}/v1/login", data=fields, headers=sent)
    session = next(c for c in back.headers.getlist("Set-Cookie") if c.startswith("idp_sid="))
    assert "Secure" not in session
    query = {"response_type": "code", "client_id": "0oa2spaacmetest0000s", "scope": "openid", "state": "s"}
    query |= {"code_challenge": CHALLENGE, "code_challenge_method": "S256", "prompt": "none"}
    query |= {"redirect_uri": f"http://{caller.app}/spa"}
    for cookies, answer in (({"Cookie": session.partition(";")[0]}, "code="), ({}, "error=login_required")):
        reply = caller.ask("GET", caller.idp, f"{DEFAULT}/v1/authorize", query_string=query, headers=cookies)
        assert answer in reply.headers["Location"]


def test_only_cookies_are_changed_for_plain_http() -> None:
    value = "__Host-a=1; Secure; SameSite=None"
    answer = Response(headers={"Set-Cookie": value, "X-Note": value})
    reply = werkzeug.test.Client(over_plain_http(answer)).get("/")
    assert (reply.headers["Set-Cookie"], reply.headers["X-Note"]) == ("a=1", value)


@FACES
def test_the_cookie_app(sandbox: Sandbox, hosts: Any) -> None:
    caller = Caller(sandbox, hosts)
    page = caller.ask("GET", caller.app, "/login")
    fields = {"username": "alice@acme.test", "password": "alice-test-only"}
    fields["csrf_token"] = re.findall(r'name="csrf_token" value="([^"]+)"', page.text)[0]
    cookie = {"Cookie": page.headers["Set-Cookie"].partition(";")[0]}
    reply = caller.ask("POST", caller.app, "/login", data=fields, headers=cookie)
    sid = next(c for c in reply.headers.getlist("Set-Cookie") if c.startswith("sid="))
    me = caller.ask("GET", caller.app, "/me", headers={"Cookie": sid.partition(";")[0]})
    assert me.json is not None
    assert me.json["user"] == "alice@acme.test"


@FACES
@pytest.mark.parametrize("path", ["/sessions", "/sessions/revoke-others", "/transfer"])
def test_all_pages_of_the_cookie_app_are_reached(sandbox: Sandbox, hosts: Any, path: str) -> None:
    caller = Caller(sandbox, hosts)
    method = "GET" if path == "/sessions" else "POST"
    reply = caller.ask(method, caller.app, path, data={} if method == "GET" else {"to": "x"})
    assert (reply.status_code, reply.json) == (401, {"error": "no_session"})


@FACES
@pytest.mark.parametrize(("origin", "status"), [("own", 400), ("http://idp.localhost:8600", 403)])
def test_the_cookie_app_knows_its_own_origin(sandbox: Sandbox, hosts: Any, origin: str, status: int) -> None:
    """By the name that the client uses."""
    sandbox.set(csrf_protection="fetch_metadata")
    caller = Caller(sandbox, hosts)
    browser = sandbox.browser()
    form = browser.open(f"{sandbox.app}/login")
    browser.submit(form, username="alice@acme.test", password="alice-test-only")
    sent = {
        "Cookie": f"sid={browser.session.cookies['__Host-sid']}",
        "Origin": f"http://{caller.app}" if origin == "own" else origin,
    }
    assert caller.ask("POST", caller.app, "/transfer", data={"to": "x"}, headers=sent).status_code == status


def test_a_cookie_for_every_site_says_nothing_of_sites_over_plain_http(sandbox: Sandbox) -> None:
    """No browser keeps one that is `SameSite=None` and not Secure."""
    sandbox.set(csrf_protection="none")
    caller = Caller(sandbox, NAMED)
    form = {"username": "alice@acme.test", "password": "alice-test-only"}
    reply = caller.ask("POST", caller.app, "/login", data=form)
    cookies = [c.partition("; ") for c in reply.headers.getlist("Set-Cookie") if c.startswith("sid=")]
    assert [attributes for _, _, attributes in cookies] == ["HttpOnly; Path=/"]
