"""The token endpoint: codes, PKCE, a client's own credentials."""

import base64
import hashlib
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
import requests

from sessions_sandbox import Sandbox
from sessions_sandbox.records import Grant, Record
from tests.sessions_sandbox.flows import (
    ALICE,
    CHALLENGE,
    VERIFIER,
    ask,
    code_for,
    deactivate,
    error_of,
    is_active,
    redeem,
    refresh,
    tokens_for,
    url_of,
)

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_tokens_are_not_to_be_stored(sandbox: Sandbox) -> None:
    """T-TOK-1"""
    reply = redeem(sandbox, code_for(sandbox))
    assert reply.status_code == 200
    assert (reply.headers["Cache-Control"], reply.headers["Pragma"]) == ("no-store", "no-cache")
    assert reply.headers["Content-Type"] == "application/json"


def test_a_code_counts_once(sandbox: Sandbox) -> None:
    """T-TOK-3"""
    code = code_for(sandbox)
    assert redeem(sandbox, code).status_code == 200
    assert error_of(redeem(sandbox, code)) == (400, "invalid_grant")


def test_eight_threads_with_one_code_get_one_answer(sandbox: Sandbox) -> None:
    """T-TOK-3: and as seven of them were replays, even that answer does not last (RFC 6749 §4.1.2)."""
    code = code_for(sandbox)
    barrier = threading.Barrier(8)

    def use(_: int) -> requests.Response:
        barrier.wait(timeout=10)
        return redeem(sandbox, code)

    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(use, range(8)))
    assert sum(reply.status_code == 200 for reply in replies) <= 1
    assert len(sandbox.rows("refresh_families")) <= 1
    for reply in replies:
        if reply.status_code == 200:
            assert not is_active(sandbox, reply.json()["access_token"])
            assert refresh(sandbox, reply.json()["refresh_token"]).status_code == 400


def test_a_replay_may_overtake_the_first_use(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """T-TOK-4: it revokes the grant before the first use has its tokens, which then gets none."""
    code = code_for(sandbox)
    replace_row = sandbox.store.replace

    def overtaken(old: Record, new: Record) -> bool:
        (grant,) = sandbox.store.all(Grant)
        replace_row(grant, replace(grant, revoked=sandbox.clock.now()))
        return replace_row(old, new)

    monkeypatch.setattr(sandbox.store, "replace", overtaken)
    assert error_of(redeem(sandbox, code)) == (400, "invalid_grant")
    assert sandbox.rows("access_tokens") == []


def test_a_replay_ends_what_the_code_gave(sandbox: Sandbox) -> None:
    """T-TOK-4: only a replay that is right in all else; another one would let strangers end a session."""
    code = code_for(sandbox)
    tokens = redeem(sandbox, code).json()
    for wrong in (
        {"code_verifier": "w" * 43},
        {"code_verifier": None},
        {"redirect_uri": "https://app.acme.test/other"},
    ):
        assert redeem(sandbox, code, **wrong).status_code == 400
    assert redeem(sandbox, code, "otherapp").status_code == 400
    web = sandbox.client("web")
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER}
    stranger = requests.post(
        url_of(sandbox, "token"),
        {**form, "redirect_uri": web.redirect_uri},
        auth=(web.id, "wrong"),
        timeout=5,
    )
    assert stranger.status_code == 401
    assert is_active(sandbox, tokens["access_token"])
    assert error_of(redeem(sandbox, code)) == (400, "invalid_grant")
    assert not is_active(sandbox, tokens["access_token"])
    assert not is_active(sandbox, tokens["refresh_token"])
    assert refresh(sandbox, tokens["refresh_token"]).status_code == 400


def test_a_code_belongs_to_its_client_and_server(sandbox: Sandbox) -> None:
    """T-TOK-5"""
    code = code_for(sandbox, "web")
    web = sandbox.client("web").redirect_uri
    assert error_of(redeem(sandbox, code, "otherapp", redirect_uri=web)) == (400, "invalid_grant")
    assert error_of(redeem(sandbox, code, "web", org=True)) == (400, "invalid_grant")
    assert redeem(sandbox, code, "web").status_code == 200


