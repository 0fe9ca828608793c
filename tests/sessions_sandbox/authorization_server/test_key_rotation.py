"""The rotation of keys, as clients see it."""

import re
from typing import Any

import jwt
import pytest
import requests

from sessions_sandbox import Sandbox
from sessions_sandbox.keys import test_only_keys as all_keys
from tests.sessions_sandbox.flows import ask, is_active, tokens_for, url_of


class CachingVerifier:
    """Keeps the keys for as long as max-age says, by the sandbox's clock, and asks for no unknown key."""

    def __init__(self, sandbox: Sandbox, *, org: bool = False) -> None:
        self._sandbox = sandbox
        self._url = url_of(sandbox, "keys", org=org)
        self._keys: dict[str, Any] = {}
        self._until = 0
        self.tag = ""

    def accepts(self, token: str) -> bool:
        if self._sandbox.clock.now() >= self._until:
            self.fetch()
        key = self._keys.get(jwt.get_unverified_header(token)["kid"])
        if key is None:
            return False
        jwt.decode(token, key, algorithms=["RS256"], options={"verify_aud": False})
        return True

    def fetch(self) -> int:
        """Returns max-age, in seconds."""
        reply = requests.get(self._url, timeout=5)
        (age,) = re.findall(r"^max-age=(\d+), must-revalidate$", reply.headers["Cache-Control"])
        self._until = self._sandbox.clock.now() + int(age)
        self._keys = {key["kid"]: jwt.PyJWK(key) for key in reply.json()["keys"]}
        self.tag = reply.headers["ETag"]
        return int(age)


@pytest.mark.parametrize("planned", [0, 60, 5000, 9000])
def test_a_staged_rotation_refuses_nobody(sandbox: Sandbox, planned: int) -> None:
    """T-KEYS-2: whenever a client fetched the keys, and whenever in its life a token is used."""
    old, new = "", ""
    verifiers: list[CachingVerifier] = []

    def pass_time(seconds: int) -> None:
        nonlocal old, new
        for _ in range(seconds // 600):
            sandbox.clock.advance(600)
            old, new = new, tokens_for(sandbox, org=True)["id_token"]
            verifiers.append(CachingVerifier(sandbox, org=True))
            assert all(verifier.accepts(token) for verifier in verifiers for token in (new, old) if token)

    issuer = sandbox.org_issuer
    kids = set()
    pass_time(3600)
    for _ in range(2):
        sandbox.rotate_keys("publish", issuer=issuer, after=planned)
        pass_time(max(3600, planned // 600 * 600 + 600))
        kids.add(jwt.get_unverified_header(new)["kid"])
        sandbox.rotate_keys("sign", issuer=issuer)
        pass_time(3600)
        kids.add(jwt.get_unverified_header(new)["kid"])
        sandbox.rotate_keys("retire", issuer=issuer)
        pass_time(3600)
    assert len(kids) == 3


def test_max_age_shrinks_before_a_planned_step(sandbox: Sandbox) -> None:
    """T-KEYS-2"""
    client = CachingVerifier(sandbox)
    assert client.fetch() == 3600
    sandbox.rotate_keys("sign", after=5000)
    ages = [client.fetch()]
    for seconds in (1400, 1000, 2599):
        sandbox.clock.advance(seconds)
        ages.append(client.fetch())
    assert ages == [3600, 3600, 2600, 1]
    before = client.tag
    sandbox.clock.advance(1)
    assert client.fetch() == 3600
    assert client.tag == before, "the next key was published all along"
    assert jwt.get_unverified_header(sandbox.mint())["kid"] == list(client._keys)[1]


def test_the_tag_changes_with_the_keys(sandbox: Sandbox) -> None:
    """T-KEYS-2"""
    client = CachingVerifier(sandbox, org=True)
    client.fetch()
    before = client.tag
    sandbox.rotate_keys("publish", issuer=sandbox.org_issuer)
    headers = {"If-None-Match": before}
    reply = requests.get(url_of(sandbox, "keys", org=True), headers=headers, timeout=5)
    assert (reply.status_code, len(reply.json()["keys"])) == (200, 2)


def test_an_emergency_ends_tokens_of_the_old_key(sandbox: Sandbox) -> None:
    """T-KEYS-3: at once at the server, and with the end of its cache at whoever verifies for itself."""
    client = CachingVerifier(sandbox)
    tokens = tokens_for(sandbox)
    old = tokens["access_token"]
    assert client.accepts(old)
    sandbox.rotate_keys("emergency")
    assert not is_active(sandbox, old)
    assert not is_active(sandbox, tokens["id_token"])
    bearer = {"Authorization": f"Bearer {old}"}
    assert requests.get(url_of(sandbox, "userinfo"), headers=bearer, timeout=5).status_code == 401
    assert client.accepts(old), "it still has the old key"
    sandbox.clock.advance(3599)
    assert client.accepts(old)
    sandbox.clock.advance(1)
    assert not client.accepts(old)


def test_after_an_emergency_life_goes_on(sandbox: Sandbox) -> None:
    """T-KEYS-3: the next key was known beforehand, and refresh tokens are no JWTs."""
    client = CachingVerifier(sandbox)
    tokens = tokens_for(sandbox)
    client.fetch()
    sandbox.rotate_keys("emergency")
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    fresh = ask(sandbox, "token", **form).json()["access_token"]
    assert is_active(sandbox, fresh)
    assert client.accepts(fresh)
    (published,) = requests.get(url_of(sandbox, "keys"), timeout=5).json()["keys"]
    assert published["kid"] == jwt.get_unverified_header(fresh)["kid"]


def test_during_a_rotation_tokens_of_both_keys_are_active(sandbox: Sandbox) -> None:
    """T-KEYS-2"""
    old = tokens_for(sandbox)
    sandbox.rotate_keys("sign")
    new = tokens_for(sandbox)
    kids = {jwt.get_unverified_header(tokens["access_token"])["kid"] for tokens in (old, new)}
    assert len(kids) == 2
    for tokens in (old, new):
        assert is_active(sandbox, tokens["access_token"])
        assert is_active(sandbox, tokens["id_token"])


@pytest.mark.parametrize(
    ("number", "header"),
    [(2, {}), (2, {"kid": "x"}), (0, {}), (0, {"kid": "x"}), (0, {"kid": "another"}), (2, {"kid": "right"})],
)
def test_name_and_signature_must_be_of_one_key(sandbox: Sandbox, number: int, header: dict[str, str]) -> None:
    token = tokens_for(sandbox)["id_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    names = {"right": all_keys()[0].kid, "another": all_keys()[1].kid}
    named = {name: names.get(value, value) for name, value in header.items()}
    assert not is_active(sandbox, jwt.encode(claims, all_keys()[number].private_key, "RS256", named))
    right = {"kid": names["right"]}
    assert is_active(sandbox, jwt.encode(claims, all_keys()[0].private_key, "RS256", right))
