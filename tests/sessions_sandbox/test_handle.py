"""What a program holds of a sandbox."""

import time
from dataclasses import replace
from typing import Any

import jwt
import pytest
import requests

from sessions_sandbox import Sandbox, SandboxError
from tests.sessions_sandbox.flows import is_active


def test_the_names_of_the_servers(sandbox: Sandbox) -> None:
    assert (sandbox.issuer, sandbox.org_issuer) == (
        "https://idp.acme.test/oauth2/default",
        "https://idp.acme.test",
    )
    assert (sandbox.app, sandbox.api) == ("https://app.acme.test", "https://api.acme.test")


def test_the_metadata_are_those_of_the_discovery_document(sandbox: Sandbox) -> None:
    metadata = sandbox.metadata
    assert sandbox.exchanges() == []
    document = requests.get(f"{sandbox.issuer}/.well-known/openid-configuration", timeout=5).json()
    endpoints = {name for name in document if name.endswith(("_endpoint", "_uri"))}
    assert metadata.items() <= document.items()
    assert endpoints - set(metadata) == {"end_session_endpoint"}


def test_clients_are_known_by_name(sandbox: Sandbox) -> None:
    assert sandbox.client("spa").secret is None
    for name in ("web", "spa", "native", "svc", "rs", "otherapp"):
        assert sandbox.client(name).id.startswith("0oa")
    with pytest.raises(
        SandboxError, match="no client is called 'mobile'; there are web, spa, native, svc, rs, otherapp"
    ):
        sandbox.client("mobile")


@pytest.mark.parametrize("client", ["web", "spa", "native", "otherapp"])
def test_sign_in_is_the_code_flow_with_pkce(sandbox: Sandbox, client: str) -> None:
    tokens = sandbox.sign_in("bob@acme.test", client=client)
    claims = jwt.decode(tokens["access_token"], options={"verify_signature": False})
    assert (claims["sub"], claims["cid"]) == ("bob@acme.test", sandbox.client(client).id)
    assert tokens["scope"] == "openid offline_access orders:read"
    paths = [exchange["url"].partition("/v1/")[2].partition("?")[0] for exchange in sandbox.exchanges()]
    assert paths == ["authorize", "login", "token"]
    assert "code_challenge_method=S256" in sandbox.exchanges()[0]["url"]


def test_sign_in_at_the_org_server(sandbox: Sandbox) -> None:
    tokens = sandbox.sign_in("alice@acme.test", issuer=sandbox.org_issuer)
    assert tokens["scope"] == "openid offline_access"
    assert is_active(sandbox, tokens["access_token"], org=True)


