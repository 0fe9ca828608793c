"""What is said of a token: a verdict for each check, as the reference verifier decides."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
import requests

from sessions_guide.token_inspector import inspect
from sessions_sandbox import Sandbox, dpop
from sessions_sandbox.keys import test_only_key as fixed_key
from sessions_sandbox.records import TABLES
from sessions_sandbox.seed import CUSTOM, ORG, PAYMENTS
from tests.sessions_sandbox.flows import tokens_for
from tests.sessions_sandbox.jwt_attacks import FORGED
from tests.sessions_sandbox.jwt_forgery import Original, as_json, base64url

NOW = 1767603600
KEY = fixed_key(0)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One for all tests; each begins with a reset."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def _at_the_start(sandbox: Sandbox) -> None:
    sandbox.reset()


def verdicts(answer: dict[str, Any]) -> dict[str, str]:
    """How each check ended."""
    return {row["check"]: row["state"] for row in answer["checks"]}


def failing(answer: dict[str, Any]) -> dict[str, str]:
    """The checks that failed, with the reason."""
    return {row["check"]: row["why"] for row in answer["checks"] if row["state"] == "fail"}


def with_header(**header: object) -> str:
    """A good token's claims under another header, signed all the same."""
    claims = {
        "iss": CUSTOM.issuer,
        "aud": CUSTOM.audience,
        "iat": NOW,
        "exp": NOW + 60,
        "scp": ["orders:read"],
    }
    claims |= {"sub": "alice", "jti": "AT.1", "cid": "web"}
    return Original("", KEY).signed({"alg": "RS256", "kid": KEY.kid, **header}, claims)


def test_a_good_token_passes_every_check(sandbox: Sandbox) -> None:
    answer = inspect(sandbox, tokens_for(sandbox)["access_token"])
    assert set(verdicts(answer).values()) == {"pass"}
    assert (answer["status"], answer["validation"]) == (200, "local")
    assert (answer["now"], answer["api_now"]) == (NOW, NOW)
    assert answer["signature"]["state"] == "pass"
    assert answer["introspection"]["issuer"] == sandbox.issuer
    assert answer["introspection"]["answer"]["active"] is True
    assert json.loads(json.dumps(answer)) == answer


def test_each_check_names_its_clause(sandbox: Sandbox) -> None:
    rows = inspect(sandbox, sandbox.mint())["checks"]
    assert {row["check"]: row["clause"] for row in rows} == {
        "well-formed": "RFC 7515 §7.1",
        "header understood": "RFC 7515 §4.1.11",
        "algorithm": "RFC 8725 §3.1",
        "key": "RFC 7515 §4.1.4",
        "signature": "RFC 7515 §5.2",
        "typ": "RFC 8725 §3.11",
        "required claims": "RFC 9068 §2.2",
        "iss": "RFC 8725 §3.8",
        "aud": "RFC 8725 §3.9",
        "exp": "RFC 7519 §4.1.4",
        "nbf": "RFC 7519 §4.1.5",
        "iat": "RFC 7519 §4.1.6",
        "kinds of values": "RFC 7519 §4.1",
        "bearer": "RFC 9449 §7.2",
        "scope": "RFC 6750 §3.1",
    }


