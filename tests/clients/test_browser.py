"""A real browser, which knows by itself that idp.localhost is this machine."""

import json
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from playwright.sync_api import Browser, Page

from tests.clients.conftest import Served

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
"""The pair of RFC 7636, Appendix B."""
START = "settings => { globalThis.auth = new OktaAuth(settings) }"


def fill_in(page: Page) -> None:
    page.get_by_label("Name").fill("alice@acme.test")
    page.get_by_label("Password").fill("alice-test-only")
    page.get_by_role("button", name="Sign in").click()


def test_chromium_signs_in_and_stays_signed_in(served: Served, chromium: Browser) -> None:
    scheme, port = urlsplit(served.address).scheme, urlsplit(served.address).port
    callback = f"{scheme}://app.localhost:{port}/spa"
    asked = {
        "response_type": "code",
        "client_id": "0oa2spaacmetest0000s",
        "redirect_uri": callback,
        "scope": "openid",
        "state": "s",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    url = f"{scheme}://idp.localhost:{port}/oauth2/default/v1/authorize?{urlencode(asked)}"
    with chromium.new_context(ignore_https_errors=True) as context:
        page = context.new_page()
        page.goto(url)
        fill_in(page)
        page.wait_for_url(f"{callback}?*")
        first = parse_qs(urlsplit(page.url).query)["code"]
        page.goto(f"{url}&prompt=none")
        second = parse_qs(urlsplit(page.url).query)["code"]
        cookies = {cookie["name"]: cookie["secure"] for cookie in context.cookies()}
    assert cookies == ({"idp_sid": False} if scheme == "http" else {"__Host-idp_sid": True})
    assert first != second
    form = {
        "grant_type": "authorization_code",
        "code": second[0],
        "redirect_uri": callback,
        "client_id": asked["client_id"],
        "code_verifier": VERIFIER,
    }
    reply = requests.post(f"{served.issuer}/v1/token", form, timeout=10)
    assert reply.status_code == 200


def test_okta_auth_js_in_an_app_of_ones_own(served: Served, chromium: Browser) -> None:
    """At an origin that is registered by `--redirect-uri`: redirects, CORS and sign-out as in production."""
    scheme, port = urlsplit(served.address).scheme, urlsplit(served.address).port
    settings = {
        "issuer": f"{scheme}://idp.localhost:{port}/oauth2/default",
        "clientId": "0oa2spaacmetest0000s",
        "redirectUri": f"{served.own_app}/login/callback",
        "postLogoutRedirectUri": f"{served.own_app}/",
        "scopes": ["openid", "profile", "offline_access", "orders:read"],
    }
    with chromium.new_context(ignore_https_errors=True) as context:
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto(served.own_app)
        page.evaluate(START, settings)
        page.evaluate("void auth.signInWithRedirect()")
        page.wait_for_url(f"{settings['issuer']}/v1/authorize?*")
        fill_in(page)
        page.wait_for_url(f"{served.own_app}/login/callback?*")
        page.evaluate(START, settings)
        tokens = page.evaluate("auth.token.parseFromUrl().then(parsed => parsed.tokens)")
        page.evaluate("tokens => auth.tokenManager.setTokens(tokens)", tokens)
        assert tokens["idToken"]["claims"]["name"] == "Alice"
        assert page.evaluate("auth.token.getUserInfo().then(info => info.preferred_username)")
        access = json.dumps(tokens["accessToken"])
        active = f"auth.token.introspect('accessToken', {access}).then(answer => answer.active)"
        assert page.evaluate(active) is True
        page.evaluate("void auth.signOut({state: 'out'})")
        page.wait_for_url(f"{served.own_app}/?state=out")
        page.evaluate(START, settings)
        assert page.evaluate(active) is False
        assert context.cookies(settings["issuer"]) == []
