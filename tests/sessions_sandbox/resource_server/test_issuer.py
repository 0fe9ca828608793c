"""JWTs of the issuer: their type, their times by the API's own clock, and where they come from."""

import urllib.request
from typing import Any

import jwt
import pytest

from sessions_sandbox import Sandbox
from sessions_sandbox.key_ring import POOLS
from sessions_sandbox.keys import test_only_key as fixed_key
from sessions_sandbox.resource_server.issuer import (
    ProcessClock,
    TrustedIssuer,
    check_times,
    headers_for,
)
from sessions_sandbox.resource_server.strategy import CannotTell, InvalidToken
from tests.sessions_sandbox.flows import tokens_for
from tests.sessions_sandbox.resource_server.test_app import call


def signed(claims: dict[str, Any], typ: str | None = None) -> str:
    """By the key with which the Custom authorization server signs."""
    return fixed_key(POOLS["default"][0]).sign(claims, typ=typ)


def issuer(sandbox: Sandbox) -> TrustedIssuer:
    return TrustedIssuer(sandbox.issuer, sandbox.clock)


@pytest.mark.parametrize(
    ("typ", "good"),
    [
        (None, True),
        ("at+jwt", True),
        ("application/at+jwt", True),
        ("secevent+jwt", False),
        ("logout+jwt", False),
        ("token-introspection+jwt", False),
        ("application/okta-internal-at+jwt", False),
    ],
)
def test_a_jwt_of_another_type_is_no_access_token(sandbox: Sandbox, typ: str | None, good: bool) -> None:
    """RFC 8725 §3.11, whatever its claims say."""
    now = sandbox.clock.now()
    claims = {"iss": sandbox.issuer, "aud": "api://default", "iat": now, "exp": now + 9, "sub": "s"}
    token = signed({**claims, "jti": "j", "cid": "c", "scp": ["orders:read"]}, typ)
    assert call(sandbox, token).status_code == (200 if good else 401)


def test_a_token_is_spelled_in_one_way(sandbox: Sandbox) -> None:
    """RFC 7515 §2: base64url without padding, which PyJWT would take."""
    token = tokens_for(sandbox)["access_token"]
    assert call(sandbox, token).status_code == 200
    for other in (f"{token}=", f"{token}=="):
        assert call(sandbox, other).status_code == 401


def test_at_jwt_is_taken_as_the_server_sends_it(sandbox: Sandbox) -> None:
    sandbox.set(rfc9068=True)
    assert call(sandbox, tokens_for(sandbox)["access_token"]).status_code == 200


@pytest.mark.parametrize(
    ("times", "good"),
    [
        ({}, True),
        ({"exp": 1}, True),
        ({"exp": 0}, False),
        ({"exp": 0.5}, True),
        ({"nbf": 0}, True),
        ({"nbf": 1}, False),
        ({"iat": 1}, True),
        ({"exp": "9"}, False),
        ({"nbf": "0"}, False),
        ({"iat": "0"}, False),
        ({"iat": [0]}, False),
        ({"exp": float("nan")}, False),
        ({"nbf": float("nan")}, False),
    ],
    ids=str,
)
def test_times_are_compared_with_the_clock(sandbox: Sandbox, times: dict[str, Any], good: bool) -> None:
    """RFC 7519 §4.1.4, §4.1.5: seconds from now on, as numbers."""
    now = sandbox.clock.now()
    moved = {name: now + value if isinstance(value, int | float) else value for name, value in times.items()}
    token = signed({"iss": sandbox.issuer, "aud": "a", **moved})
    if good:
        assert issuer(sandbox).verified(token, types=(None,), audience="a", require=[])["aud"] == "a"
    else:
        with pytest.raises(InvalidToken):
            issuer(sandbox).verified(token, types=(None,), audience="a", require=[])


def test_a_jwt_for_somebody_is_not_for_all(sandbox: Sandbox) -> None:
    read = issuer(sandbox).verified
    assert read(signed({"iss": sandbox.issuer}), types=(None,), require=["iss"])
    for claims in ({"iss": sandbox.issuer, "aud": "a"}, {"iss": "https://evil.example.net"}, {}):
        with pytest.raises(InvalidToken):
            read(signed(claims), types=(None,), require=["iss"])


def test_without_keys_nothing_can_be_told(sandbox: Sandbox) -> None:
    sandbox.set(jwks_down=True)
    with pytest.raises(CannotTell):
        issuer(sandbox).key(sandbox.mint())


def test_the_clock_of_the_process_will_do(sandbox: Sandbox) -> None:
    sandbox.clock.advance(days=1)
    assert ProcessClock().now() == sandbox.clock.now()
    assert TrustedIssuer().clock.now() == sandbox.clock.now()


@pytest.mark.parametrize("mode", ["local", "denylist", "not_before", "hybrid", "status_list"])
def test_a_clock_that_is_ahead_takes_tokens_for_expired(sandbox: Sandbox, mode: str) -> None:
    sandbox.set(api_validation=mode, clock_skew_seconds=120)
    token = tokens_for(sandbox)["access_token"]
    sandbox.clock.advance(seconds=3600 - 121)
    assert call(sandbox, token).status_code == 200
    sandbox.clock.advance(seconds=1)
    assert call(sandbox, token).status_code == 401
    sandbox.set(clock_skew_seconds=0)
    assert call(sandbox, token).status_code == 200


