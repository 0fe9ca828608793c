"""What the servers would say, asked without a trace."""

import pytest
import requests

from sessions_sandbox import Sandbox, SandboxError
from sessions_sandbox.records import TABLES
from tests.sessions_sandbox.flows import tokens_for


def test_the_published_keys_are_those_of_the_endpoint(sandbox: Sandbox) -> None:
    for issuer, path in (
        (sandbox.issuer, ""),
        (sandbox.payments_issuer, ""),
        (sandbox.org_issuer, "/oauth2"),
    ):
        sent = requests.get(f"{issuer}{path}/v1/keys", timeout=5).json()
        assert sandbox.operate("published_keys", issuer=issuer) == sent


def test_introspection_says_what_it_says_to_the_client_rs(sandbox: Sandbox) -> None:
    token = tokens_for(sandbox)["access_token"]
    credentials = sandbox.client("rs").credentials
    sent = requests.post(
        f"{sandbox.issuer}/v1/introspect", {"token": token}, auth=credentials, timeout=5
    ).json()
    assert sent["active"] is True
    assert sandbox.operate("introspect", issuer=sandbox.issuer, token=token) == sent
    other = sandbox.operate("introspect", issuer=sandbox.payments_issuer, token=token)
    assert other == {"active": False}


def test_it_leaves_nothing_behind(sandbox: Sandbox) -> None:
    sandbox.set(rate_limit=1, latency_ms=60_000)
    before = [sandbox.rows(kind.table) for kind in TABLES]
    for _ in range(2):
        sandbox.operate("published_keys", issuer=sandbox.issuer)
        sandbox.operate("introspect", issuer=sandbox.issuer, token="x")
    assert [sandbox.rows(kind.table) for kind in TABLES] == before
    assert sandbox.exchanges() == []


@pytest.mark.parametrize("switch", ["jwks_down", "authorization_server_down"])
def test_keys_that_cannot_be_had(sandbox: Sandbox, switch: str) -> None:
    sandbox.set(**{switch: True})
    with pytest.raises(SandboxError, match=f"^{sandbox.issuer} answers 503$"):
        sandbox.operate("published_keys", issuer=sandbox.issuer)


def test_a_server_that_is_down_says_nothing_of_tokens(sandbox: Sandbox) -> None:
    sandbox.set(authorization_server_down=True)
    with pytest.raises(SandboxError, match=r"answers 503$"):
        sandbox.operate("introspect", issuer=sandbox.issuer, token="x")


def test_an_issuer_that_is_none_is_named(sandbox: Sandbox) -> None:
    known = f"{sandbox.issuer}, {sandbox.payments_issuer}, {sandbox.org_issuer}"
    with pytest.raises(SandboxError, match=f"^no issuer is called 'x'; there are {known}$"):
        sandbox.operate("introspect", issuer="x", token="x")
