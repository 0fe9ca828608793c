"""Introspection: who may ask, and how little a dead token says."""

import pytest
import requests

from sessions_sandbox import Sandbox
from tests.sessions_sandbox.flows import (
    ALICE,
    ask,
    deactivate,
    error_of,
    is_active,
    refresh,
    tokens_for,
    url_of,
)


def test_the_caller_must_authenticate(sandbox: Sandbox) -> None:
    """T-INT-1"""
    token = tokens_for(sandbox)["access_token"]
    reply = requests.post(url_of(sandbox, "introspect"), {"token": token}, timeout=5)
    assert error_of(reply) == (401, "invalid_client")
    assert "WWW-Authenticate" in reply.headers


@pytest.mark.parametrize("kind", ["access_token", "refresh_token", "id_token"])
def test_a_public_client_sees_its_own_tokens_only(sandbox: Sandbox, kind: str) -> None:
    """T-INT-1"""
    token = tokens_for(sandbox, "spa")[kind]
    seen = {
        client: ask(sandbox, "introspect", client, token=token).json() for client in ("spa", "native", "rs")
    }
    assert seen["native"] == {"active": False}
    assert seen["spa"] == seen["rs"]
    assert seen["spa"]["active"] is True


def test_a_dead_token_says_nothing_whatever_killed_it(sandbox: Sandbox) -> None:
    """T-INT-2"""
    expired = tokens_for(sandbox)["access_token"]
    sandbox.clock.advance(hours=1)
    revoked = tokens_for(sandbox)["access_token"]
    ask(sandbox, "revoke", token=revoked)
    other_server = tokens_for(sandbox, org=True)["access_token"]
    malformed = revoked[:-8] + "AAAAAAAA"
    deactivated = tokens_for(sandbox)["access_token"]
    deactivate(sandbox, ALICE[0])
    answers = []
    for token in (expired, revoked, malformed, "garbage", other_server, deactivated):
        reply = ask(sandbox, "introspect", "rs", token=token)
        answers.append((reply.status_code, reply.content, sorted(reply.headers.items())))
    assert answers[0][:2] == (200, b'{"active": false}')
    assert answers == answers[:1] * 6


def test_an_active_access_token(sandbox: Sandbox) -> None:
    """T-INT-3"""
    start = sandbox.clock.now()
    token = tokens_for(sandbox, scope="openid orders:read")["access_token"]
    reply = ask(sandbox, "introspect", "rs", token=token)
    assert reply.headers["Cache-Control"] == "no-store"
    answer = reply.json()
    assert answer.pop("jti").startswith("AT.")
    assert answer == {
        "active": True,
        "token_type": "Bearer",
        "scope": "openid orders:read",
        "client_id": sandbox.client("web").id,
        "username": "alice@acme.test",
        "exp": start + 3600,
        "iat": start,
        "sub": "alice@acme.test",
        "aud": "api://default",
        "iss": sandbox.issuer,
        "uid": "00u1aliceacmetest00a",
    }


def test_an_active_access_token_without_a_user(sandbox: Sandbox) -> None:
    """T-INT-3"""
    tokens = ask(sandbox, "token", "svc", grant_type="client_credentials", scope="orders:read").json()
    answer = ask(sandbox, "introspect", "rs", token=tokens["access_token"]).json()
    assert answer["sub"] == answer["client_id"] == sandbox.client("svc").id
    assert not {"username", "uid"} & answer.keys()


def test_an_active_refresh_token(sandbox: Sandbox) -> None:
    """T-INT-3"""
    token = tokens_for(sandbox)["refresh_token"]
    assert ask(sandbox, "introspect", "rs", token=token).json() == {
        "active": True,
        "token_type": "Bearer",
        "scope": "openid offline_access orders:read orders:write",
        "client_id": sandbox.client("web").id,
        "username": "alice@acme.test",
        "exp": sandbox.clock.now() + 7 * 86400,
        "sub": "alice@acme.test",
    }


def test_a_rotated_refresh_token_is_not_active(sandbox: Sandbox) -> None:
    """T-INT-3"""
    first = tokens_for(sandbox, "spa")["refresh_token"]
    second = refresh(sandbox, first, "spa").json()["refresh_token"]
    assert (is_active(sandbox, first), is_active(sandbox, second)) == (False, True)
    deactivate(sandbox, ALICE[0])
    assert not is_active(sandbox, second)


def test_an_id_token(sandbox: Sandbox) -> None:
    """T-INT-3: no row is kept of it; it is active until it expires or its user is switched off."""
    token = tokens_for(sandbox)["id_token"]
    answer = ask(sandbox, "introspect", "rs", token=token).json()
    now, web = sandbox.clock.now(), sandbox.client("web").id
    assert answer.pop("jti").startswith("ID.")
    assert answer == {
        "active": True,
        "token_type": "Bearer",
        "client_id": web,
        "username": ALICE[0],
        "aud": web,
        "exp": now + 3600,
        "iat": now,
        "iss": sandbox.issuer,
        "sub": "00u1aliceacmetest00a",
    }
    sandbox.clock.advance(minutes=59, seconds=59)
    assert is_active(sandbox, token)
    sandbox.clock.advance(seconds=1)
    assert not is_active(sandbox, token)
    fresh = tokens_for(sandbox)["id_token"]
    deactivate(sandbox, ALICE[0])
    assert not is_active(sandbox, fresh)


