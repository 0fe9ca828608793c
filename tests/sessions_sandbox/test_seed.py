"""Who and what is there at the start."""

import pytest

from sessions_sandbox import Sandbox, SandboxError
from sessions_sandbox.seed import CLIENTS, CUSTOM, IDP, ORG, PAYMENTS, USERS


def test_ids_are_shaped_and_told_apart() -> None:
    assert len({client.id for client in CLIENTS}) == len({client.name for client in CLIENTS}) == 7
    assert {client.id[:3] for client in CLIENTS} == {"0oa"}
    assert len({user.uid for user in USERS}) == len({user.login for user in USERS}) == 4
    assert {user.uid[:3] for user in USERS} == {"00u"}
    assert [user.login for user in USERS if not user.active] == ["dave@acme.test"]


def test_secrets_say_that_they_are_for_tests() -> None:
    assert all("test-only" in user.password for user in USERS)
    assert all("test-only" in client.secret for client in CLIENTS if client.secret is not None)


def test_issuers_and_their_endpoints() -> None:
    assert (CUSTOM.issuer, CUSTOM.endpoints) == ("https://idp.acme.test/oauth2/default", "/oauth2/default")
    assert (PAYMENTS.issuer, PAYMENTS.endpoints) == (f"{IDP}/oauth2/payments", "/oauth2/payments")
    assert (ORG.issuer, ORG.endpoints) == ("https://idp.acme.test", "/oauth2")


def test_a_public_client_has_no_credentials(sandbox: Sandbox) -> None:
    assert sandbox.client("web").credentials == (sandbox.client("web").id, "web-test-only")
    with pytest.raises(SandboxError, match="the client spa is public: it sends its client_id in the form"):
        _ = sandbox.client("spa").credentials
