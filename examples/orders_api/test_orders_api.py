"""The tests of the API of orders. The fixtures that are not defined here come from the sandbox's plugin."""

from typing import Any

# --8<-- [start:set_up]
import pytest
from orders_api import OrdersApi
from werkzeug.test import Client, TestResponse


@pytest.fixture
def api(sessions_sandbox: Any) -> Client:
    return Client(OrdersApi(issuer=sessions_sandbox.issuer, audience="api://default"))


def send(api: Client, token: str, method: str = "GET") -> TestResponse:
    return api.open("/orders", method=method, headers={"Authorization": f"Bearer {token}"})
# --8<-- [end:set_up]


# --8<-- [start:good]
def test_a_good_token_opens_the_orders(api: Client, sandbox_tokens: Any) -> None:
    reply = send(api, sandbox_tokens["access_token"])
    assert (reply.status_code, reply.text) == (200, "Orders of alice@acme.test\n")


def test_no_token_is_asked_for_one(api: Client) -> None:
    reply = api.get("/orders")
    assert (reply.status_code, reply.headers["WWW-Authenticate"]) == (401, 'Bearer realm="orders"')
# --8<-- [end:good]


# --8<-- [start:bad]
@pytest.mark.parametrize("kind", ["expired_token", "wrong_audience_token", "tampered_token"])
def test_a_bad_token_is_refused(api: Client, kind: str, request: pytest.FixtureRequest) -> None:
    reply = send(api, request.getfixturevalue(kind))
    assert (reply.status_code, "invalid_token" in reply.headers["WWW-Authenticate"]) == (401, True)


def test_an_id_token_is_refused(api: Client, sandbox_tokens: Any) -> None:
    assert send(api, sandbox_tokens["id_token"]).status_code == 401
# --8<-- [end:bad]


# --8<-- [start:mint]
@pytest.mark.parametrize(
    ("claim", "value"), [("exp", None), ("sub", None), ("scp", None), ("iss", "https://idp.example")]
)
def test_other_claims_are_refused(api: Client, sessions_sandbox: Any, claim: str, value: Any) -> None:
    assert send(api, sessions_sandbox.mint(**{claim: value})).status_code == 401
# --8<-- [end:mint]


# --8<-- [start:scope]
def test_reading_does_not_let_write(api: Client, sandbox_sign_in: Any) -> None:
    reading = sandbox_sign_in("bob@acme.test", client="spa", scope="openid orders:read")
    writing = sandbox_sign_in("bob@acme.test", client="spa", scope="openid orders:write")
    assert send(api, reading["access_token"], "POST").status_code == 403
    assert send(api, writing["access_token"], "POST").status_code == 200
# --8<-- [end:scope]


# --8<-- [start:clock]
def test_a_revoked_token_works_until_it_expires(api: Client, revoked_token: str, sandbox_clock: Any) -> None:
    sandbox_clock.advance(minutes=59, seconds=59)
    assert send(api, revoked_token).status_code == 200
    sandbox_clock.advance(seconds=1)
    assert send(api, revoked_token).status_code == 401
# --8<-- [end:clock]


# --8<-- [start:requests]
def test_keys_are_fetched_once(api: Client, sandbox_tokens: Any, sandbox_requests: Any) -> None:
    for _ in range(3):
        assert send(api, sandbox_tokens["access_token"]).status_code == 200
    assert len(sandbox_requests(path="/v1/keys")) == 1


def test_without_keys_nobody_is_served(api: Client, sandbox_tokens: Any, sessions_sandbox: Any) -> None:
    sessions_sandbox.set(authorization_server_down=True)
    assert send(api, sandbox_tokens["access_token"]).status_code == 503
# --8<-- [end:requests]


# --8<-- [start:served]
@pytest.mark.served_sandbox
def test_the_same_over_real_sockets(api: Client, sandbox_tokens: Any) -> None:
    assert send(api, sandbox_tokens["access_token"]).status_code == 200
# --8<-- [end:served]
