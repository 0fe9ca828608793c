"""What the API takes as an event, and what it refuses from then on."""

from typing import Any

import jwt
import pytest
import requests

from sessions_sandbox import Sandbox
from sessions_sandbox.key_ring import POOLS
from sessions_sandbox.keys import test_only_key as fixed_key
from sessions_sandbox.resource_server.issuer import TrustedIssuer
from sessions_sandbox.resource_server.strategy import CannotTell
from sessions_sandbox.stores import sweep
from tests.sessions_sandbox.flows import ask, tokens_for
from tests.sessions_sandbox.resource_server.test_app import call

SESSION_REVOKED = "https://schemas.openid.net/secevent/caep/event-type/session-revoked"
ALICE = "00u1aliceacmetest00a"
JTI = "AT.minted-by-a-program"
OTHER_ISSUER = "https://idp.acme.test/oauth2/payments"
EVENT_MODES = ("denylist", "not_before")


def token_subject(sandbox: Sandbox, **changed: Any) -> dict[str, Any]:
    return {"format": "jwt_id", "iss": sandbox.issuer, "jti": JTI, **changed}


def user_subject(sandbox: Sandbox, **changed: Any) -> dict[str, Any]:
    return {"format": "iss_sub", "iss": sandbox.issuer, "sub": ALICE, **changed}


def event(sandbox: Sandbox, typ: str | None = "secevent+jwt", key: int = 0, **changed: Any) -> str:
    """A good event about one token of Alice's, changed; a claim given as `None` is left out."""
    now = sandbox.clock.now()
    both = {"format": "complex", "session": token_subject(sandbox), "user": user_subject(sandbox)}
    claims: dict[str, Any] = {
        "iss": sandbox.issuer,
        "jti": "an event",
        "iat": now,
        "aud": sandbox.api,
        "sub_id": both,
        "events": {SESSION_REVOKED: {"event_timestamp": now}},
        **changed,
    }
    sent = {name: value for name, value in claims.items() if value is not None}
    return fixed_key(POOLS["default"][key]).sign(sent, typ=typ)


def push(sandbox: Sandbox, token: str | bytes) -> requests.Response:
    headers = {"Content-Type": "application/secevent+jwt", "Accept": "application/json"}
    return requests.post(f"{sandbox.api}/events", data=token, headers=headers, timeout=5)


@pytest.mark.parametrize("mode", EVENT_MODES)
def test_a_good_event_counts_at_once(sandbox: Sandbox, mode: str) -> None:
    """RFC 8935 §2.2: 202, with no body."""
    sandbox.set(api_validation=mode)
    assert call(sandbox, sandbox.mint()).status_code == 200
    reply = push(sandbox, event(sandbox))
    assert (reply.status_code, reply.text, reply.headers["Cache-Control"]) == (202, "", "no-store")
    assert call(sandbox, sandbox.mint()).status_code == 401
    assert push(sandbox, event(sandbox)).status_code == 202


