"""Lifetimes: those that a switch sets hold wherever a server says or checks how long something lives."""

from typing import Any

import jwt
import pytest

from sessions_sandbox import Sandbox, SandboxError
from sessions_sandbox.lifetimes import LIFETIMES, MAXIMUM, MINIMUM, remarks, with_lifetimes
from sessions_sandbox.seed import CUSTOM, ORG, SERVERS
from sessions_sandbox.switches import KINDS, MOST, Switches
from tests.sessions_sandbox.flows import ask, code_for, error_of, is_active, redeem, refresh, tokens_for

DAY = 86400


def claims_of(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


@pytest.mark.parametrize("org", [False, True])
@pytest.mark.parametrize("seconds", [2, 300, DAY])
def test_an_access_token_lives_as_long_as_the_switch_says(sandbox: Sandbox, org: bool, seconds: int) -> None:
    """T-INT-2: at its end it is inactive, and `expires_in` and `exp` had said so."""
    sandbox.set(access_token_seconds=seconds)
    tokens = tokens_for(sandbox, org=org)
    start = sandbox.clock.now()
    claims = claims_of(tokens["access_token"])
    assert (tokens["expires_in"], claims["iat"], claims["exp"]) == (seconds, start, start + seconds)
    answer = ask(sandbox, "introspect", "rs", org=org, token=tokens["access_token"]).json()
    assert answer["exp"] == start + seconds
    assert claims_of(tokens["id_token"])["exp"] == start + 3600
    sandbox.clock.advance(seconds=seconds - 1)
    assert is_active(sandbox, tokens["access_token"], org=org)
    sandbox.clock.advance(seconds=1)
    assert not is_active(sandbox, tokens["access_token"], org=org)


def test_so_does_one_of_a_refresh_and_one_of_a_client(sandbox: Sandbox) -> None:
    first = tokens_for(sandbox)
    sandbox.set(access_token_seconds=60)
    second = refresh(sandbox, first["refresh_token"]).json()
    own = ask(sandbox, "token", "svc", grant_type="client_credentials", scope="orders:read").json()
    for tokens, seconds in ((first, 3600), (second, 60), (own, 60)):
        claims = claims_of(tokens["access_token"])
        assert tokens["expires_in"] == claims["exp"] - claims["iat"] == seconds
    sandbox.set(access_token_seconds=None)
    assert refresh(sandbox, first["refresh_token"]).json()["expires_in"] == 3600


@pytest.mark.parametrize("org", [False, True])
def test_an_id_token_lives_as_long_as_the_switch_says(sandbox: Sandbox, org: bool) -> None:
    sandbox.set(id_token_seconds=30)
    tokens = tokens_for(sandbox, org=org)
    claims = claims_of(tokens["id_token"])
    assert (claims["exp"] - claims["iat"], tokens["expires_in"]) == (30, 3600)
    sandbox.clock.advance(seconds=29)
    assert is_active(sandbox, tokens["id_token"], org=org)
    sandbox.clock.advance(seconds=1)
    assert not is_active(sandbox, tokens["id_token"], org=org)


@pytest.mark.parametrize("org", [False, True])
@pytest.mark.parametrize(("switch", "life"), [(None, 300), (10, 10), (600, 600)])
def test_a_code_lives_as_long_as_the_switch_says(
    sandbox: Sandbox, org: bool, switch: int | None, life: int
) -> None:
    """T-TOK-3"""
    sandbox.set(authorization_code_seconds=switch)
    in_time, late = code_for(sandbox, org=org), code_for(sandbox, org=org)
    sandbox.clock.advance(seconds=life - 1)
    assert redeem(sandbox, in_time, org=org).status_code == 200
    sandbox.clock.advance(seconds=1)
    assert error_of(redeem(sandbox, late, org=org)) == (400, "invalid_grant")


@pytest.mark.parametrize("org", [False, True])
@pytest.mark.parametrize("client", ["web", "spa"])
def test_a_refresh_token_may_lie_unused_as_long_as_the_switch_says(
    sandbox: Sandbox, client: str, org: bool
) -> None:
    """T-RT-6"""
    sandbox.set(refresh_idle_seconds=60)
    token = tokens_for(sandbox, client, org=org)["refresh_token"]
    sandbox.set(refresh_idle_seconds=None)
    for _ in range(3):
        sandbox.clock.advance(seconds=59)
        assert is_active(sandbox, token, org=org)
        reply = refresh(sandbox, token, client, org=org)
        assert reply.status_code == 200
        token = reply.json()["refresh_token"]
    sandbox.clock.advance(seconds=60)
    assert not is_active(sandbox, token, org=org)
    assert error_of(refresh(sandbox, token, client, org=org)) == (400, "invalid_grant")


def test_the_absolute_end_comes_also_before_the_idle_one(sandbox: Sandbox) -> None:
    """T-RT-5, T-RT-11: at the Org server 90 days, unless a switch says otherwise."""
    sandbox.set(refresh_token_seconds=100, refresh_idle_seconds=60)
    token = tokens_for(sandbox, org=True)["refresh_token"]
    sandbox.clock.advance(seconds=59)
    assert refresh(sandbox, token, org=True).status_code == 200
    sandbox.clock.advance(seconds=40)
    assert is_active(sandbox, token, org=True)
    sandbox.clock.advance(seconds=1)
    assert not is_active(sandbox, token, org=True)


@pytest.mark.parametrize("name", LIFETIMES)
def test_each_lifetime_is_a_setting_and_a_switch(name: str) -> None:
    """And a switch sets it at each server, and no other."""
    for server in SERVERS:
        assert with_lifetimes(server, Switches()) == server
        switches = Switches()
        switches.set(**{name: 77})
        turned = with_lifetimes(server, switches)
        differing = {key for key, value in vars(turned).items() if value != vars(server)[key]}
        assert (differing, getattr(turned, name)) == ({name}, 77)


def test_other_servers_settings_stay(sandbox: Sandbox) -> None:
    sandbox.set(access_token_seconds=5)
    assert (CUSTOM.access_token_seconds, ORG.access_token_seconds) == (3600, 3600)


@pytest.mark.parametrize(
    ("turned", "said"),
    [
        ({"access_token_seconds": 299}, ["access_token_seconds is 299: Okta's minimum is 5 min"]),
        ({"access_token_seconds": 300}, []),
        ({"access_token_seconds": DAY}, []),
        ({"access_token_seconds": None}, []),
        ({"id_token_seconds": 299}, ["id_token_seconds is 299: Okta's minimum is 5 min"]),
        ({"id_token_seconds": 300}, []),
        ({"refresh_idle_seconds": 299}, ["refresh_idle_seconds is 299: Okta's minimum is 5 min"]),
        ({"refresh_idle_seconds": 300}, []),
        ({"refresh_token_seconds": 599}, ["refresh_token_seconds is 599: Okta's minimum is 10 min"]),
        ({"refresh_token_seconds": 600}, []),
        ({"refresh_token_seconds": 1825 * DAY}, []),
        (
            {"refresh_token_seconds": 1825 * DAY + 1},
            ["refresh_token_seconds is 157680001: Okta's maximum is 5 years"],
        ),
        ({"authorization_code_seconds": 299}, ["authorization_code_seconds is 299: Okta's minimum is 5 min"]),
        ({"authorization_code_seconds": 300}, []),
        ({"authorization_code_seconds": 301}, ["authorization_code_seconds is 301: Okta's maximum is 5 min"]),
        ({"latency_ms": 1, "rotation": True}, []),
    ],
)
def test_the_log_says_what_okta_does_not_allow(
    sandbox: Sandbox, turned: dict[str, Any], said: list[str]
) -> None:
    sandbox.set(**turned)
    assert list(remarks(turned)) == said
    assert [(row["event"], row["detail"], row["time"]) for row in sandbox.log()] == [
        ("sandbox.switch", detail, sandbox.clock.now()) for detail in said
    ]


def test_the_log_says_each_and_nothing_of_a_refused_one(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxError, match="the switch id_token_seconds takes"):
        sandbox.set(access_token_seconds=5, id_token_seconds=0)
    assert sandbox.log() == []
    sandbox.set(id_token_seconds=None, access_token_seconds=5, refresh_idle_seconds=2)
    named = [row["detail"].split()[0] for row in sandbox.log()]
    assert named == ["access_token_seconds", "refresh_idle_seconds"]


def test_no_switch_takes_more_than_okta_allows_and_is_silent() -> None:
    assert set(MINIMUM) == set(LIFETIMES)
    assert {name for name in LIFETIMES if KINDS[name] not in MOST} <= set(MAXIMUM)


@pytest.mark.parametrize(
    ("client", "rotation", "rotates"),
    [
        ("web", None, False),
        ("native", None, False),
        ("spa", None, True),
        *((client, rotation, rotation) for client in ("web", "native", "spa") for rotation in (True, False)),
    ],
)
@pytest.mark.parametrize("org", [False, True])
def test_refresh_tokens_rotate_as_the_switch_says(
    sandbox: Sandbox, client: str, rotation: bool | None, rotates: bool, org: bool
) -> None:
    """T-RT-1, T-RT-2: and families that are there stay as they are."""
    sandbox.set(rotation=rotation)
    first = tokens_for(sandbox, client, org=org)["refresh_token"]
    sandbox.set(rotation=not rotates)
    second = refresh(sandbox, first, client, org=org).json()["refresh_token"]
    assert (second != first) is rotates
    (family,) = sandbox.rows("refresh_families")
    assert (family["rotates"], family["live"]) == (rotates, 1 + rotates)


@pytest.mark.parametrize(("seconds", "status"), [(0, 400), (20, 200)])
def test_a_client_that_is_made_to_rotate_has_the_grace_it_is_set_up_with(
    sandbox: Sandbox, seconds: int, status: int
) -> None:
    """T-RT-3, T-RT-4: `web` has none, unless `refresh_grace_seconds` gives it one."""
    sandbox.set(rotation=True, refresh_grace_seconds=seconds or None)
    first = tokens_for(sandbox, "web")["refresh_token"]
    second = refresh(sandbox, first).json()["refresh_token"]
    assert refresh(sandbox, first).status_code == status
    assert is_active(sandbox, second) is (status == 200)