def test_a_code_is_bound_to_its_redirect_uri(sandbox: Sandbox) -> None:
    """T-TOK-5"""
    code = code_for(sandbox)
    assert error_of(redeem(sandbox, code, redirect_uri="https://app.acme.test/")) == (400, "invalid_grant")
    missing = redeem(sandbox, code, redirect_uri=None)
    assert error_of(missing) == (400, "invalid_request")
    assert "redirect_uri" in missing.json()["error_description"]


def test_a_verifier_without_a_challenge_is_refused(sandbox: Sandbox) -> None:
    """T-TOK-6: someone took the challenge out of the authorization request (RFC 9700 §4.8)."""
    code = code_for(sandbox, code_challenge=None, code_challenge_method=None)
    assert error_of(redeem(sandbox, code)) == (400, "invalid_grant")
    assert redeem(sandbox, code, code_verifier=None).status_code == 200


def test_a_refresh_token_must_be_asked_for(sandbox: Sandbox) -> None:
    """T-TOK-7"""
    assert "refresh_token" in tokens_for(sandbox)
    assert "refresh_token" not in tokens_for(sandbox, scope="openid orders:read")


@pytest.mark.parametrize(
    ("grant_type", "error"),
    [
        ("password", "unsupported_grant_type"),
        ("implicit", "unsupported_grant_type"),
        ("urn:ietf:params:oauth:grant-type:device_code", "unsupported_grant_type"),
        ("client_credentials", "unauthorized_client"),
        ("", "invalid_request"),
    ],
)
def test_other_grants_are_refused(sandbox: Sandbox, grant_type: str, error: str) -> None:
    """T-TOK-8"""
    reply = ask(
        sandbox, "token", grant_type=grant_type, username=ALICE[0], password=ALICE[1], scope="orders:read"
    )
    assert error_of(reply) == (400, error)
    assert "grant_type" in reply.json()["error_description"]


@pytest.mark.parametrize("grant_type", ["authorization_code", "refresh_token"])
def test_a_client_may_use_its_own_grants_only(sandbox: Sandbox, grant_type: str) -> None:
    """T-TOK-8"""
    reply = ask(sandbox, "token", "svc", grant_type=grant_type, code="x", refresh_token="x")
    assert error_of(reply) == (400, "unauthorized_client")


def test_a_client_that_acts_for_itself_is_no_user(sandbox: Sandbox) -> None:
    """T-TOK-9"""
    reply = ask(sandbox, "token", "svc", grant_type="client_credentials", scope="orders:read orders:read")
    tokens = reply.json()
    assert tokens.keys() == {"token_type", "expires_in", "access_token", "scope"}
    assert tokens["scope"] == "orders:read"
    claims = jwt.decode(tokens["access_token"], options={"verify_signature": False})
    assert claims["sub"] == claims["cid"] == sandbox.client("svc").id
    assert not {"uid", "auth_time"} & claims.keys()
    assert is_active(sandbox, tokens["access_token"])


@pytest.mark.parametrize("scope", ["", "openid", "orders:read offline_access", "admin"])
@pytest.mark.parametrize("org", [False, True], ids=["custom", "org"])
def test_a_client_that_acts_for_itself_gets_api_scopes_only(sandbox: Sandbox, scope: str, org: bool) -> None:
    """T-TOK-9"""
    reply = ask(sandbox, "token", "svc", org=org, grant_type="client_credentials", scope=scope)
    assert error_of(reply) == (400, "invalid_scope")


@pytest.mark.parametrize("endpoint", ["token", "introspect", "revoke"])
def test_a_repeated_parameter_is_named(sandbox: Sandbox, endpoint: str) -> None:
    """T-TOK-10"""
    reply = requests.post(url_of(sandbox, endpoint), "token=a&token=a&scope=x", headers=FORM, timeout=5)
    assert error_of(reply) == (400, "invalid_request")
    assert "The token parameter is repeated" in reply.json()["error_description"]


def test_a_description_keeps_to_its_characters(sandbox: Sandbox) -> None:
    """T-TOK-10: RFC 6749 §5.2, whatever the parameter is called."""
    body = urlencode([('"\\\u00e4\n<', "1")] * 2)
    description = requests.post(url_of(sandbox, "token"), body, headers=FORM, timeout=5).json()[
        "error_description"
    ]
    assert re.fullmatch(r"[\x20\x21\x23-\x5b\x5d-\x7e]+", description)