@pytest.mark.parametrize("kind", ["access_token", "refresh_token", "id_token"])
@pytest.mark.parametrize("org", [False, True], ids=["custom", "org"])
def test_a_token_is_known_to_its_server_only(sandbox: Sandbox, kind: str, org: bool) -> None:
    """T-INT-4"""
    token = tokens_for(sandbox, org=org)[kind]
    assert is_active(sandbox, token, org=org)
    assert not is_active(sandbox, token, org=not org)


@pytest.mark.parametrize("org", [False, True], ids=["custom", "org"])
def test_tokens_go_in_the_body_of_a_post(sandbox: Sandbox, org: bool) -> None:
    """T-INT-5"""
    reply = requests.get(url_of(sandbox, "introspect", org=org), params={"token": "x"}, timeout=5)
    assert (reply.status_code, reply.headers["Allow"]) == (405, "POST")
    web = sandbox.client("web")
    url = f"{url_of(sandbox, 'introspect')}?token=x"
    assert error_of(requests.post(url, {"a": "b"}, auth=(web.id, web.secret or ""), timeout=5)) == (
        400,
        "invalid_request",
    )


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "id_token", "nonsense"])
def test_a_hint_only_hints(sandbox: Sandbox, hint: str) -> None:
    """T-INT-6"""
    tokens = tokens_for(sandbox)
    for kind in ("access_token", "refresh_token", "id_token"):
        reply = ask(sandbox, "introspect", "rs", token=tokens[kind], token_type_hint=hint)
        assert reply.json()["active"] is True


def test_a_server_may_not_look_at_revocation(sandbox: Sandbox) -> None:
    """T-INT-7: RFC 7662 §2.2 leaves the meaning of `active` to the server."""
    token = tokens_for(sandbox)["access_token"]
    ask(sandbox, "revoke", token=token)
    assert not is_active(sandbox, token)
    sandbox.set(introspection_sees_revocation=False)
    assert is_active(sandbox, token)
    sandbox.clock.advance(hours=1)
    assert not is_active(sandbox, token)


def test_the_token_must_be_sent(sandbox: Sandbox) -> None:
    for reply in (ask(sandbox, "introspect", x="y"), ask(sandbox, "introspect", token="", x="y")):
        assert error_of(reply) == (400, "invalid_request")
        assert "token" in reply.json()["error_description"]


@pytest.mark.parametrize(
    "claims",
    [
        {"jti": "AT.unknown"},
        {"jti": "ID.no-sub", "sub": None},
        {"jti": "ID.1", "aud": ["api://default"]},
        {"jti": "ID.1", "aud": {}},
        {"jti": 5},
        {"exp": "soon"},
        {"iat": None},
        {"nbf": 2**40},
    ],
)
def test_good_signatures_over_odd_claims_are_not_enough(sandbox: Sandbox, claims: dict[str, object]) -> None:
    assert not is_active(sandbox, sandbox.mint(**claims))


def test_only_the_very_token_that_was_issued_is_known(sandbox: Sandbox) -> None:
    """A good signature under the id of a token does not make a token, nor does the token with a pad added."""
    token = tokens_for(sandbox)["access_token"]
    assert is_active(sandbox, token)
    (own,) = (row["jti"] for row in sandbox.rows("access_tokens"))
    minted = sandbox.mint(jti=own)
    header = {"Authorization": f"Bearer {minted}"}
    assert requests.get(url_of(sandbox, "userinfo"), headers=header, timeout=5).status_code == 401
    for other in (minted, token + "==", token[:-1], token.upper()):
        assert not is_active(sandbox, other)
        revoked = requests.post(
            url_of(sandbox, "revoke"), {"token": other}, auth=sandbox.client("web").credentials, timeout=5
        )
        assert (revoked.status_code, is_active(sandbox, token)) == (200, True)


def test_an_access_token_with_the_id_of_an_id_token_is_none(sandbox: Sandbox) -> None:
    """An ID token is for a client: one for an API does not count."""
    for audience, active in ((sandbox.client("web").id, True), ("api://default", False)):
        token = sandbox.mint(jti="ID.1", sub="00u1aliceacmetest00a", aud=audience)
        assert is_active(sandbox, token) is active
    web = sandbox.client("web").id
    assert not is_active(sandbox, sandbox.mint(sub="00u1aliceacmetest00a", aud=web))
    elsewhere = sandbox.mint(jti="ID.1", sub="00u1aliceacmetest00a", aud=web, iss=sandbox.org_issuer)
    assert not is_active(sandbox, elsewhere)


@pytest.mark.parametrize("missing", ["aud", "exp", "iat", "iss", "jti", "sub"])
def test_an_id_token_has_every_claim_that_is_told(sandbox: Sandbox, missing: str) -> None:
    good = {"jti": "ID.1", "sub": "00u1aliceacmetest00a", "aud": sandbox.client("web").id}
    assert is_active(sandbox, sandbox.mint(**good))
    assert not is_active(sandbox, sandbox.mint(**{**good, missing: None}))
