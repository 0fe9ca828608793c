"""The inspector of tokens: what a JWT says, and what it is worth, in a dialog on the page."""

import base64
import json
import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.axe import violations
from tests.web.conftest import FaultyServer
from tests.web.made_jwt import jwt
from tests.web.run_block import RunBlock
from tests.web.test_boot import SAVES_DATA
from tests.web.test_style import CONTRAST, LEAST_CONTRAST, NARROW

PRINT_TOKEN = """from sessions_sandbox import sandbox

tokens = sandbox.sign_in("alice@acme.test", scope="openid orders:read")
sandbox.clock.advance(seconds=2)
print("the token:", tokens["access_token"], "ends here")
"""
EXPIRED = PRINT_TOKEN.replace("seconds=2", "hours=1")
REVOKED = PRINT_TOKEN.replace(
    "sandbox.clock.advance(seconds=2)",
    'sandbox.admin.revoke("access_tokens", sandbox.rows("access_tokens")[0]["jti"])',
)
HOSTILE = '<img src=x onerror="harmed = true"><script>harmed = true</script>'
NOW = 1767603600
CHECKS = [
    *("well-formed", "header understood", "algorithm", "key", "signature", "typ", "required claims", "iss"),
    *("aud", "exp", "nbf", "iat", "kinds of values", "bearer", "scope", "signature"),
]


class Inspector:
    """The dialog that is open."""

    def __init__(self, page: Page) -> None:
        self.root = page.locator("dialog.token-inspector")
        self.text = self.root.get_by_label("The token, to be edited")
        self.status = self.root.locator(".token-status")
        self.kind = self.root.locator(".token-kind")
        self.header = self.root.locator(".token-part").first
        self.payload = self.root.locator(".token-part").last
        self.close = self.root.get_by_role("button", name="Close")
        self.undo = self.root.get_by_role("button", name="Undo changes")
        self.check = self.root.get_by_role("button", name="Press to check")

    def member(self, name: str) -> Locator:
        """What is said of a member of header or payload."""
        names = self.root.page.locator(".token-claim", has_text=re.compile(f"^{re.escape(name)}$"))
        return self.root.locator(".token-member", has=names)

    def verdicts(self) -> dict[str, str]:
        """How each check ended; the second "signature" is that of the token's own issuer."""
        rows = self.root.locator(".token-check")
        names = rows.locator(".token-name").all_text_contents()
        assert names == CHECKS
        states = rows.locator(".token-state").all_text_contents()
        return dict(zip([*names[:-1], "own signature"], states, strict=True))


def inspect(blocks: Page, code: str = PRINT_TOKEN) -> Inspector:
    """Run some code and open the token that it prints."""
    block = RunBlock(blocks, "sign_in")
    block.rewrite(code)
    block.press_run()
    block.output.get_by_role("button", name="Inspect this token").click()
    inspector = Inspector(blocks)
    expect(inspector.status).to_have_text(re.compile("^The API "))
    return inspector


def test_a_token_in_output_opens_and_the_output_stays_as_it_is(blocks: Page) -> None:
    inspector = inspect(blocks)
    token = inspector.text.input_value()
    assert token.startswith("eyJ")
    assert RunBlock(blocks, "sign_in").printed() == f"the token: {token} ends here\n"
    expect(inspector.root).to_have_accessible_name("Token")
    expect(inspector.kind).to_have_text("By what it says, this is an access token.")


def test_a_token_in_an_exchange_opens(blocks: Page) -> None:
    block = RunBlock(blocks, "sign_in")
    block.press_run()
    block.show("List")
    block.exchanges.nth(2).locator(".run-exchange-toggle").click()
    block.root.get_by_role("button", name="Inspect this ID token").click()
    inspector = Inspector(blocks)
    expect(inspector.kind).to_contain_text("an ID token: it tells the client who signed in")
    expect(inspector.status).to_have_text(
        "The API refuses it: 401 invalid_token. Failed: required claims, aud, scope. Its issuer says: active."
    )


def test_a_token_in_code_opens_without_a_run(blocks: Page) -> None:
    blocks.locator(".highlight:not(.run)").get_by_role("button", name="Inspect this token").click()
    inspector = Inspector(blocks)
    expect(inspector.member("alg")).to_contain_text('"none"')
    expect(inspector.status).to_contain_text("The API refuses it: 401 invalid_token. Failed: well-formed.")