@pytest.mark.parametrize("mode", ["local", "denylist", "not_before", "hybrid"])
def test_a_clock_that_is_behind_takes_new_tokens_for_early(sandbox: Sandbox, mode: str) -> None:
    sandbox.set(api_validation=mode, clock_skew_seconds=-120)
    token = tokens_for(sandbox)["access_token"]
    sandbox.clock.advance(seconds=119)
    assert call(sandbox, token).status_code == 401
    sandbox.clock.advance(seconds=1)
    assert call(sandbox, token).status_code == 200
    sandbox.clock.advance(seconds=3600 - 1)
    assert call(sandbox, token).status_code == 200
    sandbox.clock.advance(seconds=1)
    assert call(sandbox, token).status_code == 401


@pytest.mark.parametrize("skew", [120, -120])
def test_who_asks_needs_no_clock_of_its_own(sandbox: Sandbox, skew: int) -> None:
    sandbox.set(api_validation="introspection", clock_skew_seconds=skew)
    token = tokens_for(sandbox)["access_token"]
    assert call(sandbox, token).status_code == 200
    sandbox.clock.advance(seconds=3599)
    assert call(sandbox, token).status_code == 200
    sandbox.clock.advance(seconds=1)
    assert call(sandbox, token).status_code == 401


@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
@pytest.mark.parametrize("value", [float("inf"), float("-inf")])
def test_a_time_is_a_number_that_ends(name: str, value: float) -> None:
    with pytest.raises(InvalidToken):
        check_times({name: value}, 0)


def test_an_issuer_is_asked_under_the_name_that_clients_know() -> None:
    assert headers_for("http://idp.localhost:8600/x") == {
        "User-Agent": "api.acme.test",
        "Host": "idp.localhost:8600",
        "X-Forwarded-Proto": "http",
    }


def test_the_algorithm_is_that_of_the_issuer(sandbox: Sandbox) -> None:
    """Its key may say none, and then PyJWT would take what it thinks fit for an RSA key."""
    key = fixed_key(POOLS["default"][0])
    claims = {"iss": sandbox.issuer, "aud": "a"}
    for algorithm in ("RS384", "PS256"):
        token = jwt.encode(claims, key.private_key, algorithm, {"kid": key.kid})
        with pytest.raises(InvalidToken):
            issuer(sandbox).verified(token, types=("JWT",), audience="a", require=[])


@pytest.mark.parametrize("algorithm", ["PS256", "RS512"])
def test_no_key_of_the_issuer_brings_another_algorithm(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, algorithm: str
) -> None:
    """RFC 8725 §3.1: which are good is for the API to say, also where a published key names one."""
    key = fixed_key(POOLS["default"][0])
    trusted = issuer(sandbox)
    published = jwt.PyJWK({**key.public_jwk, "alg": algorithm})
    monkeypatch.setattr(trusted, "key", lambda token: published)
    token = jwt.encode({"iss": sandbox.issuer}, key.private_key, algorithm, {"typ": None})
    assert jwt.decode(token, published)
    with pytest.raises(InvalidToken):
        trusted.verified(token, types=(None,), require=[])


class Ahead:
    """The clock of an API that is a minute ahead."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._clock = sandbox.clock

    def now(self) -> int:
        return self._clock.now() + 60


def test_no_clock_but_that_of_the_api_is_asked(sandbox: Sandbox) -> None:
    """What may be used from now on by its clock, in a minute by that of the process."""
    trusted = TrustedIssuer(sandbox.issuer, Ahead(sandbox))
    now = sandbox.clock.now() + 60
    claims = {"iss": sandbox.issuer, "nbf": now, "iat": now, "exp": now + 1}
    assert trusted.verified(signed(claims), types=(None,), require=[]) == claims
    with pytest.raises(InvalidToken):
        trusted.verified(signed({**claims, "nbf": now + 1}), types=(None,), require=[])


@pytest.mark.parametrize("name", ["https://idp.acme.test", "http://idp.localhost:8600"])
def test_keys_are_asked_for_under_names_and_not_for_ever(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Under the API's own, at the one by which the clients know the issuer."""
    waited = []
    open_url = urllib.request.OpenerDirector.open

    def noting(self: Any, url: Any, data: Any = None, timeout: Any = None) -> Any:
        waited.append(timeout)
        return open_url(self, url, data, timeout)

    monkeypatch.setattr(urllib.request.OpenerDirector, "open", noting)
    assert TrustedIssuer(f"{name}/oauth2/default", sandbox.clock).key(sandbox.mint())
    (asked,) = sandbox.exchanges(path="/keys")
    assert (asked["sender"], asked["url"]) == ("api.acme.test", f"{name}/oauth2/default/v1/keys")
    assert waited == [5]
