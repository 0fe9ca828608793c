"""What is no feature of Okta, each behind a switch that is off at the start."""

from typing import Any

import jwt
import pytest
import requests

from sessions_sandbox import Sandbox
from tests.sessions_sandbox.flows import (
    answer_in,
    authorization_url,
    get,
    is_active,
    refresh,
    tokens_for,
    url_of,
)

JWT_ANSWER = "application/token-introspection+jwt"
CLAIMS = {"ver", "jti", "iss", "aud", "iat", "exp", "cid", "uid", "scp", "auth_time", "sub"}


def metadata(sandbox: Sandbox) -> Any:
    return requests.get(f"{sandbox.issuer}/.well-known/oauth-authorization-server", timeout=5).json()


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims."""
    whole = jwt.decode_complete(token, options={"verify_signature": False})
    return whole["header"], whole["payload"]


def test_access_tokens_may_follow_the_standard_profile(sandbox: Sandbox) -> None:
    """RFC 9068 §2.1 and §2.2: the type, and the required claims, beside Okta's."""
    header, claims = parts(tokens_for(sandbox)["access_token"])
    assert (set(header), set(claims)) == ({"alg", "kid"}, CLAIMS)
    sandbox.set(rfc9068=True)
    tokens = tokens_for(sandbox)
    header, claims = parts(tokens["access_token"])
    assert header["typ"] == "at+jwt"
    assert claims.keys() == CLAIMS | {"client_id", "scope"}
    assert (claims["client_id"], claims["scope"]) == (claims["cid"], " ".join(claims["scp"]))
    assert is_active(sandbox, tokens["access_token"])
    assert "typ" not in parts(tokens["id_token"])[0]
    fresh = refresh(sandbox, tokens["refresh_token"], scope="orders:read").json()["access_token"]
    assert (parts(fresh)[0]["typ"], parts(fresh)[1]["scope"]) == ("at+jwt", "orders:read")
    org = parts(tokens_for(sandbox, org=True)["access_token"])
    assert ("typ" in org[0], "client_id" in org[1]) == (False, False)


@pytest.mark.parametrize("org", [False, True], ids=["custom", "org"])
def test_answers_of_the_authorization_endpoint_may_name_the_issuer(sandbox: Sandbox, org: bool) -> None:
    """RFC 9207 §2: with codes and with errors; §3: the metadata tells of it."""
    issuer = sandbox.org_issuer if org else sandbox.issuer
    name = "authorization_response_iss_parameter_supported"
    url = authorization_url(sandbox, org=org)
    refused = authorization_url(sandbox, org=org, scope="nonsense")
    browser = sandbox.browser()
    assert answer_in(browser.sign_in(url, "alice@acme.test", "alice-test-only")).keys() == {"code", "state"}
    assert "iss" not in answer_in(get(refused).headers["Location"])
    assert name not in metadata(sandbox)
    sandbox.set(authorization_response_iss=True)
    answer = answer_in(browser.open(url).headers["Location"])
    assert (set(answer), answer["iss"]) == ({"code", "state", "iss"}, issuer)
    assert answer_in(get(refused).headers["Location"])["iss"] == issuer
    assert metadata(sandbox)[name] is True


def ask_for_jwt(
    sandbox: Sandbox, token: str, *, accept: str = JWT_ANSWER, client: str = "rs", org: bool = False
) -> requests.Response:
    registered = sandbox.client(client)
    public = {} if registered.secret else {"client_id": registered.id}
    return requests.post(
        url_of(sandbox, "introspect", org=org),
        {"token": token, **public},
        auth=registered.credentials if registered.secret else None,
        headers={"Accept": accept},
        timeout=5,
    )


@pytest.mark.parametrize("org", [False, True], ids=["custom", "org"])
def test_introspection_may_answer_with_a_jwt(sandbox: Sandbox, org: bool) -> None:
    """RFC 9701 §5: signed by the issuer, for the one who asked, with the usual answer inside."""
    sandbox.set(jwt_introspection=True)
    token = tokens_for(sandbox, org=org)["access_token"]
    plain = ask_for_jwt(sandbox, token, accept="*/*", org=org).json()
    for sent, expected in ((token, plain), ("x", {"active": False})):
        reply = ask_for_jwt(sandbox, sent, org=org)
        assert (reply.status_code, reply.headers["Content-Type"]) == (200, JWT_ANSWER)
        assert reply.headers["Cache-Control"] == "no-store"
        key = jwt.PyJWKClient(url_of(sandbox, "keys", org=org)).get_signing_key_from_jwt(reply.text)
        issuer = sandbox.org_issuer if org else sandbox.issuer
        answer = jwt.decode_complete(
            reply.text, key, algorithms=["RS256"], audience=sandbox.client("rs").id, issuer=issuer
        )
        assert answer["header"]["typ"] == "token-introspection+jwt"
        assert answer["payload"] == {
            "iss": issuer,
            "aud": sandbox.client("rs").id,
            "iat": sandbox.clock.now(),
            "token_introspection": expected,
        }


@pytest.mark.parametrize(
    ("switched", "accept", "client"),
    [
        (False, JWT_ANSWER, "rs"),
        (True, "*/*", "rs"),
        (True, "application/json", "rs"),
        (True, f"application/json, {JWT_ANSWER};q=0.5", "rs"),
        (True, "", "rs"),
        (True, JWT_ANSWER, "spa"),
    ],
)
def test_all_others_get_json(sandbox: Sandbox, switched: bool, accept: str, client: str) -> None:
    """Off at the start; to who asks for it only; to nobody who is not authenticated (RFC 9701 §4)."""
    sandbox.set(jwt_introspection=switched)
    token = tokens_for(sandbox, "web" if client == "rs" else client)["access_token"]
    reply = ask_for_jwt(sandbox, token, accept=accept, client=client)
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.json()["active"] is True
    told = metadata(sandbox).get("introspection_signing_alg_values_supported")
    assert told == (["RS256"] if switched else None)


def test_a_signed_answer_is_no_token(sandbox: Sandbox) -> None:
    """RFC 9701 §8.1: it cannot be sent in the place of the token that it tells of."""
    sandbox.set(jwt_introspection=True)
    answer = ask_for_jwt(sandbox, tokens_for(sandbox)["access_token"]).text
    assert not is_active(sandbox, answer)
    for url in (f"{sandbox.api}/orders", url_of(sandbox, "userinfo")):
        reply = requests.get(url, headers={"Authorization": f"Bearer {answer}"}, timeout=5)
        assert reply.status_code == 401


@pytest.mark.parametrize("published", [False, True])
def test_the_layout_of_the_org_servers_tokens_may_change(sandbox: Sandbox, published: bool) -> None:
    """As Okta warns of its own. Introspection goes on, and nothing else is affected."""
    sandbox.set(org_key_published=published)
    before = tokens_for(sandbox, org=True)["access_token"]
    sandbox.set(org_at_shuffle=True)
    after = tokens_for(sandbox, org=True)["access_token"]
    assert parts(before)[1].keys() == CLAIMS
    assert parts(after)[1].keys() == {"aud", "iss", "exp", "iat", "jti", "ver", "okta"}
    assert list(parts(after)[1]) != list(parts(before)[1])
    assert is_active(sandbox, before, org=True)
    assert is_active(sandbox, after, org=True)
    bearer = {"Authorization": f"Bearer {after}"}
    assert requests.get(url_of(sandbox, "userinfo", org=True), headers=bearer, timeout=5).status_code == 200
    assert parts(tokens_for(sandbox)["access_token"])[1].keys() == CLAIMS
