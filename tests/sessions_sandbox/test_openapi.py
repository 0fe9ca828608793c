"""The OpenAPI description: sound, complete, and no more than true."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import requests
import schemathesis
from jsonschema_rs import ValidationError

from sessions_sandbox import Sandbox
from sessions_sandbox.bff.proxy import ALLOWED, PREFIX
from sessions_sandbox.browser import ModelBrowser
from sessions_sandbox.errors import SandboxError
from sessions_sandbox.faces import ACME
from sessions_sandbox.openapi import description
from sessions_sandbox.seed import API, APP, IDP, SERVERS, ServerSettings
from tests.sessions_sandbox.described import DESCRIPTION, OPERATIONS, PATHS, SCHEMA, check, origin_of
from tests.sessions_sandbox.flows import ALICE, BOB, CHALLENGE, answer_in, ask

Seen = set[tuple[str, str, str]]
DESCRIBED: Seen = {
    (path, method, status) for path, method in OPERATIONS for status in PATHS[path][method]["responses"]
}


def test_it_is_valid_openapi() -> None:
    SCHEMA.validate()
    broken = description()
    del broken["paths"]["/me"]["get"]["responses"]["200"]["description"]
    with pytest.raises(ValidationError):
        schemathesis.openapi.from_dict(broken).validate()


def test_it_is_plain_data_and_new_each_time() -> None:
    assert json.loads(json.dumps(description())) == DESCRIPTION
    description()["paths"].clear()
    assert description() == DESCRIPTION


def test_every_operation_has_its_own_id() -> None:
    ids = [PATHS[path][method]["operationId"] for path, method in OPERATIONS]
    assert len(set(ids)) == len(ids)


def test_every_schema_is_used_and_every_one_used_is_there() -> None:
    components = DESCRIPTION["components"]
    assert set(_references(DESCRIPTION)) == {f"#/components/schemas/{name}" for name in components["schemas"]}
    needed = {
        name for path, method in OPERATIONS for way in PATHS[path][method].get("security", []) for name in way
    }
    assert needed == set(components["securitySchemes"])


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        yield from ([part["$ref"]] if "$ref" in part else [])
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _references(inner)


def test_it_names_every_endpoint_and_no_other(sandbox: Sandbox) -> None:
    routed = set()
    for origin in (IDP, APP, API):
        routes = _routes(sandbox, origin)
        routed |= {(origin, path, method.lower()) for path, methods in routes.items() for method in methods}
    described = {(origin_of(path), path, method) for path, method in OPERATIONS}
    passed_on = {each for each in described if each[1].startswith(PREFIX)}
    assert {path for _, path, _ in passed_on} == set(ALLOWED)
    assert {each for each in described if each[2] != "options"} - passed_on == routed
    asked_beforehand = {(path, "options") for origin, path, method in described if method == "options"}
    answered = {
        (path, "options")
        for origin, path, _ in routed
        if requests.options(origin + path, timeout=5).status_code == 204
    }
    assert asked_beforehand == answered


def _routes(sandbox: Sandbox, origin: str) -> dict[str, Iterable[str]]:
    """Path → methods, of all applications of an origin."""
    name = urlsplit(origin).netloc.partition(".")[0]
    return {
        path: list(item) for app in _routers(sandbox._show(ACME)[name]) for path, item in app._routes.items()
    }


def _routers(application: Any) -> Iterator[Any]:
    """The applications with routes that one leads to, which may choose between them."""
    if hasattr(application, "_routes"):
        yield application
    for cell in getattr(application, "__closure__", None) or ():
        yield from _routers(cell.cell_contents)


@dataclass
class Walk:
    """Sends requests, holds each answer against the description, and notes what was seen."""

    sandbox: Sandbox
    seen: Seen = field(default_factory=set)

    def listen(self, patch: pytest.MonkeyPatch) -> None:
        """Check the answers of whoever uses requests in this process."""
        send = requests.Session.send

        def checked(session: requests.Session, request: requests.PreparedRequest, **options: Any) -> Any:
            reply = send(session, request, **options)
            for each in (*reply.history, reply):
                if urlsplit(str(each.request.url)).path in PATHS:
                    self.seen.add(check(each))
            return reply

        patch.setattr(requests.Session, "send", checked)

    def get(self, url: str, token: str | None = None, **options: Any) -> requests.Response:
        return self.send("GET", url, token, **options)

    def post(self, url: str, form: Any = None, token: str | None = None, **options: Any) -> requests.Response:
        return self.send("POST", url, token, data=form, **options)

    def send(self, method: str, url: str, token: str | None = None, **options: Any) -> requests.Response:
        headers = {**options.pop("headers", {}), **({"Authorization": f"Bearer {token}"} if token else {})}
        return requests.request(method, url, headers=headers, timeout=5, allow_redirects=False, **options)


@pytest.fixture
def walk(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Walk:
    walk = Walk(sandbox)
    walk.listen(monkeypatch)
    return walk


def everywhere(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What any endpoint may answer: a body too large, too many requests, a store that fails."""
    for path, method in OPERATIONS:
        if "requestBody" in PATHS[path][method]:
            walk.send(method.upper(), origin_of(path) + path, data=b"a" * 250_001)
    walk.sandbox.set(rate_limit=0)
    for path, method in OPERATIONS:
        if "429" in PATHS[path][method]["responses"]:
            walk.send(method.upper(), origin_of(path) + path)
    walk.sandbox.set(rate_limit=None, authorization_server_down=True)
    for path, method in OPERATIONS:
        if origin_of(path) == IDP:
            walk.send(method.upper(), origin_of(path) + path)
    walk.sandbox.set(authorization_server_down=False)

    def fail() -> None:
        raise SandboxError("the store rows.sqlite cannot be read")

    with monkeypatch.context() as patch:
        patch.setattr(walk.sandbox._agreement, "state", fail)
        for path, method in OPERATIONS:
            walk.send(method.upper(), origin_of(path) + path)


