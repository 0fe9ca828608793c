"""The fixtures of the plugin for pytest, in this process and with a served sandbox."""

import ast
import re
import time
import urllib.request
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests

from sessions_sandbox import Sandbox, SandboxError, pytest_plugin
from sessions_sandbox.clock import START
from sessions_sandbox.handle import Handle, Time
from sessions_sandbox.pytest_plugin import Requests, SignIn, Tokens
from sessions_sandbox.served.remote import RemoteSandbox

PAGE = Path(__file__).parents[2] / "docs/testing/testing_your_api.md"
BAD_TOKENS = ["expired_token", "revoked_token", "wrong_audience_token", "tampered_token"]
both = pytest.mark.parametrize(
    "kind", [Sandbox, pytest.param(RemoteSandbox, marks=pytest.mark.served_sandbox)], ids=["here", "served"]
)


def introspected(sandbox: Handle, token: str) -> bool:
    reply = requests.post(
        f"{sandbox.issuer}/v1/introspect", {"token": token}, auth=sandbox.client("rs").credentials, timeout=5
    )
    active: bool = reply.json()["active"]
    return active


def orders(sandbox: Handle, token: str) -> int:
    bearer = {"Authorization": f"Bearer {token}"}
    return requests.get(f"{sandbox.api}/orders", headers=bearer, timeout=5).status_code


@both
@pytest.mark.parametrize("time_of_two", [1, 2])
def test_each_test_has_a_fresh_sandbox(
    sessions_sandbox: Handle, kind: type[Handle], time_of_two: int, sandbox_clock: Time
) -> None:
    assert type(sessions_sandbox) is kind
    assert sessions_sandbox.rows("grants") == sessions_sandbox.exchanges() == []
    assert time.time() == sandbox_clock.now() == START
    sessions_sandbox.sign_in("alice@acme.test")
    sessions_sandbox.set(authorization_server_down=True)
    sandbox_clock.advance(days=1)


@both
def test_the_tokens_are_alices_and_good(
    sessions_sandbox: Handle, kind: type[Handle], sandbox_tokens: Tokens
) -> None:
    token = sandbox_tokens["access_token"]
    key = jwt.PyJWKClient(f"{sessions_sandbox.issuer}/v1/keys").get_signing_key_from_jwt(token)
    claims = jwt.decode(token, key, ["RS256"], audience="api://default", issuer=sessions_sandbox.issuer)
    assert (claims["sub"], claims["scp"]) == ("alice@acme.test", ["openid", "offline_access", "orders:read"])
    assert {"id_token", "refresh_token"} < set(sandbox_tokens)
    bearer = {"Authorization": f"Bearer {token}"}
    asked = urllib.request.Request(f"{sessions_sandbox.api}/orders", headers=bearer)
    with urllib.request.urlopen(asked, timeout=5) as reply:
        assert reply.status == 200
    assert introspected(sessions_sandbox, token)


@both
@pytest.mark.parametrize("name", BAD_TOKENS)
def test_no_bad_token_is_active(
    sessions_sandbox: Handle, kind: type[Handle], name: str, request: pytest.FixtureRequest
) -> None:
    token = request.getfixturevalue(name)
    assert not introspected(sessions_sandbox, token)
    assert orders(sessions_sandbox, token) == (200 if name == "revoked_token" else 401)


@pytest.mark.parametrize(
    ("name", "error", "unchecked"),
    [
        ("expired_token", jwt.ExpiredSignatureError, {"verify_exp": False}),
        ("wrong_audience_token", jwt.InvalidAudienceError, {"verify_aud": False}),
        ("tampered_token", jwt.InvalidSignatureError, {"verify_signature": False}),
    ],
)
def test_a_bad_token_has_one_fault(
    sessions_sandbox: Handle,
    name: str,
    error: type[Exception],
    unchecked: dict[str, bool],
    request: pytest.FixtureRequest,
) -> None:
    token = request.getfixturevalue(name)
    key = jwt.PyJWKClient(f"{sessions_sandbox.issuer}/v1/keys").get_signing_key_from_jwt(token)
    rest: dict[str, Any] = dict.fromkeys(["verify_exp", "verify_iat", "verify_aud", "verify_iss"], True)

    def scopes(options: Any) -> set[str]:
        claims = jwt.decode(
            token, key, ["RS256"], audience="api://default", issuer=sessions_sandbox.issuer, options=options
        )
        return set(claims["scp"])

    with pytest.raises(error):
        scopes(rest)
    assert {"orders:read", "orders:write"} <= scopes({**rest, **unchecked})


def test_a_tampered_token_says_that_it_is_bobs(tampered_token: str, sandbox_tokens: Tokens) -> None:
    def read(token: str) -> dict[str, str]:
        claims: dict[str, str] = jwt.decode(token, options={"verify_signature": False})
        return claims

    changed, good = read(tampered_token), read(sandbox_tokens["access_token"])
    assert changed["sub"] == "bob@acme.test"
    assert {name for name in good if changed[name] != good[name]} == {"sub", "uid", "scp", "jti"}


def test_a_sign_in_as_asked_for(sessions_sandbox: Handle, sandbox_sign_in: SignIn) -> None:
    tokens = sandbox_sign_in(
        "bob@acme.test", client="spa", scope="openid email", issuer=sessions_sandbox.org_issuer
    )
    claims = jwt.decode(tokens["id_token"], options={"verify_signature": False})
    assert claims["iss"] == sessions_sandbox.org_issuer
    assert claims["aud"] == sessions_sandbox.client("spa").id
    (grant,) = sessions_sandbox.rows("grants")
    assert grant["scope"].split() == ["openid", "email"]


def test_a_sign_in_of_nobody_is_explained(sandbox_sign_in: SignIn) -> None:
    with pytest.raises(SandboxError, match=r"no user is called 'eve'; there are alice@acme\.test, bob"):
        sandbox_sign_in("eve")
    with pytest.raises(SandboxError, match="no client is called 'x'; there are web, spa"):
        sandbox_sign_in(client="x")


@both
def test_the_requests_are_listed(
    sessions_sandbox: Handle, kind: type[Handle], sandbox_requests: Requests
) -> None:
    assert sandbox_requests() == []
    assert orders(sessions_sandbox, "x") == 401
    (listed,) = sandbox_requests(path="/orders")
    assert (listed["method"], listed["status"]) == ("GET", 401)
    assert sandbox_requests(host="api.acme.test") == [listed]
    assert sandbox_requests(path="/token") == []


def test_a_second_sandbox_is_explained(request: pytest.FixtureRequest) -> None:
    with Sandbox(), pytest.raises(pytest.fail.Exception) as failed:
        request.getfixturevalue("sessions_sandbox")
    assert str(failed.value).startswith(
        "The fixture sessions_sandbox: idp.acme.test already leads to another sandbox in this process"
    )


def test_the_page_lists_the_fixtures() -> None:
    """The table of the guide holds each fixture, with the first line of its docstring."""
    module = ast.parse(Path(pytest_plugin.__file__).read_text("utf-8"))
    fixtures = [
        (statement.name, (ast.get_docstring(statement) or "").splitlines()[0].removesuffix("."))
        for statement in module.body
        if isinstance(statement, ast.FunctionDef)
        and any("pytest.fixture" in ast.unparse(decorator) for decorator in statement.decorator_list)
    ]
    assert {"sessions_sandbox", *BAD_TOKENS} < dict(fixtures).keys()
    assert re.findall(r"^\| `(\w+)` \| (.*) \|$", PAGE.read_text("utf-8"), re.MULTILINE) == fixtures