@pytest.mark.parametrize(
    ("claims", "check", "why"),
    [
        (
            {"iss": PAYMENTS.issuer},
            "iss",
            f'iss is "{PAYMENTS.issuer}"; the API trusts {CUSTOM.issuer} alone.',
        ),
        ({"iss": ["x"]}, "iss", f'iss is ["x"]; the API trusts {CUSTOM.issuer} alone.'),
        (
            {"aud": "api://b"},
            "aud",
            'aud is "api://b"; this API is api://default. The token is meant for another.',
        ),
        ({"aud": 3}, "aud", "aud is 3; this API is api://default. The token is meant for another."),
        ({"exp": NOW}, "exp", "exp was 0 s ago; at exp itself it is over."),
        ({"exp": NOW - 3600}, "exp", "exp was 3,600 s ago; at exp itself it is over."),
        ({"exp": "soon"}, "exp", '"soon" is no time in Unix seconds.'),
        ({"exp": True}, "exp", "true is no time in Unix seconds."),
        ({"nbf": NOW + 1}, "nbf", "nbf comes in 1 s: not before."),
        ({"nbf": []}, "nbf", "[] is no time in Unix seconds."),
        ({"iat": NOW + 5}, "iat", "iat comes in 5 s: by the API's clock, it is not issued yet."),
        ({"iat": "x"}, "iat", '"x" is no time in Unix seconds.'),
        ({"cid": None}, "required claims", "Missing: cid."),
        ({"sub": 7}, "kinds of values", "Subject must be a string."),
        ({"jti": 7}, "kinds of values", "JWT ID must be a string."),
        ({"uid": 7}, "kinds of values", "uid is 7, and not a string."),
        ({"scp": "orders:read"}, "kinds of values", 'scp is "orders:read", and not a list of strings.'),
        (
            {"scp": ["orders:read", 1]},
            "kinds of values",
            'scp is ["orders:read", 1], and not a list of strings.',
        ),
        (
            {"cnf": {"jkt": "x"}},
            "bearer",
            "cnf binds it to a key: who sends it must prove to have that key (DPoP).",
        ),
        ({"scp": []}, "scope", "GET /orders needs orders:read; POST /orders needs orders:write: 403."),
    ],
)
def test_one_claim_that_is_wrong_fails_its_check(
    sandbox: Sandbox, claims: dict[str, Any], check: str, why: str
) -> None:
    original = Original(sandbox.mint(), KEY)
    changed = {name: value for name, value in {**original.claims, **claims}.items() if value is not None}
    answer = inspect(sandbox, original.signed(original.header, changed))
    expected = {check: why}
    if claims.get("scp") == "orders:read":
        expected["scope"] = "GET /orders needs orders:read; POST /orders needs orders:write: 403."
    assert failing(answer) == expected
    assert answer["status"] == (403 if check == "scope" else 401)
    assert answer["signature"]["state"] == ("open" if check == "iss" else "pass")


@pytest.mark.parametrize(
    ("header", "check", "why"),
    [
        (
            {"typ": "logout+jwt"},
            "typ",
            'typ is "logout+jwt": the issuer says itself that this is no access token.',
        ),
        (
            {"typ": ["at+jwt"]},
            "typ",
            'typ is ["at+jwt"]: the issuer says itself that this is no access token.',
        ),
        ({"crit": ["acme"], "acme": 1}, "header understood", "Unsupported critical extension: acme."),
    ],
)
def test_a_header_that_is_wrong_fails_its_check(
    sandbox: Sandbox, header: dict[str, Any], check: str, why: str
) -> None:
    answer = inspect(sandbox, with_header(**header))
    assert failing(answer)[check] == why
    assert not {"iss", "aud", "exp", "required claims", "scope"} & failing(answer).keys()
    assert answer["status"] == 401


def test_an_algorithm_that_is_not_on_the_list_leaves_the_signature_open(sandbox: Sandbox) -> None:
    answer = inspect(sandbox, with_header(alg="HS256"))
    assert failing(answer) == {
        "algorithm": 'alg is "HS256"; the API takes RS256, whatever the token would like.'
    }
    assert verdicts(answer)["signature"] == answer["signature"]["state"] == "open"
    assert answer["status"] == 401


def test_a_key_that_nobody_publishes_leaves_the_signature_open(sandbox: Sandbox) -> None:
    answer = inspect(sandbox, with_header(kid="mine"))
    assert failing(answer) == {"key": f'No published key of {CUSTOM.issuer} is called "mine".'}
    assert verdicts(answer)["signature"] == "open"
    assert answer["status"] == 401


def test_a_token_with_the_type_of_rfc_9068_passes(sandbox: Sandbox) -> None:
    assert verdicts(inspect(sandbox, with_header(typ="at+jwt")))["typ"] == "pass"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "A signed JWT has three parts with two dots between them; this has 1."),
        ("a.b", "A signed JWT has three parts with two dots between them; this has 2."),
        ("a..c", "A part is empty, or has characters that are not those of base64url (A-Z a-z 0-9 - _)."),
        ("é.b.c", "A part is empty, or has characters that are not those of base64url (A-Z a-z 0-9 - _)."),
        (
            "\ud800.b.c",
            "A part is empty, or has characters that are not those of base64url (A-Z a-z 0-9 - _).",
        ),
        ("YQ.e30.YQ", "The header is no JSON in base64url."),
        ("e30.W10.YQ", "The payload is JSON, but no object."),
        (base64url(json.dumps({}).encode("utf-16")) + ".e30.YQ", "Header or payload is not JSON in UTF-8."),
    ],
)
def test_what_is_no_jwt_is_told_so_and_nothing_else_is_checked(sandbox: Sandbox, text: str, why: str) -> None:
    answer = inspect(sandbox, text)
    assert failing(answer) == {"well-formed": why}
    assert {state for check, state in verdicts(answer).items() if check != "well-formed"} == {"open"}
    assert answer["signature"]["state"] == "open"
    assert answer["status"] == 401
    assert answer["introspection"].get("answer", {"active": False}) == {"active": False}


