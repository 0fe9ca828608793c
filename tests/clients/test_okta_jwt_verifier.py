"""okta-jwt-verifier from PyPI, which takes no issuer but an https one."""

import importlib
from typing import Any

import pytest

from sessions_sandbox.served.caller import Caller
from sessions_sandbox.served.process import sandbox_process
from sessions_sandbox.served.remote import RemoteSandbox
from tests.clients.conftest import Served


def verifiers() -> tuple[Any, type[Exception]]:
    """The package, and what it raises for a token that it does not accept."""
    exceptions = importlib.import_module("okta_jwt_verifier.exceptions")
    return importlib.import_module("okta_jwt_verifier"), exceptions.JWTValidationException


def test_a_token_set_by_tls(served: Served) -> None:
    package, refused = verifiers()
    if served.ca is None:
        with pytest.raises(Exception, match="https"):
            package.AccessTokenVerifier(issuer=served.issuer, audience="api://default")
        return
    caller = Caller(served.address, ca=str(served.ca))
    tokens, web = caller.login("alice@acme.test", "web", "openid orders:read"), caller.client("web").id
    package.AccessTokenVerifier(issuer=served.issuer, audience="api://default").verify_sync(
        tokens["access_token"]
    )
    identity = package.IDTokenVerifier(issuer=served.issuer, client_id=web, audience=web)
    identity.verify_sync(tokens["id_token"])
    other = package.IDTokenVerifier(issuer=served.issuer, client_id="another", audience="another")
    with pytest.raises(refused):
        other.verify_sync(tokens["id_token"])


def test_by_the_names_of_the_lessons() -> None:
    """Through loopback sockets, with the clock of the sandbox."""
    package, refused = verifiers()
    with sandbox_process() as address, RemoteSandbox(address) as sandbox:
        tokens = sandbox.sign_in("alice@acme.test", scope="openid orders:read")
        access = package.AccessTokenVerifier(issuer=sandbox.issuer, audience="api://default")
        access.verify_sync(tokens["access_token"])
        other = package.AccessTokenVerifier(issuer=sandbox.issuer, audience="api://other")
        with pytest.raises(refused):
            other.verify_sync(tokens["access_token"])
        sandbox.clock.advance(hours=2)
        with pytest.raises(refused):
            access.verify_sync(tokens["access_token"])