@pytest.mark.parametrize(
    ("changed", "err"),
    [
        ({"typ": None}, "invalid_request"),
        ({"typ": "JWT"}, "invalid_request"),
        ({"typ": "logout+jwt"}, "invalid_request"),
        ({"key": 2}, "invalid_key"),
        ({"iss": OTHER_ISSUER}, "invalid_issuer"),
        ({"iss": None}, "invalid_request"),
        ({"aud": "api://default"}, "invalid_audience"),
        ({"aud": "https://app.acme.test"}, "invalid_audience"),
        ({"aud": None}, "invalid_request"),
        ({"iat": None}, "invalid_request"),
        ({"iat": "now"}, "invalid_request"),
        ({"jti": None}, "invalid_request"),
        ({"exp": 1}, "invalid_request"),
        ({"sub_id": None}, "invalid_request"),
        ({"sub_id": "alice"}, "invalid_request"),
        ({"sub_id": {}}, "invalid_request"),
        ({"sub_id": {"format": "email", "iss": "HERE", "email": "a@b"}}, "invalid_request"),
        ({"sub_id": {"format": ["jwt_id"], "iss": "HERE", "jti": JTI}}, "invalid_request"),
        ({"sub_id": {"format": "jwt_id", "jti": JTI}}, "invalid_request"),
        ({"sub_id": {"format": "jwt_id", "iss": OTHER_ISSUER, "jti": JTI}}, "invalid_request"),
        ({"sub_id": {"format": "jwt_id", "iss": "HERE", "jti": 5}}, "invalid_request"),
        ({"sub_id": {"format": "iss_sub", "iss": "HERE", "jti": ALICE}}, "invalid_request"),
        ({"sub_id": {"format": "iss_sub", "iss": OTHER_ISSUER, "sub": ALICE}}, "invalid_request"),
        ({"sub_id": {"format": "complex", "user": 5, "session": 5}}, "invalid_request"),
        ({"events": None}, "invalid_request"),
        ({"events": []}, "invalid_request"),
        ({"events": {}}, "invalid_request"),
        ({"events": {"https://evil.example.net/event": {"event_timestamp": 2**40}}}, "invalid_request"),
        ({"events": {SESSION_REVOKED: {}}}, "invalid_request"),
        ({"events": {SESSION_REVOKED: {"event_timestamp": "now"}}}, "invalid_request"),
        ({"events": {SESSION_REVOKED: {"event_timestamp": True}}}, "invalid_request"),
    ],
    ids=str,
)
def test_any_other_event_is_refused_and_changes_nothing(
    sandbox: Sandbox, changed: dict[str, Any], err: str
) -> None:
    """RFC 8935 §2.3, §2.4"""
    subject = changed.get("sub_id")
    if isinstance(subject, dict) and subject.get("iss") == "HERE":
        changed = {"sub_id": {**subject, "iss": sandbox.issuer}}
    reply = push(sandbox, event(sandbox, **changed))
    assert (reply.status_code, reply.json()["err"]) == (400, err)
    assert set(reply.json()) == {"err", "description"}
    assert reply.headers["Cache-Control"] == "no-store"
    assert sandbox.rows("denials") == sandbox.rows("not_before") == []


@pytest.mark.parametrize(
    ("session", "user"),
    [("jwt_id", "iss_sub of another"), ("jwt_id of another", "iss_sub"), ("iss_sub", "iss_sub")],
)
def test_both_parts_of_a_subject_must_be_right(sandbox: Sandbox, session: str, user: str) -> None:
    """Half of it would mean more tokens than the sender meant."""
    parts: dict[str, Any] = {
        "jwt_id": token_subject(sandbox),
        "jwt_id of another": token_subject(sandbox, iss=OTHER_ISSUER),
        "iss_sub": user_subject(sandbox),
        "iss_sub of another": user_subject(sandbox, iss=OTHER_ISSUER),
    }
    subject = {"format": "complex", "session": parts[session], "user": parts[user]}
    assert push(sandbox, event(sandbox, sub_id=subject)).status_code == 400
    assert sandbox.rows("denials") == sandbox.rows("not_before") == []


@pytest.mark.parametrize("sent", [b"", b"garbage", b"a.b.c", b"\xff.\xff.\xff", "\u00e4".encode()])
def test_what_is_no_jwt_is_refused(sandbox: Sandbox, sent: bytes) -> None:
    reply = push(sandbox, sent)
    assert (reply.status_code, reply.json()["err"]) == (400, "invalid_request")


def test_an_event_cannot_be_forged(sandbox: Sandbox) -> None:
    header, _, signature = event(sandbox).split(".")
    other = event(sandbox, sub_id=user_subject(sandbox)).split(".")[1]
    reply = push(sandbox, f"{header}.{other}.{signature}")
    assert (reply.status_code, reply.json()["err"]) == (400, "invalid_key")
    assert sandbox.rows("denials") == []


def test_an_access_token_is_no_event(sandbox: Sandbox) -> None:
    assert push(sandbox, tokens_for(sandbox)["access_token"]).status_code == 400


def test_the_signer_must_be_known(sandbox: Sandbox) -> None:
    """Without keys nobody can tell, and the sender may try again."""
    sandbox.set(jwks_down=True)
    reply = push(sandbox, event(sandbox))
    assert (reply.status_code, reply.headers["Retry-After"]) == (503, "5")
    assert sandbox.rows("denials") == []


def test_events_come_by_post_alone(sandbox: Sandbox) -> None:
    reply = requests.get(f"{sandbox.api}/events", timeout=5)
    assert (reply.status_code, reply.headers["Allow"]) == (405, "POST")