def test_there_is_an_end_to_parameters(sandbox: Sandbox) -> None:
    body = urlencode({f"name{number}": "1" for number in range(101)})
    reply = requests.post(url_of(sandbox, "token"), body, headers=FORM, timeout=5)
    assert error_of(reply) == (400, "invalid_request")
    assert "100 at most" in reply.json()["error_description"]


def test_an_unknown_parameter_is_ignored(sandbox: Sandbox) -> None:
    assert redeem(sandbox, code_for(sandbox, favourite="blue"), colour="green").status_code == 200


@pytest.mark.parametrize(
    "verifier", ["w" * 43, "a" * 42, "a" * 129, VERIFIER[:-1], VERIFIER + " ", "\u00e4" * 43, None]
)
def test_a_code_needs_the_verifier_of_its_challenge(sandbox: Sandbox, verifier: str | None) -> None:
    """T-TOK-13"""
    code = code_for(sandbox)
    assert error_of(redeem(sandbox, code, code_verifier=verifier)) == (400, "invalid_grant")
    assert redeem(sandbox, code).status_code == 200


@pytest.mark.parametrize("verifier", ["a" * 42, "a" * 129, "b" * 42 + "="])
def test_a_verifier_has_43_to_128_unreserved_characters(sandbox: Sandbox, verifier: str) -> None:
    """T-TOK-13: RFC 7636 §4.1, also where the digest is right."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    code = code_for(sandbox, code_challenge=digest)
    assert error_of(redeem(sandbox, code, code_verifier=verifier)) == (400, "invalid_grant")


def test_the_pair_of_the_standard_works(sandbox: Sandbox) -> None:
    """T-TOK-13: RFC 7636, Appendix B."""
    assert redeem(sandbox, code_for(sandbox, "spa", code_challenge=CHALLENGE), "spa").status_code == 200


@pytest.mark.parametrize(("seconds", "status"), [(299, 200), (300, 400)])
def test_a_code_lives_for_five_minutes(sandbox: Sandbox, seconds: int, status: int) -> None:
    code = code_for(sandbox)
    sandbox.clock.advance(seconds=seconds)
    assert redeem(sandbox, code).status_code == status


def test_a_code_of_an_account_that_was_switched_off_is_worth_nothing(sandbox: Sandbox) -> None:
    code = code_for(sandbox)
    deactivate(sandbox, ALICE[0])
    assert error_of(redeem(sandbox, code)) == (400, "invalid_grant")


@pytest.mark.parametrize("missing", ["grant_type", "code"])
def test_what_is_missing_is_named(sandbox: Sandbox, missing: str) -> None:
    form: dict[str, Any] = {"grant_type": "authorization_code", "code": "x", "redirect_uri": "x", missing: ""}
    reply = ask(sandbox, "token", **form)
    assert error_of(reply) == (400, "invalid_request")
    assert missing in reply.json()["error_description"]


def test_a_body_that_is_no_form_is_refused(sandbox: Sandbox) -> None:
    web = sandbox.client("web")
    auth = (web.id, web.secret or "")
    for reply in (
        requests.post(
            url_of(sandbox, "token"), json={"grant_type": "authorization_code"}, auth=auth, timeout=5
        ),
        requests.post(url_of(sandbox, "token"), files={"grant_type": b"x"}, auth=auth, timeout=5),
        requests.post(url_of(sandbox, "token"), b"grant_type=x", auth=auth, timeout=5),
        requests.post(url_of(sandbox, "token"), b"grant_type=\xff", headers=FORM, auth=auth, timeout=5),
        requests.post(url_of(sandbox, "token"), b"grant_type=%ff", headers=FORM, auth=auth, timeout=5),
    ):
        assert error_of(reply) == (400, "invalid_request")


def test_credentials_in_the_url_do_not_count(sandbox: Sandbox) -> None:
    """RFC 6749 §2.3.1"""
    web = sandbox.client("web")
    url = f"{url_of(sandbox, 'token')}?client_id={web.id}&client_secret={web.secret}"
    assert error_of(requests.post(url, {"grant_type": "authorization_code"}, timeout=5)) == (
        401,
        "invalid_client",
    )


def test_other_methods_are_refused(sandbox: Sandbox) -> None:
    for method in ("GET", "PUT", "DELETE", "HEAD"):
        reply = requests.request(method, url_of(sandbox, "token"), timeout=5)
        assert (reply.status_code, reply.headers["Allow"]) == (405, "POST")