def test_a_changed_character_breaks_the_signature(sandbox: Sandbox) -> None:
    header, payload, signature = sandbox.mint().split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    greedy = base64url(as_json({**claims, "scp": ["orders:read", "orders:write"]}))
    answer = inspect(sandbox, f"{header}.{greedy}.{signature}")
    assert failing(answer).keys() == {"signature"}
    assert answer["signature"]["state"] == "fail"
    assert answer["introspection"]["answer"] == {"active": False}


@pytest.mark.parametrize("attack", FORGED, ids=str)
def test_the_checks_together_are_the_reference_verifier(sandbox: Sandbox, attack: tuple[str, str]) -> None:
    """It alone says what the API answers; the single checks must not come to another result."""
    answer = inspect(sandbox, FORGED[attack](Original(tokens_for(sandbox)["access_token"], KEY)))
    assert answer["status"] == 401
    assert failing(answer)
    json.dumps(answer, allow_nan=False)


@pytest.mark.parametrize(
    "name", ["iss", "aud", "exp", "iat", "nbf", "sub", "jti", "cid", "uid", "scp", "cnf"]
)
@pytest.mark.parametrize("value", [None, 0, -1, 1.5, 1e300, 10**400, "", "x", True, [], ["orders:read"], {}])
def test_whatever_a_claim_is_the_checks_agree_with_the_verifier(
    sandbox: Sandbox, name: str, value: object
) -> None:
    original = Original(sandbox.mint(), KEY)
    answer = inspect(sandbox, original.signed(original.header, {**original.claims, name: value}))
    refused = failing(answer).keys() - {"scope"}
    assert (answer["status"] == 401) == bool(refused)
    if not refused:
        allowed = name != "scp" or value == ["orders:read"]
        assert answer["status"] == (200 if allowed else 403)


def test_looking_leaves_nothing_behind(sandbox: Sandbox) -> None:
    sandbox.set(rate_limit=1, latency_ms=60_000)
    token = sandbox.mint()
    before = [sandbox.rows(kind.table) for kind in TABLES], sandbox.exchanges()
    for _ in range(3):
        assert inspect(sandbox, token)["introspection"]["answer"] == {"active": False}
    assert ([sandbox.rows(kind.table) for kind in TABLES], sandbox.exchanges()) == before
    assert sandbox.clock.now() == NOW


def test_a_revoked_token_passes_and_is_not_active(sandbox: Sandbox) -> None:
    token = tokens_for(sandbox)["access_token"]
    (row,) = sandbox.rows("access_tokens")
    sandbox.admin.revoke("access_tokens", row["jti"])
    answer = inspect(sandbox, token)
    assert failing(answer) == {}
    assert answer["introspection"]["answer"] == {"active": False}


def test_the_clock_of_the_api_decides(sandbox: Sandbox) -> None:
    token = sandbox.mint()
    sandbox.set(clock_skew_seconds=3600)
    answer = inspect(sandbox, token)
    assert (answer["now"], answer["api_now"]) == (NOW, NOW + 3600)
    assert failing(answer).keys() == {"exp"}


def test_keys_that_cannot_be_had_leave_it_open(sandbox: Sandbox) -> None:
    token = sandbox.mint()
    sandbox.set(jwks_down=True)
    answer = inspect(sandbox, token)
    assert verdicts(answer)["key"] == verdicts(answer)["signature"] == answer["signature"]["state"] == "open"
    assert answer["status"] == 503
    assert (
        requests.get(f"{sandbox.api}/orders", headers={"Authorization": f"Bearer {token}"}).status_code == 503
    )
    assert "answer" in answer["introspection"]
    sandbox.set(jwks_down=False, authorization_server_down=True)
    answer = inspect(sandbox, token)
    assert answer["status"] == 503
    assert answer["introspection"] == {"issuer": CUSTOM.issuer, "error": f"{CUSTOM.issuer} answers 503"}