def test_each_member_is_explained_and_linked_to_its_clause(blocks: Page) -> None:
    inspector = inspect(blocks)
    expect(inspector.header.locator(".token-claim")).to_have_text(["alg", "kid"])
    claims = ["ver", "jti", "iss", "aud", "iat", "exp", "cid", "uid", "scp", "auth_time", "sub"]
    expect(inspector.payload.locator(".token-claim")).to_have_text(claims)
    aud = inspector.member("aud")
    expect(aud.locator(".token-value")).to_have_text('"api://default"')
    expect(aud.locator(".token-meaning")).to_contain_text("For whom it is meant.")
    link = aud.get_by_role("link", name="RFC 7519 §4.1.3")
    expect(link).to_have_attribute("href", "https://www.rfc-editor.org/rfc/rfc7519#section-4.1.3")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(inspector.member("scp")).to_contain_text("Okta's own")
    hosts = {
        urlsplit(one.get_attribute("href") or "").netloc for one in inspector.root.get_by_role("link").all()
    }
    assert hosts == {"www.rfc-editor.org", "openid.net"}


def test_times_are_told_by_the_clock_of_the_sandbox(blocks: Page) -> None:
    inspector = inspect(blocks)
    expect(inspector.member("exp").locator(".token-time")).to_have_text(
        "expires in 59 min 58 s, at 2026-01-05 10:00:00 UTC"
    )
    expect(inspector.member("iat").locator(".token-time")).to_have_text("2 s ago, at 2026-01-05 09:00:00 UTC")


def test_every_check_has_its_verdict(blocks: Page) -> None:
    inspector = inspect(blocks)
    assert set(inspector.verdicts().values()) == {"✓ pass"}
    expect(inspector.status).to_have_text(
        "The API takes it: GET /orders answers 200. Its issuer says: active."
    )
    expect(inspector.root.locator(".token-active")).to_have_text("✓ active")
    expect(inspector.root.locator(".token-verdict pre")).to_contain_text('"username": "alice@acme.test"')


def test_a_changed_character_shows_what_breaks(blocks: Page) -> None:
    inspector = inspect(blocks)
    token = inspector.text.input_value()
    header, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    claims["sub"] = "mallory@acme.test"
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    inspector.text.fill(f"{header}.{forged}.{signature}")
    expect(inspector.member("sub").locator(".token-value")).to_have_text('"mallory@acme.test"')
    expect(inspector.status).to_have_text(
        "The API refuses it: 401 invalid_token. Failed: signature. Its issuer says: not active."
    )
    assert inspector.verdicts()["signature"] == inspector.verdicts()["own signature"] == "✗ fail"
    inspector.text.press("End")
    inspector.text.press("Backspace")
    inspector.undo.click()
    expect(inspector.text).to_have_value(token)
    expect(inspector.status).to_contain_text("The API takes it")
    expect(inspector.undo).to_be_disabled()


def test_what_cannot_be_read_is_said(blocks: Page) -> None:
    inspector = inspect(blocks)
    inspector.text.fill("eyJ.W10.x")
    expect(inspector.header).to_have_text('This is no JSON: {"')
    expect(inspector.payload).to_have_text("This is JSON, but no object.")
    inspector.text.fill("a!.b")
    expect(inspector.header).to_have_text("This is no text in base64url.")
    expect(inspector.status).to_contain_text("Failed: well-formed.")
    assert inspector.verdicts()["exp"] == "○ open"


def test_an_expired_token_and_a_revoked_one(blocks: Page) -> None:
    inspector = inspect(blocks, EXPIRED)
    expect(inspector.status).to_contain_text("The API refuses it: 401 invalid_token. Failed: exp.")
    expect(inspector.member("exp").locator(".token-time")).to_have_text(
        "expired now, at 2026-01-05 10:00:00 UTC"
    )
    inspector.close.click()
    inspector = inspect(blocks, REVOKED)
    expect(inspector.status).to_have_text(
        "The API takes it: GET /orders answers 200. Its issuer says: not active."
    )


def test_a_hostile_token_is_text(blocks: Page) -> None:
    blocks.evaluate("window.harmed = false")
    inspector = inspect(blocks)
    inspector.text.fill(
        jwt(
            {"alg": HOSTILE, "kid": HOSTILE, HOSTILE: HOSTILE},
            {HOSTILE: HOSTILE, "iss": HOSTILE, "exp": HOSTILE},
        )
    )
    expect(inspector.status).to_contain_text(
        "Failed: algorithm, key, required claims, iss, aud, exp, iat, scope"
    )
    expect(inspector.payload).to_contain_text("<script>harmed = true</script>")
    expect(inspector.root.locator(".token-verdict")).to_contain_text("<img src=x")
    expect(inspector.root.locator("img, script")).to_have_count(0)
    inspector.text.fill(
        jwt({"__proto__": {"alg": "RS256"}, "constructor": 1}, {"toString": 1, "hasOwnProperty": 2})
    )
    expect(inspector.payload.locator(".token-claim")).to_have_text(["toString", "hasOwnProperty"])
    expect(inspector.member("toString").locator(".token-meaning")).to_contain_text(
        "No standard that is read here"
    )
    assert blocks.evaluate("harmed") is False


