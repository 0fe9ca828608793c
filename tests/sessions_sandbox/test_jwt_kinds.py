"""One kind of token never counts as another (RFC 8725 §3.11, §3.12)."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from sessions_sandbox import Sandbox
from tests.sessions_sandbox.flows import ask


def other_tokens(sandbox: Sandbox) -> dict[str, Callable[[], str]]:
    """Tokens of all kinds that this identity provider gives to the same client for the same user."""

    def tokens(issuer: str | None = None, **options: Any) -> Any:
        return sandbox.sign_in("alice@acme.test", issuer=issuer, **options)

    return {
        "ID token": lambda: tokens()["id_token"],
        "refresh token": lambda: tokens()["refresh_token"],
        "access token of the Org server": lambda: tokens(sandbox.org_issuer)["access_token"],
        "ID token of the Org server": lambda: tokens(sandbox.org_issuer)["id_token"],
        "access token for payments": lambda: tokens(sandbox.payments_issuer)["access_token"],
        "client secret": lambda: sandbox.client("web").secret or "",
    }


KINDS = (
    *("ID token", "refresh token", "access token of the Org server", "ID token of the Org server"),
    *("access token for payments", "client secret"),
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rfc9068", [False, True])
def test_another_kind_of_token_is_no_access_token(sandbox: Sandbox, kind: str, rfc9068: bool) -> None:
    """RFC 8725 §3.12"""
    sandbox.set(rfc9068=rfc9068)
    token = other_tokens(sandbox)[kind]()
    headers = {"Authorization": f"Bearer {token}"}
    assert requests.get(f"{sandbox.api}/orders", headers=headers, timeout=5).status_code == 401
    if "access token" in kind or "ID" in kind:
        return
    assert requests.get(f"{sandbox.issuer}/v1/userinfo", headers=headers, timeout=5).status_code == 401


def test_a_signed_introspection_answer_is_no_token(sandbox: Sandbox) -> None:
    """RFC 9701 §8.1; RFC 8725 §3.11"""
    sandbox.set(jwt_introspection=True)
    rs, token = sandbox.client("rs"), sandbox.sign_in("alice@acme.test")["access_token"]
    headers = {"Accept": "application/token-introspection+jwt"}
    url = f"{sandbox.issuer}/v1/introspect"
    answer = requests.post(url, {"token": token}, auth=rs.credentials, headers=headers, timeout=5).text
    assert answer.count(".") == 2
    for server in (f"{sandbox.api}/orders", f"{sandbox.issuer}/v1/userinfo"):
        reply = requests.get(server, headers={"Authorization": f"Bearer {answer}"}, timeout=5)
        assert reply.status_code == 401
    assert ask(sandbox, "introspect", "rs", token=answer).json() == {"active": False}