def test_a_withdrawn_key_is_not_found(sandbox: Sandbox) -> None:
    token = sandbox.mint()
    sandbox.rotate_keys("emergency")
    assert failing(inspect(sandbox, token)).keys() == {"key"}


def test_a_token_of_another_issuer_is_checked_under_its_own_keys_too(sandbox: Sandbox) -> None:
    payments = sandbox.sign_in("alice@acme.test", issuer=sandbox.payments_issuer)["access_token"]
    answer = inspect(sandbox, payments)
    assert failing(answer).keys() == {"key", "iss", "aud", "scope"}
    assert verdicts(answer)["signature"] == "open"
    assert answer["signature"]["state"] == "pass"
    assert answer["introspection"]["issuer"] == PAYMENTS.issuer
    assert answer["introspection"]["answer"]["active"] is True


def test_the_keys_of_org_access_tokens_are_not_published(sandbox: Sandbox) -> None:
    token = sandbox.sign_in("alice@acme.test", issuer=sandbox.org_issuer, scope="openid")["access_token"]
    kid = jwt.get_unverified_header(token)["kid"]
    answer = inspect(sandbox, token)
    assert answer["signature"]["state"] == "open"
    assert answer["signature"]["why"] == f'"{ORG.issuer}" publishes no key that is called "{kid}".'
    assert answer["introspection"]["answer"]["active"] is True


def test_an_id_token_lacks_what_an_access_token_has(sandbox: Sandbox) -> None:
    answer = inspect(sandbox, tokens_for(sandbox)["id_token"])
    assert failing(answer).keys() == {"required claims", "aud", "scope"}
    assert answer["signature"]["state"] == "pass"


def proof(**header: object) -> str:
    jwk = {name: KEY.public_jwk[name] for name in ("kty", "n", "e")}
    claims = {"jti": "1", "htm": "GET", "htu": "https://api.acme.test/orders", "iat": NOW}
    whole = {"typ": dpop.PROOF_TYPE, "alg": "RS256", "jwk": jwk, **header}
    return Original("", KEY).signed(whole, claims)


def test_a_dpop_proof_is_checked_under_the_key_that_it_carries(sandbox: Sandbox) -> None:
    answer = inspect(sandbox, proof())
    assert answer["signature"]["state"] == "pass"
    assert answer["signature"]["why"] == (
        "Signed with the key that it carries: that proves who has the key, not who it is."
    )
    assert {"typ", "key", "required claims"} <= failing(answer).keys()


@pytest.mark.parametrize(
    ("header", "state", "why"),
    [
        ({"alg": "HS256"}, "open", 'alg is "HS256", none of ES256, PS256, RS256.'),
        ({"jwk": "a"}, "fail", "The proof carries no key."),
        ({"jwk": {"kty": "RSA"}}, "fail", "It is not that of the key that the proof carries. ("),
        ({"jwk": fixed_key(1).public_jwk}, "fail", "It is not that of the key that the proof carries. ("),
    ],
)
def test_a_bad_dpop_proof(sandbox: Sandbox, header: dict[str, Any], state: str, why: str) -> None:
    told = inspect(sandbox, proof(**header))["signature"]
    assert told["state"] == state
    assert told["why"].startswith(why)


def test_a_token_that_names_no_issuer_is_nobodys(sandbox: Sandbox) -> None:
    told = inspect(sandbox, Original("", KEY).signed({"alg": "RS256", "kid": KEY.kid}, {}))
    assert told["signature"]["state"] == "open"
    assert told["signature"]["why"].startswith("The keys cannot be had: no issuer is called 'None'")
    assert told["introspection"]["issuer"] == CUSTOM.issuer


def test_a_long_value_is_cut_in_a_verdict(sandbox: Sandbox) -> None:
    why = failing(inspect(sandbox, sandbox.mint(aud="x" * 5000)))["aud"]
    assert len(why) < 250
    assert "…;" in why