def test_escape_closes_and_the_focus_returns(blocks: Page) -> None:
    inspector = inspect(blocks)
    assert inspector.root.evaluate(
        "dialog => dialog.matches(':modal') && dialog.contains(document.activeElement)"
    )
    blocks.keyboard.press("Escape")
    expect(inspector.root).to_have_count(0)
    opener = RunBlock(blocks, "sign_in").output.get_by_role("button", name="Inspect this token")
    expect(opener).to_be_focused()
    blocks.keyboard.press("Enter")
    inspector.close.click()
    expect(inspector.root).to_have_count(0)
    expect(opener).to_be_focused()


def test_axe_finds_nothing(blocks: Page) -> None:
    inspector = inspect(blocks)
    inspector.text.fill("a.b.c")
    expect(inspector.status).to_contain_text("refuses")
    assert violations(blocks, "dialog.token-inspector") == []


def test_a_page_change_closes_it(blocks: Page) -> None:
    inspector = inspect(blocks)
    blocks.evaluate("changePage()")
    expect(inspector.root).to_have_count(0)


def test_without_python_the_parts_are_read_and_the_rest_is_offered(page: Page, server: FaultyServer) -> None:
    page.add_init_script(SAVES_DATA)
    page.goto(server.address)
    page.get_by_role("button", name="Inspect this token").focus()
    page.keyboard.press("Enter")
    inspector = Inspector(page)
    expect(inspector.member("sub").locator(".token-value")).to_have_text('"alice"')
    expect(inspector.status).to_have_text("The signature and the checks wait for Python.")
    inspector.text.fill(jwt({"alg": "RS256"}, {"exp": NOW}))
    expect(inspector.member("exp").locator(".token-time")).to_have_text("2026-01-05 09:00:00 UTC")
    assert not any(path.endswith("worker.js") for path in server.asked)
    inspector.check.click()
    expect(inspector.status).to_contain_text("The API refuses it: 401", timeout=60_000)
    expect(inspector.check).to_be_hidden()
    expect(inspector.member("exp").locator(".token-time")).to_contain_text("expired now")


def test_a_python_that_does_not_start_is_told(page: Page, server: FaultyServer) -> None:
    page.add_init_script(SAVES_DATA)
    server.missing = {"worker.js"}
    page.goto(server.address)
    page.get_by_role("button", name="Inspect this token").click()
    inspector = Inspector(page)
    inspector.check.click()
    expect(inspector.status).to_contain_text("Python did not start: worker.js")
    expect(inspector.check).to_be_visible()


def test_nothing_is_asked_of_other_hosts(page: Page, server: FaultyServer) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(server.address)
    inspector = inspect(page)
    inspector.text.fill(
        jwt({"alg": "RS256", "jku": "https://evil.example.net/keys"}, {"iss": "https://evil.example.net"})
    )
    expect(inspector.status).to_contain_text("The API refuses it")
    assert {urlsplit(url).netloc for url in asked if not url.startswith("data:")} == {
        urlsplit(server.address).netloc
    }


@pytest.mark.parametrize("scheme", ["default", "slate"])
def test_every_text_stands_out_from_its_ground(blocks: Page, scheme: str) -> None:
    blocks.evaluate("scheme => document.body.dataset.mdColorScheme = scheme", scheme)
    inspector = inspect(blocks)
    inspector.text.fill(inspector.text.input_value()[:-9] + "x.")
    expect(inspector.status).to_contain_text("refuses")
    inspector.text.fill(inspector.text.input_value()[:-1] + "AAAAAAAA")
    expect(inspector.root.locator(".token-fail").first).to_be_visible()
    expect(inspector.root.locator(".token-pass").first).to_be_visible()
    for part in (
        *(
            "h2",
            "h3",
            "p",
            ".token-button:enabled",
            ".token-text",
            ".token-claim",
            ".token-value",
            ".token-time",
        ),
        *(".token-meaning", ".token-clause", ".token-state", ".token-name", ".token-why"),
    ):
        found: list[float] = inspector.root.locator(part).evaluate_all(f"all => all.map({CONTRAST})")
        assert found, part
        assert min(found) >= LEAST_CONTRAST, f"{part} in {scheme}"
    blocks.evaluate("document.body.dataset.mdColorScheme = 'default'")


def test_a_narrow_screen_needs_no_scrolling_sideways(page: Page, server: FaultyServer) -> None:
    page.set_viewport_size({"width": NARROW, "height": 640})
    page.goto(server.address)
    inspector = inspect(page)
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW
    assert inspector.root.evaluate("dialog => dialog.scrollWidth - dialog.clientWidth") == 0