def test_an_event_about_a_user_ends_all_that_was_issued_until_then(sandbox: Sandbox) -> None:
    for mode in EVENT_MODES:
        sandbox.reset()
        sandbox.set(api_validation=mode)
        old = [tokens_for(sandbox)["access_token"] for _ in range(2)]
        bob = sandbox.sign_in("bob@acme.test")["access_token"]
        sandbox.clock.advance(seconds=10)
        push(sandbox, event(sandbox, sub_id=user_subject(sandbox)))
        same_second = tokens_for(sandbox)["access_token"]
        sandbox.clock.advance(seconds=1)
        later = tokens_for(sandbox)["access_token"]
        assert [call(sandbox, token).status_code for token in (*old, same_second)] == [401] * 3
        assert [call(sandbox, token).status_code for token in (later, bob)] == [200] * 2


def test_an_event_about_a_token_without_a_user_ends_that_one(sandbox: Sandbox) -> None:
    assert push(sandbox, event(sandbox, sub_id=token_subject(sandbox))).status_code == 202
    assert sandbox.rows("denials") == [{"subject": JTI, "since": sandbox.clock.now()}]
    assert sandbox.rows("not_before") == []


def test_an_old_event_that_comes_late_takes_nothing_back(sandbox: Sandbox) -> None:
    """A row moves forward only: the same event again changes nothing (RFC 8935 §2)."""
    first = event(sandbox, sub_id=user_subject(sandbox))
    push(sandbox, first)
    sandbox.clock.advance(seconds=10)
    push(sandbox, event(sandbox, sub_id=user_subject(sandbox)))
    rows = sandbox.rows("denials"), sandbox.rows("not_before")
    assert push(sandbox, first).status_code == 202
    assert (sandbox.rows("denials"), sandbox.rows("not_before")) == rows
    assert rows[0] == [{"subject": ALICE, "since": sandbox.clock.now()}]
    assert rows[1] == [{"uid": ALICE, "since": sandbox.clock.now()}]


def test_a_revoked_token_stands_on_the_list_by_its_name(sandbox: Sandbox) -> None:
    """Not by a hash of the token: a lenient verifier takes several spellings of one."""
    sandbox.set(api_validation="denylist")
    token = tokens_for(sandbox)["access_token"]
    ask(sandbox, "revoke", token=token)
    claims = jwt.decode(token, options={"verify_signature": False})
    assert sandbox.rows("denials") == [{"subject": claims["jti"], "since": sandbox.clock.now()}]


def test_a_name_of_a_user_that_is_none_is_refused(sandbox: Sandbox) -> None:
    for mode in (*EVENT_MODES, "local"):
        sandbox.set(api_validation=mode)
        assert call(sandbox, sandbox.mint(uid=["x"])).status_code == 401
        assert call(sandbox, sandbox.mint(uid=5)).status_code == 401


def test_what_was_revoked_is_forgotten_when_no_token_can_be_left(sandbox: Sandbox) -> None:
    push(sandbox, event(sandbox))
    sandbox.clock.advance(hours=24)
    sweep(sandbox.store, sandbox.clock.now())
    assert len(sandbox.rows("denials")) == len(sandbox.rows("not_before")) == 1
    sandbox.clock.advance(minutes=1)
    sweep(sandbox.store, sandbox.clock.now())
    assert sandbox.rows("denials") == sandbox.rows("not_before") == []


def test_the_clocks_need_not_agree_for_an_event(sandbox: Sandbox) -> None:
    sandbox.set(clock_skew_seconds=-300, api_validation="denylist")
    assert push(sandbox, event(sandbox)).status_code == 202


def test_an_event_that_was_changed_on_the_way_names_the_key(sandbox: Sandbox) -> None:
    """RFC 8935 §2.4"""
    header, _, signature = event(sandbox).split(".")
    reply = push(sandbox, f"{header}.{event(sandbox, jti='another').split('.')[1]}.{signature}")
    assert (reply.status_code, reply.json()["err"]) == (400, "invalid_key")


def test_an_event_that_cannot_be_checked_now_may_come_again(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot_tell(*_: object, **__: object) -> object:
        raise CannotTell

    sent = event(sandbox)
    monkeypatch.setattr(TrustedIssuer, "verified", cannot_tell)
    reply = push(sandbox, sent)
    assert (reply.status_code, reply.json()) == (503, {"error": "authorization_server_unreachable"})
    assert reply.headers["Retry-After"] == "5"
