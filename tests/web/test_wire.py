"""The wire beneath a run: a diagram and a list of its messages, in which a value can be followed."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.axe import violations
from tests.web.conftest import FaultyServer
from tests.web.run_block import RunBlock
from tests.web.test_style import CONTRAST, LEAST_CONTRAST, NARROW

CALL_API = """import requests
from sessions_sandbox import sandbox

tokens = sandbox.sign_in("alice@acme.test", scope="openid orders:read")
bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
requests.get(f"{sandbox.api}/orders", headers=bearer, timeout=5)
requests.get(f"{sandbox.api}/orders", headers={"Authorization": "Bearer x"}, timeout=5)
"""
MANY = """import requests
from sessions_sandbox import sandbox

for _ in range(300):
    requests.get(f"{sandbox.issuer}/v1/keys", timeout=5)
"""
MESSAGES = [
    "1 GET …/v1/authorize?…, state, PKCE challenge, request 1 from browser to authorization server",
    "200 OK, cookie, CSRF token, response 1 from authorization server to browser",
    "2 POST …/v1/login, cookie, CSRF token, password, request 2 from browser to authorization server",
    "303 redirect to app.acme.test/callback?…, authorization code, state, cookie, "
    "response 2 from authorization server to browser",
    "3 POST …/v1/token, client credentials, authorization code, PKCE verifier, "
    "request 3 from your program to authorization server",
    "200 OK, access token, ID token, response 3 from authorization server to your program",
    "4 GET /orders, access token, request 4 from your program to API",
    "5 GET …/v1/keys, request 5 from API to authorization server",
    "200 OK, response 5 from authorization server to API",
    "200 OK, response 4 from API to your program",
    "6 GET /orders, access token, request 6 from your program to API",
    "401 UNAUTHORIZED, response 6 from API to your program",
]
COUNT_PIECES = """(diagram) => {
    window.pieces = 0;
    new MutationObserver(() => { window.pieces += 1; }).observe(diagram, {childList: true, subtree: true});
    let now = 0;
    performance.now = () => now++;
}"""
"""An observer is called once for all that one task changed. Each look at the clock takes a millisecond."""


@pytest.fixture
def block(blocks: Page) -> RunBlock:
    """A block that has called the API, its exchanges as a diagram."""
    block = RunBlock(blocks, "sign_in")
    block.rewrite(CALL_API)
    block.press_run()
    block.show("Diagram")
    return block


def arrow(block: RunBlock, name: str) -> Locator:
    """The arrow of a message: "request 3"."""
    return block.root.get_by_role("button", name=re.compile(f", {name} from "))


def value(block: RunBlock, message: str, label: str) -> Locator:
    """The button of a value in a message of the diagram, which is opened for that."""
    button = arrow(block, message)
    if button.get_attribute("aria-expanded") == "false":
        button.click()
    details = block.root.locator(f"[id='{button.get_attribute('aria-controls')}']")
    return details.locator(f".wire-follow[data-label='{label}']")


def told(block: RunBlock) -> str:
    block.root.locator(".wire-following").wait_for()
    return block.root.locator(".wire-told").text_content() or ""


def button(block: RunBlock, name: str) -> Locator:
    return block.root.locator(".wire").get_by_role("button", name=name, exact=True)


def test_the_diagram_shows_who_said_what_in_its_order(block: RunBlock) -> None:
    names = block.root.locator(".wire-arrow").evaluate_all("all => all.map((one) => one.ariaLabel)")
    assert names == MESSAGES
    assert block.root.locator(".wire-name").all_text_contents() == [
        *("your program", "browser", "authorization server", "API")
    ]
    expect(block.root.locator(".wire-arrow svg").first).to_have_attribute("aria-hidden", "true")


def test_names_stand_above_their_lifelines(block: RunBlock) -> None:
    def places(part: str) -> list[str]:
        found: list[str] = block.root.locator(part).evaluate_all(
            "all => all.map((one) => one.getAttribute('x') ?? one.getAttribute('x1'))"
        )
        return found

    assert places(".wire-name") == places(".wire-lifeline")[:4]
    lefts = block.root.locator(".wire-diagram svg").evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect()).map(({left, width}) => `${left} ${width}`)"
    )
    assert len(set(lefts)) == 1


def test_a_message_opens_to_its_raw_text(block: RunBlock) -> None:
    arrow(block, "response 3").click()
    expect(block.root.locator(".run-response")).to_contain_text("200 OK\nCache-Control: no-store\n")
    expect(block.root.locator(".run-request")).to_have_count(0)
    arrow(block, "response 3").click()
    expect(block.root.locator(".run-response")).to_be_hidden()


def test_arrow_keys_go_from_message_to_message(block: RunBlock) -> None:
    page = block.root.page
    arrow(block, "request 1").focus()
    page.keyboard.press("ArrowDown")
    expect(arrow(block, "response 1")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(arrow(block, "response 1")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(arrow(block, "request 1")).to_be_focused()


def test_diagram_and_list_are_two_views_by_two_buttons(block: RunBlock) -> None:
    diagram, listed = button(block, "Diagram"), button(block, "List")
    expect(diagram).to_have_attribute("aria-pressed", "true")
    expect(block.root.locator(".run-exchange-list")).to_be_hidden()
    listed.click()
    expect(diagram).to_have_attribute("aria-pressed", "false")
    expect(listed).to_have_attribute("aria-pressed", "true")
    expect(block.root.locator(".wire-diagram")).to_be_hidden()
    expect(block.exchanges).to_have_count(6)


def test_a_wide_screen_begins_with_the_diagram_and_the_choice_is_kept(
    page: Page, server: FaultyServer
) -> None:
    page.goto(server.address)
    block = RunBlock(page, "sign_in")
    block.press_run()
    expect(block.root.locator(".wire-diagram")).to_be_visible()
    block.show("List")
    page.reload()
    block.press_run()
    expect(block.root.locator(".run-exchange-list")).to_be_visible()


def test_a_narrow_screen_begins_with_the_list_and_the_diagram_scrolls_in_its_box(
    page: Page, server: FaultyServer
) -> None:
    page.set_viewport_size({"width": NARROW, "height": 640})
    page.goto(server.address)
    block = RunBlock(page, "sign_in")
    block.press_run()
    expect(block.root.locator(".run-exchange-list")).to_be_visible()
    block.show("Diagram")
    arrow(block, "response 3").click()
    value(block, "response 3", "access token").click()
    told(block)
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW
    box = block.root.locator(".wire-diagram")
    assert box.evaluate("box => box.scrollWidth > box.clientWidth")


@pytest.mark.parametrize(
    ("message", "label", "text"),
    [
        ("response 3", "access token", "This access token: issued in 3, used in 4."),
        ("request 4", "access token", "This access token: issued in 3, used in 4."),
        ("request 6", "access token", "This access token: sent in 6, in no other message of this run."),
        ("request 3", "authorization code", "This authorization code: issued in 2, used in 3."),
        ("response 1", "cookie", "This cookie: issued in 1, used in 2."),
        ("request 1", "state", "This state: sent in 1, returned in 2."),
        (
            "request 1",
            "PKCE challenge",
            "This PKCE challenge: sent in 1, its verifier used in 3 (the challenge is its SHA-256).",
        ),
        (
            "request 3",
            "PKCE verifier",
            "This PKCE verifier: sent in 1, its verifier used in 3 (the challenge is its SHA-256).",
        ),
        ("response 2", "redirect", "This redirect: sent in 1, used again in 3, returned in 2."),
    ],
)
def test_a_value_is_followed_in_words(block: RunBlock, message: str, label: str, text: str) -> None:
    value(block, message, label).first.click()
    assert told(block) == text


def test_a_value_is_followed_from_message_to_message(block: RunBlock) -> None:
    value(block, "response 2", "authorization code").click()
    assert told(block) == "This authorization code: issued in 2, used in 3."
    expect(arrow(block, "response 2")).to_have_accessible_name(
        re.compile("^303 .*, issued here, authorization code, ")
    )
    expect(arrow(block, "request 3")).to_have_accessible_name(re.compile("^3 POST …/v1/token, used here, "))
    expect(block.root.locator(".wire-noted", has_text="●")).to_have_text(["● issued here ", "● used here "])
    button(block, "Next").click()
    target = value(block, "request 3", "authorization code")
    expect(target).to_be_focused()
    expect(block.root.locator(".wire-followed")).to_have_count(2)
    button(block, "Next").click()
    expect(value(block, "response 2", "authorization code")).to_be_focused()
    button(block, "Previous").click()
    expect(target).to_be_focused()
    button(block, "Stop following").click()
    expect(button(block, "Diagram")).to_be_focused()
    expect(block.root.locator(".wire-followed")).to_have_count(0)
    expect(block.root.locator(".wire-noted", has_text="●")).to_have_count(0)
    expect(block.root.locator(".wire-following")).to_be_hidden()


def test_the_list_follows_too(block: RunBlock) -> None:
    value(block, "response 3", "access token").click()
    told(block)
    block.show("List")
    expect(block.exchanges.locator(".wire-badge")).to_have_text(["issued here", "used here"])
    button(block, "Next").click()
    fourth = block.exchanges.nth(3)
    expect(fourth.locator(".run-request .wire-follow")).to_be_focused()
    expect(fourth.locator(".run-request .wire-followed")).to_have_count(1)


def test_another_value_takes_the_place_of_the_first(block: RunBlock) -> None:
    value(block, "response 3", "access token").click()
    told(block)
    value(block, "response 3", "ID token").click()
    expect(block.root.locator(".wire-told")).to_have_text(re.compile("^This ID token: issued in 3"))
    expect(block.root.locator(".wire-followed")).to_have_count(1)
    expect(arrow(block, "request 4")).not_to_have_accessible_name(re.compile("used here"))


def test_many_exchanges_come_in_pieces(page: Page, server: FaultyServer) -> None:
    """The window answers between them. How long they take is for scripts/bench."""
    page.goto(server.address)
    block = RunBlock(page, "sign_in")
    block.rewrite(MANY)
    block.press_run()
    block.show("List")
    expect(block.exchanges).to_have_count(300)
    block.press_run()
    expect(block.exchanges).to_have_count(300)
    block.root.locator(".wire-diagram").evaluate(COUNT_PIECES)
    block.show("Diagram")
    expect(block.root.locator(".wire-arrow")).to_have_count(600)
    assert page.evaluate("pieces") > 600 / 20


@pytest.mark.parametrize("scheme", ["default", "slate"])
def test_every_text_stands_out_from_its_ground(block: RunBlock, scheme: str) -> None:
    page = block.root.page
    page.evaluate("scheme => document.body.dataset.mdColorScheme = scheme", scheme)
    value(block, "response 3", "access token").click()
    told(block)
    arrow(block, "request 3").click()
    of_fill = CONTRAST.replace("getComputedStyle(node).color", "getComputedStyle(node).fill")
    for part in (".wire-name", ".wire-label", ".wire-carried", ".wire-noted"):
        expect_contrast(block, part, of_fill)
    for part in (".wire-view", ".wire-step", ".wire-told", ".wire-copy", ".wire-follow", ".token-open"):
        expect_contrast(block, part, CONTRAST)
    block.show("List")
    for part in (".wire-badge", ".wire-number", ".wire-view"):
        expect_contrast(block, part, CONTRAST)
    page.evaluate("document.body.dataset.mdColorScheme = 'default'")


def expect_contrast(block: RunBlock, part: str, contrast: str) -> None:
    found: list[float] = block.root.locator(f"{part}:visible").evaluate_all(f"all => all.map({contrast})")
    assert found, part
    assert min(found) >= LEAST_CONTRAST, part


def test_axe_finds_nothing(block: RunBlock) -> None:
    page = block.root.page
    value(block, "response 3", "access token").click()
    told(block)
    arrow(block, "request 3").click()
    assert violations(page, ".wire") == []
    block.show("List")
    block.exchanges.nth(2).locator(".run-exchange-toggle").click()
    assert violations(page, ".wire") == []
