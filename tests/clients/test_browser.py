"""A real browser, which knows by itself that idp.localhost is this machine."""

from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from playwright.sync_api import Browser

from tests.clients.conftest import Served

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
"""The pair of RFC 7636, Appendix B."""


def test_chromium_signs_in_and_stays_signed_in(served: Served, chromium: Browser) -> None:
    port = urlsplit(served.address).port
    callback = f"http://app.localhost:{port}/spa"
    asked = {
        "response_type": "code",
        "client_id": "0oa2spaacmetest0000s",
        "redirect_uri": callback,
        "scope": "openid",
        "state": "s",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    url = f"http://idp.localhost:{port}/oauth2/default/v1/authorize?{urlencode(asked)}"
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(url)
        page.get_by_label("Name").fill("alice@acme.test")
        page.get_by_label("Password").fill("alice-test-only")
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{callback}?*")
        first = parse_qs(urlsplit(page.url).query)["code"]
        page.goto(f"{url}&prompt=none")
        second = parse_qs(urlsplit(page.url).query)["code"]
    assert first != second
    form = {
        "grant_type": "authorization_code",
        "code": second[0],
        "redirect_uri": callback,
        "client_id": asked["client_id"],
        "code_verifier": VERIFIER,
    }
    reply = requests.post(f"{served.issuer}/v1/token", form, proxies={"http": ""}, timeout=10)
    assert reply.status_code == 200
