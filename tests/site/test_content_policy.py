"""The content policy: the same wherever it is written, and nothing that the site does is against it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from sessions_guide.serve import headers_for_hosts
from tests.site.states import LESSON, STATES

REPOSITORY = Path(__file__).parents[2]
META = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
INLINE = re.compile(r"<style|<script(?![^>]*(?: src=|application/json))|\s(?:style|on[a-z]+)=\"|javascript:")
FRAMES = "; frame-ancestors 'none'"  # a meta tag cannot say this
# Where one types over coloured code, Chromium itself tries to keep the colour by a style, and is refused.
TELL = """
addEventListener('securitypolicyviolation', ({target, violatedDirective, blockedURI, sourceFile}) => {
  if (violatedDirective === 'style-src-attr' && !sourceFile && target.closest?.('.cm-content')) return;
  console.error('VIOLATION', violatedDirective, blockedURI, sourceFile, target.outerHTML);
});
"""
BROWSERS_OWN = "Content Security Policy directive"  # its message for the same


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page whose `complaints` the test fails with."""
    context = chromium.new_context()
    context.add_init_script(TELL)
    page = context.new_page()
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and BROWSERS_OWN not in message.text:
            complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


def policy_of_hosts(site: Path) -> str:
    return dict(headers_for_hosts(site))["Content-Security-Policy"]


def test_every_page_has_the_policy_before_anything_that_it_loads(built_site: Path) -> None:
    policy = policy_of_hosts(built_site).removesuffix(FRAMES)
    for path in built_site.rglob("*.html"):
        text = path.read_text("utf-8")
        assert META.findall(text) == [policy], path
        assert text.index(policy) < min(text.index("<script"), text.index("stylesheet")), path


def test_no_page_has_a_script_or_a_style_within(built_site: Path) -> None:
    for path in built_site.rglob("*.html"):
        assert INLINE.findall(path.read_text("utf-8")) == [], path


def test_the_policy_allows_no_script_but_the_sites_own(built_site: Path) -> None:
    policy = policy_of_hosts(built_site)
    directives = dict(directive.split(" ", 1) for directive in policy.split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == "'self' 'wasm-unsafe-eval'"
    for name in ("connect-src", "style-src", "worker-src", "form-action"):
        assert directives[name] == "'self'", name
    assert "'unsafe-" not in policy
    assert policy.endswith(FRAMES)


def test_the_examples_for_servers_say_the_same(built_site: Path) -> None:
    policy = policy_of_hosts(built_site)
    text = (REPOSITORY / "docs/reference/hosting.md").read_text("utf-8")
    examples = re.findall(r"(?m)^.*default-src.*$", text)
    assert len(examples) >= 2
    assert [example for example in examples if policy not in example] == []


def test_no_page_does_what_the_policy_forbids(page: Page, site_address: str, built_site: Path) -> None:
    for path in re.findall(r"<loc>https?://[^/]+(/[^<]*)", (built_site / "sitemap.xml").read_text("utf-8")):
        page.goto(f"{site_address}{path}")
        page.wait_for_function("document.readyState === 'complete'")


def test_the_laboratory_does_nothing_that_the_policy_forbids(page: Page, site_address: str) -> None:
    page.goto(f"{site_address}{LESSON}")
    for state in STATES:
        state(page)


def test_the_theme_works_under_the_policy(page: Page, site_address: str) -> None:
    page.goto(f"{site_address}{LESSON}")
    page.locator(".md-search__input").click()
    page.keyboard.type("token")
    expect(page.locator(".md-search-result__link").first).to_be_visible()
    page.keyboard.press("Escape")
    switch = page.locator(".md-header__option label:visible")
    before = page.evaluate("document.body.dataset.mdColorScheme")
    while page.evaluate("document.body.dataset.mdColorScheme") == before:
        switch.click()
    chosen = page.evaluate("document.body.dataset.mdColorScheme")
    page.reload()
    assert page.evaluate("document.body.dataset.mdColorScheme") == chosen
    page.click("nav.md-nav--primary a[href*='theft_detected']")
    page.wait_for_url("**/theft_detected/")
    expect(page.locator(".run-button").first).to_be_visible()


def test_the_policy_is_enforced(chromium: Browser, site_address: str) -> None:
    context = chromium.new_context()
    context.add_init_script(TELL)
    page = context.new_page()
    page.goto(f"{site_address}{LESSON}")
    with page.expect_console_message(lambda message: message.text.startswith("VIOLATION script-src")):
        page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: '1'}))")
    context.close()
