"""The laboratory: each control pressed once, and what a program then meets."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.panel import Panel
from tests.web.run_block import LONGEST_RUN, RunBlock


def asked(panel: Panel, section: str = "ask") -> str:
    """What a section prints."""
    block = RunBlock(panel.page, section)
    block.press_run()
    return block.printed().strip()


def test_it_is_one_line_until_the_reader_opens_it(blocks: Page) -> None:
    panel = Panel(blocks)
    expect(panel.root).to_have_count(1)
    expect(panel.toggle).to_have_text(re.compile("^Laboratory "))
    expect(panel.body).to_be_hidden()
    panel.open()
    expect(panel.body).to_be_visible()
    panel.toggle.click()
    expect(panel.body).to_be_hidden()


def test_it_moves_beneath_the_block_that_ran_last_and_stays_open(panel: Panel) -> None:
    for section in ("ask", "remember"):
        RunBlock(panel.page, section).press_run()
        beneath = f'.highlight.run[data-section="{section}"] + .lab'
        expect(panel.page.locator(beneath)).to_have_count(1)
        expect(panel.body).to_be_visible()


def test_what_the_reader_looks_at_stays_where_it_is(panel: Panel) -> None:
    block = RunBlock(panel.page, "renew")
    block.run.scroll_into_view_if_needed()
    before = block.run.bounding_box()
    block.press_run()
    expect(panel.page.locator('[data-section="renew"] + .lab')).to_have_count(1)
    after = block.run.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["y"] - before["y"]) < 2


def test_what_the_last_run_changed_is_marked_in_words(panel: Panel) -> None:
    tokens = panel.part("access_tokens")
    expect(tokens.locator(".lab-part-toggle")).to_have_text("Access tokens: 1 (1 new)")
    expect(tokens.locator(".lab-change")).to_have_text("new")
    assert asked(panel) == "200"
    expect(tokens.locator(".lab-part-toggle")).to_have_text("Access tokens: 1")
    expect(tokens.locator(".lab-change")).to_have_count(0)


@pytest.mark.parametrize(
    ("table", "button", "shown", "answer"),
    [
        ("access_tokens", "Revoke", "changed AT.8Bnb5d8_M… spa", "401"),
        ("grants", "Revoke", "revoked (was in force)", "401"),
        ("refresh_families", "Revoke", "revoked (was live)", "401"),
        ("refresh_families", "Let expire", "expired (was live)", "200"),
        ("idp_sessions", "Let idle out", "over (was live)", "200"),
        ("idp_sessions", "Delete", "gone", "200"),
        ("users", "Disable alice@acme.test", "deactivated (was active)", "401"),
    ],
)
def test_the_next_section_meets_what_the_reader_did(
    panel: Panel, table: str, button: str, shown: str, answer: str
) -> None:
    panel.do(table, button)
    expect(panel.status).to_have_text(re.compile("^Done: "))
    text = re.sub(r"\s+", " ", " ".join(panel.part(table).locator("td, .lab-family-line").all_inner_texts()))
    assert shown in text
    assert asked(panel) == answer
    expect(panel.status).to_be_empty()


def test_a_user_is_enabled_again(panel: Panel) -> None:
    panel.do("users", "Disable alice@acme.test")
    panel.do("users", "Enable alice@acme.test")
    assert asked(panel) == "200"


def test_a_consent_is_withdrawn(panel: Panel) -> None:
    block = RunBlock(panel.page, "remember")
    block.rewrite(
        "from sessions_sandbox import sandbox\n"
        'sandbox.set(consent_required=True)\nsandbox.sign_in("alice@acme.test")\nprint("allowed")'
    )
    block.press_run()
    assert block.printed() == "allowed\n"
    panel.do("consents", "Withdraw")
    expect(panel.status).to_have_text(re.compile("^Done: "))
    expect(panel.part("consents")).to_contain_text("gone")


def test_an_earlier_section_forgets_what_the_reader_did_and_says_so(panel: Panel) -> None:
    panel.do("users", "Disable alice@acme.test")
    assert asked(panel, "remember") == "3600"
    expect(panel.status).to_have_text("The program began afresh: 1 thing that you did here is forgotten.")
    expect(panel.part("users")).not_to_contain_text("alice@acme.test Alice deactivated")


@pytest.mark.parametrize(
    ("step", "now"),
    [
        ("+1 s: 09:00:00 → 09:00:01", "2026-01-05 09:00:01"),
        ("+1 min: 09:00:00 → 09:01:00", "2026-01-05 09:01:00"),
        ("+1 h: 09:00:00 → 10:00:00", "2026-01-05 10:00:00"),
        ("+1 day: 09:00:00 → 2026-01-06 09:00:00", "2026-01-06 09:00:00"),
    ],
)
def test_a_step_of_the_clock(panel: Panel, step: str, now: str) -> None:
    panel.press(panel.root.get_by_role("button", name=step, exact=True))
    expect(panel.clock).to_have_text(now)


@pytest.mark.parametrize(
    ("moment", "before", "at"),
    [
        ("An access token expires", "09:59:59", "10:00:00"),
        ("A session at the identity provider idles out", "10:59:59", "11:00:00"),
        ("A refresh token reaches its idle limit", "2026-01-12 08:59:59", "2026-01-12 09:00:00"),
    ],
)
def test_a_moment_says_where_it_leads_and_leads_there(
    panel: Panel, moment: str, before: str, at: str
) -> None:
    line = panel.root.locator(".lab-moments li", has_text=moment)
    panel.press(line.get_by_role("button", name=f"one second before: 09:00:00 → {before} ({moment})"))
    expect(panel.clock).to_have_text(re.compile(f"{before}$"))
    time = before[-8:]
    panel.press(line.get_by_role("button", name=f"{time} → {at[-8:]} ({moment})"))
    expect(panel.clock).to_have_text(re.compile(f"{at}$"))
    expect(line).to_have_count(0)


def test_all_python_in_the_page_sees_the_clock(panel: Panel) -> None:
    panel.press(panel.root.get_by_role("button", name="+1 h"))
    assert asked(panel) == "401"
    assert asked(panel, "remember") == "3600"
    expect(panel.clock).to_have_text("2026-01-05 09:00:00")


def test_a_family_is_a_tree_of_generations_and_its_grace_a_moment(panel: Panel) -> None:
    assert asked(panel, "renew") == "200"
    family = panel.part("refresh_families").locator(".lab-generation")
    expect(family).to_have_text(["Generation 1: rotated, within grace until 09:00:30", "Generation 2: live"])
    grace = panel.root.locator(".lab-moments li", has_text="The grace of a rotated refresh token is over")
    panel.press(grace.get_by_role("button", name=re.compile("^09:00:00 → 09:00:31")))
    expect(family.first).to_have_text("Generation 1: rotated")


def test_keys_are_rotated_by_steps_and_a_refusal_says_why(panel: Panel) -> None:
    def step(label: str) -> None:
        rotation = panel.part("keys").get_by_role("group", name="Rotate the keys of default")
        panel.press(rotation.get_by_role("button", name=label))

    step("Publish the next key")
    expect(panel.status).to_have_text("Not done: the next key is published already: the next step is 'sign'")
    step("Sign with it")
    expect(panel.part("keys")).to_contain_text("signing (was next)")
    step("Retire the old key")
    expect(panel.status).to_have_text(
        "Not done: tokens signed with the old key are good until 10:00:00: wait"
    )
    due = panel.root.locator(".lab-moments li", has_text="The last token of the old signing key has expired")
    expect(due).to_contain_text("(default)")
    panel.press(due.get_by_role("button", name=re.compile("^09:00:00 → 10:00:00")))
    step("Retire the old key")
    expect(panel.part("keys").locator(".lab-change")).to_have_text(["gone"])
    step("Emergency: replace at once")
    expect(panel.part("keys").locator(".lab-change")).to_have_text(["new", "gone"])


def test_switches_turn_and_stay_turned_when_the_program_begins_afresh(panel: Panel) -> None:
    panel.turn("authorization_server_down").check()
    expect(panel.summary).to_contain_text("turned: authorization_server_down")
    expect(panel.turn("authorization_server_down")).to_have_accessible_description(
        "Every endpoint of the identity provider answers 503."
    )
    RunBlock(panel.page, "remember").press_run()
    expect(RunBlock(panel.page, "remember").error).to_contain_text("SandboxError")
    panel.turn("authorization_server_down").uncheck()
    expect(panel.summary).not_to_contain_text("turned")
    assert asked(panel, "remember") == "3600"


def test_a_switch_with_a_choice_and_one_with_a_number(panel: Panel) -> None:
    panel.turn("api_validation").select_option("introspection")
    expect(panel.status).to_contain_text("api_validation is now introspection.")
    panel.turn("rate_limit").fill("3")
    panel.turn("rate_limit").press("Enter")
    expect(panel.status).to_contain_text("rate_limit is now 3.")
    expect(panel.summary).to_contain_text("turned: api_validation, rate_limit")
    panel.turn("rate_limit").fill("-3")
    panel.turn("rate_limit").press("Enter")
    expect(panel.status).to_have_text("Not done: the switch rate_limit takes whole requests or None, not -3")
    expect(panel.turn("rate_limit")).to_have_value("3")
    panel.turn("rate_limit").fill("")
    panel.turn("rate_limit").press("Enter")
    expect(panel.status).to_contain_text("rate_limit is now as set up.")


def test_switches_survive_the_end_of_their_worker(panel: Panel) -> None:
    panel.turn("authorization_server_down").check()
    expect(panel.summary).to_contain_text("turned: authorization_server_down")
    hung = RunBlock(panel.page, "count")
    hung.rewrite("while True:\n    pass")
    hung.run.click()
    hung.stop.click()
    hung.wait_for("stopped")
    expect(panel.summary).to_contain_text("turned: authorization_server_down")
    RunBlock(panel.page, "remember").press_run()
    expect(RunBlock(panel.page, "remember").error).to_contain_text("SandboxError")


def test_reset_returns_the_whole_laboratory_to_its_seed(panel: Panel) -> None:
    panel.turn("jwks_down").check()
    expect(panel.summary).to_contain_text("turned: jwks_down")
    panel.do("users", "Disable alice@acme.test")
    panel.press(panel.root.get_by_role("button", name="+1 h"))
    panel.press(panel.reset)
    expect(panel.summary).to_have_text("09:00:00 · 0 sessions · 0 grants · 0 log lines")
    expect(panel.turn("jwks_down")).not_to_be_checked()
    expect(panel.part("users")).not_to_contain_text("changed")
    assert asked(panel) == "200"


def test_a_page_change_takes_the_laboratory_along_closed(panel: Panel) -> None:
    panel.page.evaluate("changePage()")
    expect(panel.page.locator(".highlight.run + .lab")).to_have_count(1)
    expect(panel.body).to_be_hidden()


def test_the_lesson_on_revocation_with_a_grant_revoked_by_hand(chromium: Browser, site_address: str) -> None:
    context = chromium.new_context()
    context.set_default_timeout(LONGEST_RUN)
    page = context.new_page()
    page.goto(f"{site_address}/revocation/revoked_but_accepted/")
    revoke, serve_on, panel = RunBlock(page, "revoke"), RunBlock(page, "serve_on"), Panel(page)
    revoke.press_run()
    panel.open()
    panel.do("idp_sessions", "Delete")
    panel.do("grants", "Revoke")
    serve_on.press_run()
    assert serve_on.printed() == "GET /orders: 200\n"
    panel.turn("api_validation").select_option("introspection")
    expect(panel.status).to_contain_text("api_validation is now introspection.")
    serve_on.press_run()
    assert serve_on.printed() == "GET /orders: 401\n"
    context.close()
