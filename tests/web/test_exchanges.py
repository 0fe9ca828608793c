"""The HTTP exchanges beneath a run: a row each, opened for headers and bodies, with secrets marked."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.web.run_block import RunBlock


def open_exchange(block: RunBlock, url: str) -> Locator:
    """The exchange with this in its row, opened."""
    block.show("List")
    exchange = block.exchanges.filter(has_text=url)
    exchange.locator(".run-exchange-toggle").click()
    return exchange


def marked(message: Locator, what: str) -> Locator:
    """The pieces of a message that are marked as this."""
    return message.locator(f'mark[data-mark="{what}"]')


def test_each_exchange_has_a_row(blocks: Page) -> None:
    block = RunBlock(blocks, "sign_in")
    block.press_run()
    rows = block.root.locator(".run-exchange-toggle").all_text_contents()
    assert rows == [
        "1 GET idp.acme.test/oauth2/default/v1/authorize?… 200 OK",
        "2 POST idp.acme.test/oauth2/default/v1/login 303 SEE OTHER",
        "3 POST idp.acme.test/oauth2/default/v1/token 200 OK",
        "4 GET idp.acme.test/oauth2/default/v1/userinfo 200 OK",
    ]
    expect(block.root).to_contain_text(f"{len(rows)} HTTP exchanges")


def test_the_exchanges_are_those_of_the_last_run(blocks: Page) -> None:
    block = RunBlock(blocks, "sign_in")
    block.press_run()
    first = block.exchanges.count()
    block.press_run()
    expect(block.exchanges).to_have_count(first)
    RunBlock(blocks, "count").press_run()
    expect(RunBlock(blocks, "count").exchanges).to_have_count(0)


def test_an_opened_exchange_shows_both_ways_with_tokens_marked(blocks: Page) -> None:
    block = RunBlock(blocks, "sign_in")
    block.press_run()
    token = open_exchange(block, "/v1/token")
    request, response = token.locator(".run-request"), token.locator(".run-response")
    expect(request).to_contain_text("POST https://idp.acme.test/oauth2/default/v1/token")
    expect(marked(request, "authorization code")).to_have_count(1)
    expect(marked(request, "PKCE verifier")).to_have_count(1)
    expect(marked(request, "client credentials")).to_have_count(1)
    expect(response).to_contain_text("200 OK")
    expect(response).to_contain_text('\n  "token_type": "Bearer"')
    expect(marked(response, "access token")).to_have_text(re.compile(r"^eyJ"))
    userinfo = open_exchange(block, "/v1/userinfo")
    expect(marked(userinfo.locator(".run-request"), "access token")).to_have_text(re.compile(r"^eyJ"))


def test_what_is_marked_is_also_said_in_words(blocks: Page) -> None:
    block = RunBlock(blocks, "sign_in")
    block.press_run()
    token = open_exchange(block, "/v1/token")
    follow = marked(token.locator(".run-response"), "access token").locator(".wire-follow")
    assert follow.evaluate("button => getComputedStyle(button, '::before').content") == '"access token"'
    expect(follow).to_have_accessible_name("Follow this access token")


def test_a_redirect_shows_its_cookie_and_its_parameters(blocks: Page) -> None:
    block = RunBlock(blocks, "sign_in")
    block.press_run()
    login = open_exchange(block, "/login")
    response = login.locator(".run-response")
    expect(response).to_contain_text("Location: ")
    expect(marked(response, "authorization code")).to_have_count(1)
    expect(marked(response, "state")).to_have_count(1)
    expect(marked(response, "redirect")).to_have_text("https://app.acme.test/callback")
    expect(marked(login.locator(".run-request"), "cookie").first).to_be_visible()


def test_a_row_opens_and_closes_by_keyboard(blocks: Page) -> None:
    block = RunBlock(blocks, "sign_in")
    block.press_run()
    block.show("List")
    toggle = block.root.locator(".run-exchange-toggle").first
    details = block.root.locator(".run-exchange-details").first
    expect(toggle).to_have_attribute("aria-expanded", "false")
    expect(details).to_be_hidden()
    toggle.focus()
    blocks.keyboard.press("Enter")
    expect(toggle).to_have_attribute("aria-expanded", "true")
    expect(details).to_be_visible()
    blocks.keyboard.press("Enter")
    expect(details).to_be_hidden()
