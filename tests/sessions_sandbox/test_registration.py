"""URIs of a user's own app."""

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from sessions_sandbox import Sandbox, SandboxError
from sessions_sandbox.registration import Registration, Uris
from tests.sessions_sandbox.flows import CHALLENGE, VERIFIER

CALLBACK = "http://localhost:3000/api/auth/callback/okta"
NATIVE = "http://127.0.0.1/own/callback"
SIGNED_OUT = "http://localhost:3000/bye?from=sandbox"
TOLD = "http://localhost:3000/told"


def visit(sandbox: Sandbox, client: str, redirect_uri: str) -> requests.Response:
    """Where the browser of somebody who is not signed in goes: 303, or a page that says what is wrong."""
    asked = {
        "response_type": "code",
        "client_id": sandbox.client(client).id,
        "redirect_uri": redirect_uri,
        "scope": "openid",
        "state": "s",
        "prompt": "none",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    url = f"{sandbox.issuer}/v1/authorize?{urlencode(asked)}"
    return requests.get(url, allow_redirects=False, timeout=5)


def signed_in(sandbox: Sandbox, redirect_uri: str) -> dict[str, Any]:
    """Alice's tokens, by the client web with this redirect URI."""
    browser, web = sandbox.browser(), sandbox.client("web")
    asked = {"response_type": "code", "client_id": web.id, "redirect_uri": redirect_uri, "scope": "openid"}
    asked |= {"state": "s", "code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    url = f"{sandbox.issuer}/v1/authorize?{urlencode(asked)}"
    back = browser.sign_in(url, "alice@acme.test", "alice-test-only")
    assert back.startswith(f"{redirect_uri}?code=")
    code = parse_qs(urlsplit(back).query)["code"][0]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    form["code_verifier"] = VERIFIER
    reply = requests.post(f"{sandbox.issuer}/v1/token", form, auth=web.credentials, timeout=5)
    assert reply.status_code == 200, reply.text
    tokens: dict[str, Any] = {**reply.json(), "browser": browser}
    return tokens


def test_a_flow_with_ones_own_callback_and_the_logout() -> None:
    with Sandbox(redirect_uris={"web": CALLBACK}, post_logout_redirect_uris={"web": [SIGNED_OUT]}) as sandbox:
        tokens = signed_in(sandbox, CALLBACK)
        assert sandbox.sign_in("alice@acme.test", client="web"), "the client's own is still there"
        query = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": SIGNED_OUT, "state": "s"}
        leave = tokens["browser"].open(f"{sandbox.issuer}/v1/logout?{urlencode(query)}")
        assert leave.headers["Location"] == f"{SIGNED_OUT}&state=s"


def test_it_counts_letter_by_letter_for_its_client_alone(sandbox: Sandbox) -> None:
    assert visit(sandbox, "web", CALLBACK).status_code == 400
    sandbox.stop()
    with Sandbox(redirect_uris={"web": [CALLBACK, f"{CALLBACK}2"], "native": NATIVE}) as own:
        for uri in (CALLBACK, f"{CALLBACK}2"):
            assert visit(own, "web", uri).headers["Location"].startswith(f"{uri}?error=login_required")
        other_port = NATIVE.replace("127.0.0.1", "127.0.0.1:50000")
        assert visit(own, "native", other_port).status_code == 303  # RFC 8252 §7.3
        assert visit(own, "spa", CALLBACK).status_code == 400
        for other in (f"{CALLBACK}/", f"{CALLBACK}?x", CALLBACK.upper(), CALLBACK.replace("3000", "3001")):
            assert visit(own, "web", other).status_code == 400


@pytest.mark.parametrize(
    ("uri", "origin"),
    [
        (CALLBACK, "http://localhost:3000"),
        ("https://App.example.com:443/cb", "https://app.example.com"),
        ("http://[::1]:80/cb", "http://[::1]"),
    ],
)
def test_pages_of_its_origin_may_call_the_endpoints(uri: str, origin: str) -> None:
    with Sandbox(redirect_uris={"spa": uri}) as sandbox:
        for sent, allowed in ((origin, origin), ("http://localhost:3001", None), (f"{origin}0", None)):
            reply = requests.post(f"{sandbox.issuer}/v1/token", headers={"Origin": sent}, timeout=5)
            assert reply.headers.get("Access-Control-Allow-Origin") == allowed


def test_what_a_client_has_registered_is_shown() -> None:
    own = Sandbox(redirect_uris={"web": CALLBACK}, post_logout_redirect_uris={"web": SIGNED_OUT})
    assert own.client("web").redirect_uris == ("https://app.acme.test/callback", CALLBACK)
    assert own.client("web").post_logout_redirect_uris == ("https://app.acme.test/", SIGNED_OUT)
    assert own.client("svc").redirect_uris == ()
    assert Registration.of({}, {"web": SIGNED_OUT}, {"web": TOLD}).origins == frozenset()


@pytest.mark.parametrize("name", ["http", "https"])
@pytest.mark.parametrize("host", ["localhost", "idp.localhost", "127.0.0.1", "127.9.9.9", "[::1]"])
def test_this_machine_needs_no_tls(name: str, host: str) -> None:
    uris: Uris = {"spa": f"{name}://{host}:3000/cb?x=1"}
    assert Registration.of(uris, uris, uris).redirect_uris == {"spa": (f"{name}://{host}:3000/cb?x=1",)}


@pytest.mark.parametrize(
    ("uris", "message"),
    [
        ({"wbe": CALLBACK}, "no client that signs users in is called 'wbe'; there are web, spa, native"),
        ({"svc": CALLBACK}, "no client that signs users in is called 'svc'"),
        ({"web": "/callback"}, "'/callback' is no absolute URI of an app; one looks like http://localhost"),
        ({"web": ""}, "'' is no absolute URI"),
        ({"web": "localhost:3000/cb"}, "is no absolute URI"),
        ({"web": "http:///cb"}, "is no absolute URI"),
        ({"web": "javascript:alert(1)"}, "is no absolute URI"),
        ({"web": "javascript://example.com/%0aalert(1)"}, "is no absolute URI"),
        ({"web": "ftp://localhost/cb"}, "is no absolute URI"),
        ({"web": "http://localhost:x/cb"}, "is no absolute URI"),
        ({"web": "http://localhost:0/cb"}, "is no absolute URI"),
        ({"web": "https://user@example.com/cb"}, "is no absolute URI"),
        ({"web": "https://example.com/c b"}, "is no absolute URI"),
        ({"web": "https://example.com/\r\nSet-Cookie: x"}, "is no absolute URI"),
        ({"web": "https://example.com/é"}, "is no absolute URI"),
        ({"web": "http://[::1/cb"}, "is no absolute URI"),
        ({"web": [CALLBACK, f"{CALLBACK}#x"]}, "has a fragment"),
        ({"web": f"{CALLBACK}#"}, "has a fragment"),
        ({"web": "http://example.com/cb"}, "example.com is not this machine: use https, or localhost"),
        ({"web": "http://localhost.example.com/cb"}, "is not this machine"),
        ({"web": "http://10.0.0.1/cb"}, "is not this machine"),
        ({"web": "http://evillocalhost/cb"}, "is not this machine"),
    ],
)
def test_what_cannot_be_registered_is_explained(uris: Uris, message: str) -> None:
    for name in ("redirect_uris", "post_logout_redirect_uris", "backchannel_logout_uris"):
        with pytest.raises(SandboxError) as refused:
            Sandbox(**{name: uris})  # type: ignore[arg-type]
        assert message in str(refused.value)


@pytest.mark.parametrize(
    ("uris", "message"),
    [
        ({"web": [TOLD, f"{TOLD}2"]}, "the client web can have one back-channel logout URI, and not 2"),
        ({"bff": TOLD}, "the client bff has a back-channel logout URI already; use web, spa or native"),
    ],
)
def test_a_client_is_told_of_a_logout_at_one_place(uris: Uris, message: str) -> None:
    """OpenID Connect Back-Channel Logout 1.0 §2.2. Not a feature of Okta."""
    with pytest.raises(SandboxError) as refused:
        Sandbox(backchannel_logout_uris=uris)
    assert str(refused.value) == message


def test_where_a_client_is_told_of_a_logout_is_shown() -> None:
    own = Sandbox(backchannel_logout_uris={"web": [TOLD], "spa": []})
    told = {name: own.client(name).backchannel_logout_uri for name in ("web", "spa", "bff")}
    assert told == {"web": TOLD, "spa": None, "bff": "https://app.acme.test/bff/backchannel-logout"}


def test_a_path_is_no_pattern() -> None:
    """At another port of this machine, the rest still counts letter by letter."""
    with Sandbox(redirect_uris={"native": "http://127.0.0.1/a.b"}) as own:
        assert visit(own, "native", "http://127.0.0.1:50000/a.b").status_code == 303
        assert visit(own, "native", "http://127.0.0.1:50000/aXb").status_code == 400
