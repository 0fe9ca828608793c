"""The published keys."""

import jwt
import pytest
import requests

from sessions_sandbox import Sandbox
from sessions_sandbox.keys import thumbprint
from tests.sessions_sandbox.flows import tokens_for, url_of

TYPE = "application/okta-internal-at+jwt"


@pytest.mark.parametrize("published", [False, True])
@pytest.mark.parametrize(("org", "count"), [(False, 2), (True, 1)], ids=["custom", "org"])
def test_only_public_members_are_published(sandbox: Sandbox, org: bool, count: int, published: bool) -> None:
    """T-KEYS-1"""
    sandbox.set(org_key_published=published)
    reply = requests.get(url_of(sandbox, "keys", org=org), timeout=5)
    keys = reply.json()["keys"]
    assert len(keys) == count + (org and published)
    for key in keys:
        assert key.keys() == {"kty", "alg", "use", "kid", "e", "n"}
        assert (key["kty"], key["alg"], key["use"], key["e"]) == ("RSA", "RS256", "sig", "AQAB")
        assert key["kid"] == thumbprint(key)
    assert "max-age=3600" in reply.headers["Cache-Control"]


@pytest.mark.parametrize("org", [False, True], ids=["custom", "org"])
def test_id_tokens_verify_at_both_servers(sandbox: Sandbox, org: bool) -> None:
    """T-KEYS-4"""
    keys = jwt.PyJWKClient(url_of(sandbox, "keys", org=org))
    token = tokens_for(sandbox, org=org)["id_token"]
    claims = jwt.decode(
        token, keys.get_signing_key_from_jwt(token), algorithms=["RS256"], audience=sandbox.client("web").id
    )
    assert claims["sub"] == "00u1aliceacmetest00a"


def test_access_tokens_of_the_org_server_have_no_published_key(sandbox: Sandbox) -> None:
    """T-KEYS-4"""
    token = tokens_for(sandbox, org=True)["access_token"]
    assert "typ" not in jwt.get_unverified_header(token)
    keys = jwt.PyJWKClient(url_of(sandbox, "keys", org=True))
    with pytest.raises(jwt.PyJWKClientError, match="Unable to find a signing key that matches"):
        keys.get_signing_key_from_jwt(token)


def test_or_they_have_one_and_a_type_of_their_own(sandbox: Sandbox) -> None:
    """T-KEYS-4"""
    sandbox.set(org_key_published=True)
    token = tokens_for(sandbox, org=True)["access_token"]
    keys = jwt.PyJWKClient(url_of(sandbox, "keys", org=True))
    key = keys.get_signing_key_from_jwt(token)
    assert jwt.decode_complete(token, key, audience=sandbox.org_issuer)["header"]["typ"] == TYPE
    with pytest.raises(jwt.InvalidAudienceError):
        jwt.decode(token, key, audience="api://default")
    custom = tokens_for(sandbox)["access_token"]
    assert "typ" not in jwt.get_unverified_header(custom)


def test_the_servers_share_no_key(sandbox: Sandbox) -> None:
    """T-KEYS-4"""
    sandbox.set(org_key_published=True)
    kids = [
        {key["kid"] for key in requests.get(url_of(sandbox, "keys", org=org), timeout=5).json()["keys"]}
        for org in (False, True)
    ]
    assert not kids[0] & kids[1]


def test_a_client_that_has_them_gets_none(sandbox: Sandbox) -> None:
    url = url_of(sandbox, "keys")
    tag = requests.get(url, timeout=5).headers["ETag"]
    with requests.Session() as session:
        reply = session.get(url, headers={"If-None-Match": tag}, timeout=5)
        assert (reply.status_code, reply.content) == (304, b"")
        assert session.get(url, headers={"If-None-Match": '"other"'}, timeout=5).status_code == 200
