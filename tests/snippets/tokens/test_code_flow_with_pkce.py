"""The code flow with PKCE: what goes over which road, and what a code is worth without its verifier."""

import base64
import hashlib
import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from sessions_sandbox.browser import ModelBrowser
from sessions_sandbox.network.trace import Exchange
from tests.snippets.conftest import RunLesson

LESSON = "tokens/code_flow_with_pkce"
RFC_7636_VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
RFC_7636_CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def query(url: str) -> dict[str, str]:
    """The parameters of a URL, each of which must stand there once."""
    values = parse_qs(urlsplit(url).query, strict_parsing=True)
    assert all(len(value) == 1 for value in values.values())
    return {name: value[0] for name, value in values.items()}


def form(exchange: Exchange) -> dict[str, str]:
    """The form of a POST."""
    return query(f"?{exchange['request_body']}")


def callback(exchange: Exchange) -> str:
    """Where a redirect sends the browser."""
    return str(dict(exchange["response_headers"])["Location"])


@pytest.fixture
def run(lesson: Callable[[str], RunLesson]) -> RunLesson:
    return lesson(LESSON)


def test_the_code_comes_back_by_the_browser_and_the_client_redeems_it_itself(run: RunLesson) -> None:
    authorize, login, token = run.exchanges[:3]
    asked, answered = query(authorize["url"]), query(callback(login))
    assert callback(login).startswith(f"{run.sandbox.client('spa').redirect_uri}?")
    assert answered == {"code": answered["code"], "state": asked["state"]}
    assert form(token)["code"] == answered["code"]
    assert authorize["sender"] == login["sender"] == "ModelBrowser" != token["sender"]
    assert [authorize["status"], login["status"], token["status"]] == [200, 303, 200]


def test_the_challenge_that_went_ahead_is_the_s256_of_the_verifier_that_came_after(run: RunLesson) -> None:
    ahead = [query(exchange["url"]) for exchange in run.sandbox.exchanges(path="/authorize")]
    token_requests = run.sandbox.exchanges(path="/token")
    bought = [form(exchange) for exchange in token_requests if exchange["status"] == 200]
    assert len(ahead) == len(bought) == 3
    for asked, sent in zip(ahead, bought, strict=True):
        assert asked["code_challenge_method"] == "S256"
        digest = hashlib.sha256(sent["code_verifier"].encode()).digest()
        assert base64.urlsafe_b64decode(asked["code_challenge"] + "=") == digest


def test_each_sign_in_but_the_mistake_has_its_own_random_verifier_and_state(run: RunLesson) -> None:
    verifiers = [form(exchange)["code_verifier"] for exchange in run.sandbox.exchanges(path="/token")]
    own, guessed, last = {verifiers[0], verifiers[2]}, verifiers[1], verifiers[3]
    assert len({*own, guessed, last}) == 4
    assert last == RFC_7636_VERIFIER
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", verifier) for verifier in own)
    states = {query(exchange["url"])["state"] for exchange in run.sandbox.exchanges(path="/authorize")}
    assert len(states) == 3


def test_the_browser_sees_neither_verifier_nor_token(run: RunLesson) -> None:
    secrets = {form(exchange)["code_verifier"] for exchange in run.sandbox.exchanges(path="/token")}
    secrets |= set(re.findall(r'"(?:access|id|refresh)_token": "([^"]+)"', str(run.exchanges)))
    assert len(secrets) > 4
    for exchange in run.exchanges:
        if exchange["sender"] == "ModelBrowser":
            assert not [secret for secret in secrets if secret in str(exchange)]


def test_the_challenge_is_that_of_rfc_7636_appendix_b(run: RunLesson) -> None:
    assert query(run.sandbox.exchanges(path="/authorize")[-1]["url"])["code_challenge"] == RFC_7636_CHALLENGE


def test_the_thief_sends_what_the_owner_sends_but_for_the_verifier(run: RunLesson) -> None:
    _, thief, owner, _ = run.sandbox.exchanges(path="/token")
    sent, due = form(thief), form(owner)
    assert {name for name in due if sent[name] != due[name]} == {"code_verifier"}
    assert (thief["status"], owner["status"]) == (400, 200)
    assert '"invalid_grant"' in thief["response_body"]


def test_with_the_constant_verifier_the_owner_comes_too_late_and_the_grant_ends(run: RunLesson) -> None:
    redeem, code = run.namespace["redeem"], run.namespace["code"]
    assert run.sandbox.rows("grants")[-1]["revoked"] is None
    late = redeem(code, RFC_7636_VERIFIER)
    assert (late.status_code, late.json()["error"]) == (400, "invalid_grant")
    assert run.sandbox.rows("grants")[-1]["revoked"] == run.sandbox.clock.now()


def test_a_callback_with_another_state_stops_the_client(
    run: RunLesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Lured(ModelBrowser):
        """Comes back by a link of Mallory's, which holds a good code of Mallory's own sign-in."""

        def sign_in(self, url: str, username: str, password: str) -> str:
            mallory = super().sign_in(url, "mallory@acme.test", "mallory-test-only")
            return re.sub("state=[^&]+", "state=mallorys", mallory)

    monkeypatch.setattr(run.sandbox, "browser", Lured)
    before = len(run.sandbox.exchanges(path="/token"))
    with pytest.raises(ValueError, match="does not answer my request"):
        run.namespace["ask_for_code"]("openid", "v" * 43)
    assert len(run.sandbox.exchanges(path="/token")) == before


def test_plain_is_refused_before_anybody_signs_in(run: RunLesson) -> None:
    asked = {
        **run.namespace["shared"], "response_type": "code", "scope": "openid", "state": "mine",
        "code_challenge": RFC_7636_VERIFIER, "code_challenge_method": "plain",
    }  # fmt: skip
    page = run.sandbox.browser().open(f"{run.sandbox.issuer}/v1/authorize?{urlencode(asked)}")
    answer = query(page.headers["Location"])
    assert (answer["error"], answer["state"]) == ("invalid_request", "mine")
    assert "code" not in answer


def test_the_scopes_decide_which_tokens_come_back(run: RunLesson) -> None:
    expected = {
        "orders:read": {"access_token"},
        "openid": {"access_token", "id_token"},
        "offline_access orders:read": {"access_token", "refresh_token"},
        "openid offline_access": {"access_token", "id_token", "refresh_token"},
    }
    for scope, tokens in expected.items():
        verifier = "v" * 43
        answer = run.namespace["redeem"](run.namespace["ask_for_code"](scope, verifier), verifier).json()
        assert {name for name in answer if name.endswith("_token")} == tokens, scope
