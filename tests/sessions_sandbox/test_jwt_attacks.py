"""No attack on a JWT gets through: not at the API, not at the authorization server (RFC 8725).

And nobody is asked on the way but the issuer, for its keys: a token sends no verifier anywhere.
"""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

from sessions_sandbox import Sandbox
from sessions_sandbox.key_ring import POOLS
from sessions_sandbox.keys import test_only_key as fixed_key
from sessions_sandbox.seed import PAYMENTS
from tests.sessions_sandbox.flows import ask
from tests.sessions_sandbox.jwt_attacks import FORGED, two_names
from tests.sessions_sandbox.jwt_forgery import Original

NOW = 1767603600
LATER = NOW + 600
CLAIMS = ("exp", "iat", "iss", "aud", "sub", "jti", "cid", "scp")


@dataclass
class Verifiers:
    """Whoever reads a JWT in the sandbox; each says whether it takes one."""

    sandbox: Sandbox
    access: Original
    identity: Original
    connections: list[Any] = field(default_factory=list)

    def api(self, token: str) -> bool:
        reply = self._with(f"{self.sandbox.api}/orders", token)
        if reply.status_code == 401:
            assert reply.headers["WWW-Authenticate"] == 'Bearer realm="orders", error="invalid_token"'
        return _taken(reply, refused=401)

    def userinfo(self, token: str) -> bool:
        return _taken(self._with(f"{self.sandbox.issuer}/v1/userinfo", token), refused=401)

    def introspection(self, token: str) -> bool:
        reply = ask(self.sandbox, "introspect", "rs", token=token)
        assert reply.status_code == 200
        return bool(reply.json() != {"active": False})

    def logout(self, token: str) -> bool:
        url = f"{self.sandbox.issuer}/v1/logout"
        return _taken(requests.post(url, {"id_token_hint": token}, timeout=5), refused=400)

    def _with(self, url: str, token: str) -> requests.Response:
        return requests.get(url, headers={"Authorization": f"Bearer {token}".encode()}, timeout=5)

    def takers(self, of_access: str, of_identity: str) -> set[str]:
        """Who takes which of the two. Fails if anybody was asked who should not be."""
        before = len(self.sandbox.exchanges())
        found = {
            name
            for name, takes, token in (
                ("api", self.api, of_access),
                ("userinfo", self.userinfo, of_access),
                ("introspection of the access token", self.introspection, of_access),
                ("introspection of the ID token", self.introspection, of_identity),
                ("logout", self.logout, of_identity),
            )
            if takes(token)
        }
        asked = [exchange["url"] for exchange in self.sandbox.exchanges()[before:]]
        base = f"{self.sandbox.issuer}/v1"
        own = [
            f"{self.sandbox.api}/orders",
            f"{base}/userinfo",
            *[f"{base}/introspect"] * 2,
            f"{base}/logout",
        ]
        assert sorted(set(asked) - {f"{base}/keys"}) == sorted(set(own))
        assert [url for url in asked if not url.endswith("/keys")] == own
        assert self.connections == []
        return found


def _taken(reply: requests.Response, refused: int) -> bool:
    assert reply.status_code in (200, refused), reply.text
    return reply.status_code == 200


@pytest.fixture(scope="module")
def verifiers() -> Iterator[Verifiers]:
    """Both tokens of a sign-in, where they are good; connections to anywhere else are noted and refused."""
    with Sandbox() as sandbox, pytest.MonkeyPatch.context() as patch:
        tokens = sandbox.sign_in("alice@acme.test")
        key = fixed_key(POOLS["default"][0])
        found = Verifiers(sandbox, Original(tokens["access_token"], key), Original(tokens["id_token"], key))

        def connect(*where: Any, **options: Any) -> Any:
            found.connections.append(where)
            raise OSError("the test refuses connections")

        for name in ("getaddrinfo", "gethostbyname"):
            patch.setattr(socket, name, connect)
        patch.setattr(socket.socket, "connect", connect)
        yield found


EVERYBODY = {
    *("api", "userinfo", "introspection of the access token", "introspection of the ID token", "logout"),
}


def test_the_original_is_taken(verifiers: Verifiers) -> None:
    assert verifiers.takers(verifiers.access.token, verifiers.identity.token) == EVERYBODY


def test_a_good_signature_by_hand_is_taken(verifiers: Verifiers) -> None:
    """Otherwise no attack below would show anything."""
    again = verifiers.access.with_claims(scp=["orders:read", "openid"])
    assert again != verifiers.access.token
    assert verifiers.api(again)
    again = verifiers.identity.with_claims(nonce="another")
    assert verifiers.introspection(again)
    assert verifiers.logout(again)


@pytest.mark.parametrize("attack", FORGED, ids=" ".join)
def test_a_forged_token_is_refused_by_all(verifiers: Verifiers, attack: tuple[str, str]) -> None:
    of_access, of_identity = (FORGED[attack](good) for good in (verifiers.access, verifiers.identity))
    assert of_access != verifiers.access.token
    assert verifiers.takers(of_access, of_identity) == set()


