"""Every endpoint keeps to its description, whatever it is sent, by who is let in and by who is not."""

import base64
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CheckContext, not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    negative_data_rejection,
    unsupported_method,
)

from sessions_sandbox import Sandbox
from sessions_sandbox.openapi import description
from sessions_sandbox.seed import API, APP, CLIENTS
from tests.sessions_sandbox.described import CONFORMANCE, PATHS, SCHEMA, AnyCase, origin_of
from tests.sessions_sandbox.flows import ALICE, CHALLENGE

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MODEST = settings(
    max_examples=4, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
WEB = CLIENTS[0]
KNOWN = {
    "client_id": WEB.id,
    "redirect_uri": WEB.redirect_uri,
    "response_type": "code",
    "scope": "orders:read",
    "code_challenge": CHALLENGE,
    "username": ALICE[0],
    "password": ALICE[1],
}
"""What a client and a user of the sandbox send."""


def wrong_data_is_refused(ctx: CheckContext, response: Response, case: AnyCase) -> bool | None:
    """By a 4xx; or the client is told, to which the browser is sent back (RFC 6749 §4.1.2.1)."""
    location = response.headers.get("location", [""])[0]
    if "error" in parse_qs(urlsplit(location).query):
        return None
    return negative_data_rejection(ctx, response, case)


CHECKS = [
    not_a_server_error,
    unsupported_method,
    allow_header_conformance,
    wrong_data_is_refused,
    *CONFORMANCE,
]


def narrowed(part: Any) -> Any:
    """The description, with known values for what a client and a user know; credentials go in headers."""
    if isinstance(part, list):
        return [narrowed(each) for each in part]
    if not isinstance(part, dict):
        return part
    if part.get("in") == "query" and part["name"] in KNOWN:
        return {**part, "schema": {"const": KNOWN[part["name"]]}}
    parts = {name: narrowed(each) for name, each in part.items()}
    if isinstance(part.get("properties"), dict):
        left_out = ("client_id", "client_secret") if "client_secret" in part["properties"] else ()
        parts["properties"] = {
            name: {"const": KNOWN[name]} if name in KNOWN else each
            for name, each in parts["properties"].items()
            if name not in left_out
        }
    return parts


LET_IN = schemathesis.openapi.from_dict({**description(), "paths": narrowed(PATHS)})
LET_IN.config.generation.update(with_security_parameters=False)
WHO_IS_LET_IN = LET_IN.include(path_regex=r"^/(?!oauth2/(payments|v1))(?!.*well-known)")
"""At one of the authorization servers, at the app and at the API."""


@pytest.fixture(scope="module")
def started() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def seen() -> set[tuple[str, int]]:
    """What operations said to one who is let in: label and status."""
    return set()


@SCHEMA.parametrize()
@MODEST
def test_to_anybody(started: Sandbox, case: AnyCase) -> None:
    case.call_and_validate(base_url=origin_of(case.path), app=started, checks=CHECKS)


@WHO_IS_LET_IN.parametrize()
@MODEST
def test_to_who_is_let_in(started: Sandbox, seen: set[tuple[str, int]], case: AnyCase) -> None:
    started.reset()
    known = credentials(started, case.path)

    def sandbox(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return started({**environ, **known}, start_response)

    reply = case.call(base_url=origin_of(case.path), app=sandbox)
    seen.add((case.operation.label, reply.status_code))
    case.validate_response(reply, checks=CHECKS)


def test_who_is_let_in_gets_what_an_endpoint_is_for(seen: set[tuple[str, int]]) -> None:
    """But for those that need what was shown a moment ago, or a switch; `test_openapi.py` does that."""
    operations = {found.ok().label for found in WHO_IS_LET_IN.get_all_operations() if isinstance(found, Ok)}
    if {operation for operation, _ in seen} < operations:
        pytest.skip("the test before was run in part, or not at all")
    served = {operation for operation, status in seen if status < 400}
    assert operations - served == {
        "GET /bff/callback",
        "GET /oauth2/default/v1/status_list",
        "POST /bff/backchannel-logout",
        "POST /events",
        "POST /login",
        "POST /logout",
        "POST /sessions/revoke-others",
        "POST /transfer",
        "POST /oauth2/default/v1/consent",
        "POST /oauth2/default/v1/login",
        "GET /oauth2/default/v1/logout",
        "POST /oauth2/default/v1/logout",
    }


def credentials(sandbox: Sandbox, path: str) -> dict[str, str]:
    """What shows, in a WSGI environment, that one may use the endpoint at this path."""
    if origin_of(path) == API or path.endswith("/userinfo"):
        tokens = sandbox.sign_in(ALICE[0], scope="openid orders:read orders:write")
        return {"HTTP_AUTHORIZATION": f"Bearer {tokens['access_token']}"}
    browser = sandbox.browser()
    if origin_of(path) == APP:
        login = f"{APP}/bff/login" if path.startswith("/bff/") else f"{APP}/login"
        browser.submit(browser.open(login), username=ALICE[0], password=ALICE[1])
    elif path.endswith(("/authorize", "/logout")):
        sandbox.sign_in(ALICE[0], browser=browser)
    else:
        client = sandbox.client("svc" if path.endswith("/token") else "web")
        basic = base64.b64encode(":".join(client.credentials).encode()).decode()
        return {"HTTP_AUTHORIZATION": f"Basic {basic}"}
    return {"HTTP_COOKIE": "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.session.cookies)}
