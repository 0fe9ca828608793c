"""The metadata of an issuer: where they are looked for, and what is refused."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests

from sessions_sandbox import Sandbox, SandboxError
from sessions_sandbox.errors import NotAtThisIssuer
from sessions_sandbox.own_issuer.metadata import discover

ISSUER = "https://issuer.example/tenant"
OPENID = "https://issuer.example/tenant/.well-known/openid-configuration"
OAUTH = "https://issuer.example/.well-known/oauth-authorization-server/tenant"
GOOD = {
    "issuer": ISSUER,
    "authorization_endpoint": "https://issuer.example/authorize",
    "token_endpoint": "https://issuer.example/token",
    "jwks_uri": "https://keys.example/keys",
}

Serve = Callable[..., list[str]]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Serve:
    """Answers at these addresses with these bodies, at others with 404; gives the list of what was asked."""

    def served(pages: dict[str, Any], status: int = 200) -> list[str]:
        asked: list[str] = []

        def get(url: str, *, timeout: float, allow_redirects: bool) -> requests.Response:
            asked.append(url)
            assert not allow_redirects
            reply = requests.Response()
            reply.status_code = status if url in pages else 404
            page = pages.get(url, "")
            reply._content = (page if isinstance(page, str) else json.dumps(page)).encode()
            return reply

        monkeypatch.setattr(requests, "get", get)
        return asked

    return served


def test_the_sandbox_can_be_discovered(sandbox: Sandbox) -> None:
    found = discover(sandbox.issuer)
    assert sandbox.metadata.items() <= found.items()


def test_openid_configuration_comes_first(serve: Serve) -> None:
    asked = serve({OPENID: GOOD, OAUTH: {}})
    assert discover(ISSUER) == GOOD
    assert asked == [OPENID]


def test_then_comes_the_place_of_rfc_8414(serve: Serve) -> None:
    asked = serve({OAUTH: GOOD})
    assert discover(ISSUER) == GOOD
    assert asked == [OPENID, OAUTH]


def test_a_slash_at_the_end_belongs_to_the_issuer_and_not_to_the_address(serve: Serve) -> None:
    asked = serve({OPENID: {**GOOD, "issuer": f"{ISSUER}/"}})
    assert discover(f"{ISSUER}/")["issuer"] == f"{ISSUER}/"
    assert asked == [OPENID]


@pytest.mark.parametrize(
    "named", [f"{ISSUER}/", "https://issuer.example", "https://ISSUER.example/tenant", None]
)
def test_the_metadata_of_another_issuer_are_refused(serve: Serve, named: str | None) -> None:
    serve({OPENID: {**GOOD, "issuer": named}})
    with pytest.raises(SandboxError, match="letter by letter") as refused:
        discover(ISSUER)
    assert f"the issuer {named!r}, not of {ISSUER!r}" in str(refused.value)


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("<html>", "answers with something that is no JSON"),
        ("[]", "of the issuer None"),
        ({**GOOD, "token_endpoint": "http://issuer.example/token"}, "which is no https URL"),
        ({**GOOD, "introspection_endpoint": "http://issuer.example/i"}, "has the introspection_endpoint"),
        ({**GOOD, "jwks_uri": 7}, "has the jwks_uri 7, which is no https URL"),
    ],
)
def test_metadata_that_cannot_be_used(serve: Serve, page: object, message: str) -> None:
    serve({OPENID: page})
    with pytest.raises(SandboxError, match=message):
        discover(ISSUER)


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_what_every_lesson_needs_must_be_there(serve: Serve, name: str) -> None:
    serve({OPENID: {key: value for key, value in GOOD.items() if key != name}})
    with pytest.raises(SandboxError, match=f"names no {name}"):
        discover(ISSUER)


@pytest.mark.parametrize("status", [302, 404, 500])
def test_an_issuer_that_publishes_nothing(serve: Serve, status: int) -> None:
    serve({OPENID: GOOD, OAUTH: GOOD}, status)
    with pytest.raises(SandboxError, match=f"{ISSUER} publishes no metadata: neither {OPENID} nor {OAUTH}"):
        discover(ISSUER)


def test_an_issuer_that_cannot_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    def get(url: str, **options: object) -> requests.Response:
        raise requests.ConnectionError("nobody there")

    monkeypatch.setattr(requests, "get", get)
    with pytest.raises(SandboxError, match=f"{OPENID} cannot be reached: nobody there"):
        discover(ISSUER)


def test_an_endpoint_that_the_issuer_has_not_is_named(serve: Serve) -> None:
    serve({OPENID: GOOD})
    with pytest.raises(NotAtThisIssuer, match=f"{ISSUER} publishes no revocation_endpoint"):
        discover(ISSUER)["revocation_endpoint"]