NAN, INFINITY = float("nan"), float("inf")
OTHER_VALUES: dict[str, tuple[Any, ...]] = {
    "exp": (None, str(LATER), "never", "", True, [LATER], {}, -1, 0, -(10**30), NAN, INFINITY),
    "nbf": (NOW + 1, 10**30, str(NOW), "", True, [], NAN, -INFINITY),
    "iat": (NOW + 1, str(NOW), None, True, [], NAN, -INFINITY),
    "aud": (
        *("api://payments", "https://idp.acme.test", "api://default/", "api://defaul", "API://default", ""),
        *(
            "0oa1webacmetest0000w",
            [],
            ["api://payments"],
            [["api://default"]],
            ["api://default", 1],
            {},
            1,
            None,
        ),
    ),
    "iss": (
        *("https://idp.acme.test", "https://idp.acme.test/oauth2/default/", "", "https://", {}, 1, None),
        *("https://IDP.acme.test/oauth2/default", "http://idp.acme.test/oauth2/default", PAYMENTS.issuer),
        *("https://idp.acme.test/oauth2/default2", ["https://idp.acme.test/oauth2/default"]),
    ),
    "sub": (1, None, [], {}),
    "jti": (1, None, [], {}),
    "scp": ("orders:read", 1, None, {"orders:read": 1}, [["orders:read"]]),
}
WRONG: dict[str, dict[str, Any]] = {
    "expired": {"exp": NOW - 1},
    "expired in this second": {"exp": NOW},
    "expired a part of a second ago": {"exp": NOW - 0.5},
    **{f"{claim} {value!r}": {claim: value} for claim, values in OTHER_VALUES.items() for value in values},
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_claims_under_a_good_signature(verifiers: Verifiers, name: str) -> None:
    """RFC 8725 §3.8, §3.9; RFC 7519 §4.1; `None` is `null`."""
    assert not verifiers.api(verifiers.access.with_claims(**WRONG[name]))
    assert verifiers.connections == []


@pytest.mark.parametrize("claim", CLAIMS)
def test_each_claim_must_be_there(verifiers: Verifiers, claim: str) -> None:
    assert not verifiers.api(verifiers.access.with_claims(claim))


@pytest.mark.parametrize(
    ("claim", "value"), [("aud", "api://payments"), ("iss", PAYMENTS.issuer), ("exp", NOW), ("scp", 1)]
)
def test_the_last_of_two_claims_counts(verifiers: Verifiers, claim: str, value: object) -> None:
    """RFC 7519 §4"""
    assert not verifiers.api(two_names(claim, value)(verifiers.access))


NO_ID_TOKEN: dict[str, tuple[Any, ...]] = {
    "iss": (PAYMENTS.issuer, "https://idp.acme.test/oauth2/default/", 1),
    "aud": ("api://default", "0oa9nobody", ["0oa1webacmetest0000w"], 1, {}),
    "sub": (1, ["00u1aliceacmetest00a"]),
    "jti": ("AT.x", 1, [], ""),
}


@pytest.mark.parametrize(
    ("claim", "value"), [(claim, value) for claim, values in NO_ID_TOKEN.items() for value in values], ids=str
)
def test_what_is_no_id_token_of_a_client_here(verifiers: Verifiers, claim: str, value: object) -> None:
    """RFC 8725 §3.12: under a good signature, for introspection and for a logout."""
    token = verifiers.identity.with_claims(**{claim: value})
    assert not verifiers.introspection(token)
    assert not verifiers.logout(token)


@pytest.mark.parametrize(
    "typ",
    [
        *("JWT", "jwt", "id_token", "at", "dpop+jwt", "logout+jwt", "secevent+jwt", "", "at+jwt2", "at+jwt "),
        *("token-introspection+jwt", "application/okta-internal-at+jwt", 1, True, ["at+jwt"], {}),
    ],
    ids=repr,
)
def test_another_type_is_no_access_token(verifiers: Verifiers, typ: object) -> None:
    """RFC 8725 §3.11, with all that an access token has in it and a good signature."""
    good = verifiers.access
    assert not verifiers.api(good.signed({**good.header, "typ": typ}, good.claims))


@pytest.mark.parametrize(
    "claims",
    [{"aud": ["api://default", "api://payments"]}, {"exp": LATER + 0.5}, {"nbf": NOW}, {"acme": {"a": [1]}}],
    ids=str,
)
def test_what_is_no_attack(verifiers: Verifiers, claims: dict[str, Any]) -> None:
    """Several audiences, parts of seconds and unknown claims are allowed (RFC 7519 §4.1.3, §2, §4)."""
    assert verifiers.api(verifiers.access.with_claims(**claims))