def at_the_identity_provider(walk: Walk, server: ServerSettings) -> None:
    sandbox, base = walk.sandbox, f"{IDP}{server.endpoints}/v1"
    web = sandbox.client("web")
    for path, method in OPERATIONS:
        if method == "options":
            walk.send("OPTIONS", IDP + path)
        if "/.well-known" in path:
            walk.get(IDP + path)
    etag = walk.get(f"{base}/keys").headers["ETag"]
    walk.get(f"{base}/keys", headers={"If-None-Match": etag})
    good = {"client_id": web.id, "redirect_uri": web.redirect_uri, "response_type": "code", "scope": "openid"}
    pkce = {"state": "s", "code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    for asked in ({**good, **pkce}, {**good, **pkce, "prompt": "none"}, {}):
        walk.get(f"{base}/authorize", params=asked)
        walk.post(f"{base}/authorize", asked)
    walk.post(f"{base}/login")
    walk.post(f"{base}/login", {"csrf_token": "none of ours"})
    with pytest.raises(SandboxError):
        sandbox.browser().sign_in(f"{base}/authorize?{urlencode({**good, **pkce})}", ALICE[0], "wrong")
    tokens = sandbox.sign_in(ALICE[0], issuer=server.issuer)
    without_openid = sandbox.sign_in(ALICE[0], issuer=server.issuer, scope="offline_access")["access_token"]
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    asked_of: list[tuple[str, dict[str, Any]]] = [
        ("token", refresh),
        ("revoke", {"token": "none"}),
        *(("introspect", {"token": tokens[kind]}) for kind in ("access_token", "refresh_token", "id_token")),
        ("introspect", {"token": "none"}),
    ]
    for endpoint, form in asked_of:
        for credentials in (web.credentials, None):
            walk.post(f"{base}/{endpoint}", form, auth=credentials)
            walk.post(f"{base}/{endpoint}", {}, auth=credentials)
    sandbox.set(jwt_introspection=True)
    signed = {"Accept": "application/token-introspection+jwt"}
    walk.post(f"{base}/introspect", {"token": "none"}, auth=web.credentials, headers=signed)
    for token in (tokens["access_token"], without_openid, "wrong", None):
        walk.get(f"{base}/userinfo", token)
        walk.post(f"{base}/userinfo", token=token)
    hint = {"id_token_hint": tokens["id_token"]}
    for sent in (hint, {**hint, "post_logout_redirect_uri": web.post_logout_redirect_uris[0]}, {}):
        walk.get(f"{base}/logout", params=sent)
        walk.post(f"{base}/logout", sent)


def with_switches(walk: Walk, server: ServerSettings) -> None:
    """What is there only while a switch is turned."""
    sandbox, base = walk.sandbox, f"{IDP}{server.endpoints}/v1"
    walk.get(f"{base}/status_list")
    sandbox.set(api_validation="status_list", consent_required=True)
    walk.get(f"{base}/status_list")
    asked = {"response_type": "code", "client_id": sandbox.client("web").id, "state": "s", "scope": "openid",
             "redirect_uri": sandbox.client("web").redirect_uri or ""}  # fmt: skip
    browser = sandbox.browser()
    page = browser.open(f"{base}/authorize?{urlencode(asked)}")
    browser.submit(browser.submit(page, username=ALICE[0], password=ALICE[1]), decision="allow")
    walk.post(f"{base}/consent")
    walk.post(f"{base}/consent", {"csrf_token": "wrong"})
    sandbox.set(api_validation="local", consent_required=False)


def at_the_cookie_app(walk: Walk) -> None:
    for path in ("/", "/me", "/sessions"):
        walk.get(APP + path)
    for path in ("/login", "/logout", "/transfer", "/sessions/revoke-others"):
        walk.post(APP + path)
    browser = walk.sandbox.browser()
    for password in ("wrong", ALICE[1]):
        browser.submit(browser.open(f"{APP}/login"), username=ALICE[0], password=password)
    token = {"csrf_token": browser.open(f"{APP}/me").json()["csrf_token"]}
    browser.open(f"{APP}/sessions")
    for path, form in (
        ("/transfer", {"to": BOB[0], "amount": "7"}),
        ("/transfer", {"to": BOB[0], "amount": "a lot"}),
        ("/sessions/revoke-others", {"password": ALICE[1]}),
        ("/logout", {}),
    ):
        for sent in (None, {**form, "csrf_token": "wrong"}, {**form, **token}):
            browser.session.post(APP + path, sent, allow_redirects=False)


def at_the_bff(walk: Walk) -> None:
    walk.get(f"{APP}/bff/callback")
    walk.post(f"{APP}/bff/backchannel-logout", {"logout_token": "wrong"})
    walk.sandbox.set(back_channel_logout=True, authorization_server_down=True)
    browser = walk.sandbox.browser()
    state = answer_in(_location(walk, browser, f"{APP}/bff/login"))["state"]
    browser.session.get(f"{APP}/bff/callback?code=a&state={state}", allow_redirects=False)
    walk.sandbox.set(authorization_server_down=False)
    browser.submit(browser.open(f"{APP}/bff/login"), username=ALICE[0], password=ALICE[1])
    below = [(path, method) for path, method in OPERATIONS if path.startswith(("/bff/api/", "/bff/user"))]
    for path, method in below:
        for headers in ({"X-BFF": "1"}, {}):
            for query in ("", "?access_token=a"):
                browser.session.request(method, APP + path + query, headers=headers)
        walk.send(method.upper(), APP + path, headers={"X-BFF": "1"})
    walk.post(f"{APP}/bff/logout")
    walk.post(f"{APP}/bff/logout", headers={"X-BFF": "1"})
    browser.session.get(
        browser.session.post(f"{APP}/bff/logout", headers={"X-BFF": "1"}).json()["logout_url"]
    )


def _location(walk: Walk, browser: ModelBrowser, url: str) -> str:
    return browser.session.get(url, allow_redirects=False).headers["Location"]


def at_the_api(walk: Walk) -> None:
    sandbox = walk.sandbox
    whole = sandbox.sign_in(ALICE[0], scope="openid orders:read orders:write")["access_token"]
    nothing = sandbox.sign_in(ALICE[0], scope="openid")["access_token"]
    sandbox.set(api_validation="denylist")
    ask(sandbox, "revoke", token=sandbox.sign_in(ALICE[0])["access_token"])
    sandbox.set(api_validation="local")
    for path, method in OPERATIONS:
        if origin_of(path) == API:
            for token in (whole, nothing, "wrong", None):
                walk.send(method.upper(), API + path, token)
            walk.send(method.upper(), f"{API}{path}?access_token={whole}")


def test_all_that_is_described_is_seen_and_is_as_described(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for server in SERVERS:
        at_the_identity_provider(walk, server)
        with_switches(walk, server)
    at_the_cookie_app(walk)
    at_the_bff(walk)
    at_the_api(walk)
    everywhere(walk, monkeypatch)
    assert DESCRIBED - walk.seen == set()