def test_a_browser_that_is_signed_in_needs_no_form(sandbox: Sandbox) -> None:
    browser = sandbox.browser()
    sandbox.sign_in("alice@acme.test", browser=browser)
    sandbox.sign_in("alice@acme.test", client="otherapp", browser=browser, scope="openid")
    assert len(sandbox.exchanges(path="/login")) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"username": "eve@acme.test"}, "no user is called 'eve@acme.test'; there are alice@acme.test, "),
        ({"username": "dave@acme.test"}, "the sign-in ended at .* with 401"),
        ({"username": "alice@acme.test", "client": "x"}, "no client is called 'x'"),
        ({"username": "alice@acme.test", "client": "svc"}, "the sign-in ended at .* with 400"),
        (
            {"username": "alice@acme.test", "client": "bff"},
            "the client bff signs users in by itself: open https://app.acme.test/bff/login",
        ),
        ({"username": "alice@acme.test", "scope": "x"}, "the authorization server refused: .*invalid_scope"),
        ({"username": "alice@acme.test", "issuer": "x"}, "no issuer is called 'x'; there are https://idp"),
    ],
)
def test_a_sign_in_that_cannot_be_says_why(sandbox: Sandbox, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(SandboxError, match=message):
        sandbox.sign_in(**arguments)


def test_a_token_endpoint_that_refuses_is_quoted(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = replace(sandbox.client("web"), secret="wrong")
    monkeypatch.setattr(sandbox, "client", lambda name: wrong)
    with pytest.raises(SandboxError, match=r"the token endpoint refused: .*invalid_client"):
        sandbox.sign_in("alice@acme.test")


def test_minted_tokens_are_good_but_for_what_is_changed(sandbox: Sandbox) -> None:
    real = jwt.decode_complete(
        sandbox.sign_in("alice@acme.test")["access_token"], options={"verify_signature": False}
    )
    minted = jwt.decode_complete(sandbox.mint(), options={"verify_signature": False})
    assert minted["header"] == real["header"]
    assert minted["payload"].keys() == real["payload"].keys()
    assert minted["payload"] == {
        **real["payload"],
        "jti": "AT.minted-by-a-program",
        "scp": ["openid", "orders:read"],
    }
    changed = jwt.decode(sandbox.mint(aud="x", scp=None, new=1), options={"verify_signature": False})
    assert (changed["aud"], changed["new"], "scp" in changed) == ("x", 1, False)
    reply = requests.get(
        f"{sandbox.api}/orders", headers={"Authorization": f"Bearer {sandbox.mint()}"}, timeout=5
    )
    assert reply.status_code == 200


def test_minted_tokens_live_as_long_as_issued_ones(sandbox: Sandbox) -> None:
    for switches, seconds in (({"latency_ms": 0}, 3600), ({"access_token_seconds": 60}, 60)):
        sandbox.set(**switches)
        sandbox.rotate_keys("emergency")
        real = jwt.decode_complete(
            sandbox.sign_in("alice@acme.test")["access_token"], options={"verify_signature": False}
        )
        minted = jwt.decode_complete(sandbox.mint(), options={"verify_signature": False})
        assert minted["header"] == real["header"]
        assert minted["payload"]["exp"] == real["payload"]["exp"] == sandbox.clock.now() + seconds


def test_rows_are_plain(sandbox: Sandbox) -> None:
    assert sandbox.rows("users")[0]["login"] == "alice@acme.test"
    sandbox.sign_in("alice@acme.test")
    (grant,) = sandbox.rows("grants")
    assert (grant["uid"], grant["revoked"]) == ("00u1aliceacmetest00a", None)
    with pytest.raises(SandboxError, match="there is no table 'sessions'; there are users, app_sessions, "):
        sandbox.rows("sessions")


def test_the_log_tells_what_happened(sandbox: Sandbox) -> None:
    sandbox.sign_in("alice@acme.test", scope="openid offline_access")
    assert [event["event"] for event in sandbox.log()] == [
        "user.session.start",
        "app.oauth2.as.authorize.code",
        "app.oauth2.as.token.grant.access_token",
        "app.oauth2.as.token.grant.refresh_token",
        "app.oauth2.as.token.grant.id_token",
    ]
    assert {event["time"] for event in sandbox.log()} == {sandbox.clock.now()}


def test_reset_is_a_fresh_start(sandbox: Sandbox) -> None:
    sandbox.sign_in("alice@acme.test")
    sandbox.reset()
    assert sandbox.exchanges() == sandbox.log() == sandbox.rows("grants") == []
    assert len(sandbox.rows("users")) == 4
    assert sandbox.sign_in("alice@acme.test")


def test_start_and_stop_count_once() -> None:
    sandbox = Sandbox()
    sandbox.stop()
    assert sandbox.start() is sandbox.start()
    assert sandbox.sign_in("alice@acme.test")
    sandbox.stop()
    sandbox.stop()
    assert time.time() > sandbox.clock.now()
    with sandbox:
        assert sandbox.rows("grants")
        assert sandbox.sign_in("alice@acme.test")


def test_a_second_sandbox_is_refused_and_harms_nothing() -> None:
    with Sandbox() as first:
        second = Sandbox()
        with pytest.raises(
            SandboxError, match="already leads to another sandbox in this process: stop that one"
        ):
            second.start()
        second.stop()
        assert time.time() == first.clock.now()
        assert first.sign_in("alice@acme.test")
    with second:
        assert second.sign_in("alice@acme.test")


def test_a_start_that_fails_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox = Sandbox()
    monkeypatch.setattr(sandbox.clock, "take_over", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        sandbox.start()
    with Sandbox() as other:
        assert other.sign_in("alice@acme.test")
