"""Which revocations the API is told of, and in what words."""

from typing import Any

import jwt
import pytest
import requests
from werkzeug.test import Client

from sessions_sandbox import Sandbox
from tests.sessions_sandbox.flows import ask, deactivate, is_active, refresh, tokens_for

SESSION_REVOKED = "https://schemas.openid.net/secevent/caep/event-type/session-revoked"
ALICE = "00u1aliceacmetest00a"


def pushed(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The claims of all events that were sent."""
    sent = sandbox.exchanges("api.acme.test", "/events")
    return [jwt.decode(entry["request_body"], options={"verify_signature": False}) for entry in sent]


def jti_of(token: str) -> str:
    return str(jwt.decode(token, options={"verify_signature": False})["jti"])


@pytest.mark.parametrize("mode", ["denylist", "not_before"])
def test_the_event_of_a_revoked_token(sandbox: Sandbox, mode: str) -> None:
    """RFC 8417 §2.2, §2.3; RFC 8935 §2.1; CAEP 1.0 §3.1. There is no `sub` and no `exp`, on purpose."""
    sandbox.set(api_validation=mode)
    token = tokens_for(sandbox)["access_token"]
    sandbox.clock.advance(seconds=5)
    ask(sandbox, "revoke", token=token)
    (entry,) = sandbox.exchanges("api.acme.test", "/events")
    assert (entry["method"], entry["status"], entry["sender"]) == ("POST", 202, "idp.acme.test")
    assert ["Content-Type", "application/secevent+jwt"] in entry["request_headers"]
    assert ["Accept", "application/json"] in entry["request_headers"]
    header = jwt.get_unverified_header(entry["request_body"])
    assert (header["typ"], header["alg"]) == ("secevent+jwt", "RS256")
    (claims,) = pushed(sandbox)
    now, iss = sandbox.clock.now(), sandbox.issuer
    jti = claims.pop("jti")
    assert len(jti) == 43
    assert claims == {
        "iss": iss,
        "iat": now,
        "aud": "https://api.acme.test",
        "sub_id": {
            "format": "complex",
            "session": {"format": "jwt_id", "iss": iss, "jti": jti_of(token)},
            "user": {"format": "iss_sub", "iss": iss, "sub": ALICE},
        },
        "events": {SESSION_REVOKED: {"event_timestamp": now}},
    }
    assert sandbox.log()[-2]["event"] == "security_event.taken"
    assert sandbox.log()[-2]["detail"] == jti


def test_the_token_of_a_client_alone_has_no_user(sandbox: Sandbox) -> None:
    sandbox.set(api_validation="denylist")
    reply = ask(sandbox, "token", "svc", grant_type="client_credentials", scope="orders:read")
    token = reply.json()["access_token"]
    ask(sandbox, "revoke", "svc", token=token)
    (claims,) = pushed(sandbox)
    assert claims["sub_id"] == {"format": "jwt_id", "iss": sandbox.issuer, "jti": jti_of(token)}


def test_a_user_who_is_switched_off(sandbox: Sandbox) -> None:
    sandbox.set(api_validation="denylist")
    sandbox.admin.deactivate("alice@acme.test")
    (claims,) = pushed(sandbox)
    assert claims["sub_id"] == {"format": "iss_sub", "iss": sandbox.issuer, "sub": ALICE}
    sandbox.admin.activate("alice@acme.test")
    assert len(pushed(sandbox)) == 1


def test_a_grant_ends_with_an_event_for_each_token_that_counts(sandbox: Sandbox) -> None:
    """Not for one that has expired, nor again for one that was revoked before."""
    sandbox.set(api_validation="denylist")
    first = tokens_for(sandbox)
    refresh(sandbox, first["refresh_token"])
    sandbox.clock.advance(hours=1)
    counting = [refresh(sandbox, first["refresh_token"]).json()["access_token"] for _ in range(3)]
    ask(sandbox, "revoke", token=counting.pop())
    ask(sandbox, "revoke", token=first["refresh_token"])
    named = [claims["sub_id"]["session"]["jti"] for claims in pushed(sandbox)[1:]]
    assert named == [jti_of(token) for token in counting]
    ask(sandbox, "revoke", token=counting[0])
    assert len(pushed(sandbox)) == 3


@pytest.mark.parametrize("mode", ["naive", "local", "introspection", "hybrid", "status_list"])
def test_nobody_is_told_who_does_not_listen(sandbox: Sandbox, mode: str) -> None:
    sandbox.set(api_validation=mode)
    ask(sandbox, "revoke", token=tokens_for(sandbox)["access_token"])
    sandbox.admin.deactivate("alice@acme.test")
    assert pushed(sandbox) == []


def test_other_servers_have_nothing_to_tell_this_api(sandbox: Sandbox) -> None:
    sandbox.set(api_validation="denylist")
    tokens = sandbox.sign_in("alice@acme.test", issuer=sandbox.payments_issuer)
    url = sandbox.payments_issuer + "/v1/revoke"
    web = sandbox.client("web").credentials
    assert requests.post(url, {"token": tokens["access_token"]}, auth=web, timeout=5).status_code == 200
    ask(sandbox, "revoke", org=True, token=tokens_for(sandbox, org=True)["refresh_token"])
    assert pushed(sandbox) == []


def test_an_event_that_is_not_taken_is_lost(sandbox: Sandbox) -> None:
    """The revocation stands all the same, and the log says what happened."""
    sandbox.set(api_validation="denylist")
    token = tokens_for(sandbox)["access_token"]
    sandbox.set(jwks_down=True)
    assert ask(sandbox, "revoke", token=token).status_code == 200
    assert not is_active(sandbox, token)
    assert sandbox.log()[-2]["event"] == "security_event.lost"


def test_an_api_that_is_not_there_hears_nothing(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object, **__: object) -> requests.Response:
        raise requests.ConnectionError

    sandbox.set(api_validation="denylist")
    token = tokens_for(sandbox)["access_token"]
    monkeypatch.setattr("sessions_sandbox.authorization_server.events.send", unreachable)
    assert ask(sandbox, "revoke", token=token).status_code == 200
    assert sandbox.log()[-2]["event"] == "security_event.lost"


def test_a_row_that_is_changed_behind_the_server_tells_nobody(sandbox: Sandbox) -> None:
    sandbox.set(api_validation="denylist")
    deactivate(sandbox, "alice@acme.test")
    assert pushed(sandbox) == []


def test_every_process_that_shares_the_store_knows(sandbox: Sandbox) -> None:
    sandbox.set(api_validation="denylist")
    token = tokens_for(sandbox)["access_token"]
    elsewhere = Client(Sandbox(sandbox.store))

    def orders() -> int:
        headers = {"Host": "api.acme.test", "Authorization": f"Bearer {token}"}
        return elsewhere.get("/orders", headers=headers).status_code

    assert orders() == 200
    ask(sandbox, "revoke", token=token)
    assert orders() == 401
