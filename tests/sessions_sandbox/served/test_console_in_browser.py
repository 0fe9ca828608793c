"""The console in a real browser: each control is pressed, and the sandbox asked what came of it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from sessions_sandbox.served.process import sandbox_process
from sessions_sandbox.served.remote import RemoteSandbox
from sessions_sandbox.switches import KINDS

ALICE = "alice@acme.test"
PASSWORD = "alice-test-only"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with sandbox_process() as address:
        yield address


@pytest.fixture
def sandbox(address: str) -> Iterator[RemoteSandbox]:
    """The served sandbox, with Alice signed in to the app, and to two clients."""
    with RemoteSandbox(address) as sandbox:
        app = sandbox.browser()
        app.submit(app.open(f"{sandbox.app}/login"), username=ALICE, password=PASSWORD)
        surfer = sandbox.browser()
        for client in ("web", "spa"):
            sandbox.sign_in(ALICE, client=client, browser=surfer)
        yield sandbox


@pytest.fixture
def page(chromium: Browser, address: str, sandbox: RemoteSandbox) -> Iterator[Page]:
    """The console, which must complain of nothing meanwhile."""
    context = chromium.new_context()
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    expect(region(page, "Users").get_by_role("row")).to_have_count(5)
    yield page
    context.close()
    assert [text for text in complaints if "400 (Bad Request)" not in text] == []


def region(page: Page, title: str) -> Locator:
    """The section of a title."""
    return page.locator("section", has=page.get_by_role("heading", name=title, exact=True))


def press(page: Page, title: str, label: str) -> None:
    """Press the first such button in a section, and wait until the console says that this is done."""
    button = region(page, title).get_by_role("button", name=re.compile(f"^{label}")).first
    name = button.get_attribute("aria-label") or label.lower()
    button.press("Enter")
    expect(page.get_by_role("status")).to_contain_text(f"Done: {name}")


def states(sandbox: RemoteSandbox, table: str) -> list[str]:
    """The states of a table's rows, the newest first."""
    return [row["state"] for row in sandbox.operate("overview")["tables"][table]["rows"]]


@pytest.mark.parametrize(
    ("title", "label", "table", "state"),
    [
        ("Grants", "Revoke", "grants", "revoked"),
        ("Access tokens", "Revoke", "access_tokens", "revoked"),
        ("Refresh families", "Revoke", "refresh_families", "revoked"),
        ("Refresh families", "Expire", "refresh_families", "expired"),
        ("Sessions at the identity provider", "Expire", "idp_sessions", "over"),
        ("Sessions of the cookie app", "Expire", "app_sessions", "over"),
    ],
)
def test_a_row_is_revoked_or_expires(
    page: Page, sandbox: RemoteSandbox, title: str, label: str, table: str, state: str
) -> None:
    before = states(sandbox, table)
    press(page, title, label)
    assert states(sandbox, table) == [state, *before[1:]]
    button = region(page, title).get_by_role("button", name=label).first
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(button).to_be_focused()


def test_a_consent_is_withdrawn(page: Page, sandbox: RemoteSandbox) -> None:
    sandbox.set(consent_required=True)
    sandbox.sign_in(ALICE)
    expect(region(page, "Consents").get_by_role("row")).to_have_count(2)
    press(page, "Consents", "Withdraw")
    assert states(sandbox, "consents") == []
    expect(region(page, "Consents").get_by_role("row")).to_have_count(0)


@pytest.mark.parametrize(
    ("title", "table"),
    [
        ("Sessions at the identity provider", "idp_sessions"),
        ("Sessions of the cookie app", "app_sessions"),
    ],
)
def test_a_session_ends_and_the_keyboard_stays_in_its_section(
    page: Page, sandbox: RemoteSandbox, title: str, table: str
) -> None:
    press(page, title, "End")
    assert sandbox.rows(table) == []
    expect(page.get_by_role("heading", name=title)).to_be_focused()
    expect(region(page, title)).to_contain_text("None yet.")


def test_an_account_is_switched_off_and_on(page: Page, sandbox: RemoteSandbox) -> None:
    press(page, "Users", f"Deactivate {ALICE}")
    assert sandbox.rows("users")[0]["active"] is False
    press(page, "Users", f"Activate {ALICE}")
    assert sandbox.rows("users")[0]["active"] is True


def test_keys_rotate_in_stages(page: Page, sandbox: RemoteSandbox) -> None:
    def kids(server: str) -> list[str]:
        keys = [key for key in sandbox.admin.signing_keys() if key["server"] == server]
        return [f"{key['kid']} {key['state']}" for key in keys]

    page.get_by_label("Rotate the keys of").select_option("payments")
    before, default = kids("payments"), kids("default")
    press(page, "Keys", "Sign")
    assert kids("payments") != before
    region(page, "Keys").get_by_role("button", name="Retire").click()
    expect(page.get_by_role("status")).to_contain_text("Not done: tokens signed with the old key are good")
    sandbox.clock.advance(hours=1)
    for step, count in (("Retire", 1), ("Publish", 2), ("Emergency", 1)):
        press(page, "Keys", step)
        assert len(kids("payments")) == count
    assert kids("default") == default


def test_time_moves(page: Page, sandbox: RemoteSandbox) -> None:
    before = sandbox.clock.now()
    page.get_by_label("Move time forward by").fill("2")
    page.get_by_label("Unit of time").select_option("hours")
    page.get_by_role("button", name="Move time").click()
    expect(page.locator("#now")).to_have_text("2026-01-05 11:00:00 UTC")
    assert sandbox.command("now") == before + 7200
    expect(region(page, "Access tokens").get_by_role("cell", name="expired")).to_have_count(2)


def test_every_switch_is_there_and_can_be_turned(page: Page, sandbox: RemoteSandbox) -> None:
    """Each to a value other than its own, and the sandbox then has it; so each is named by its label."""

    def values() -> dict[str, Any]:
        return {switch["name"]: switch["value"] for switch in sandbox.operate("switches")}

    was = values()
    for name, kind in KINDS.items():
        control = page.get_by_label(name, exact=True)
        if isinstance(kind, tuple):
            wanted: Any = next(value for value in kind if value != was[name])
            control.select_option(str(wanted).lower())
        elif kind == "True or False":
            wanted = not was[name]
            control.set_checked(wanted)
        else:
            wanted = 7
            control.fill("7")
            control.press("Enter")
        expect(page.get_by_role("status")).to_have_text(
            f"Turned {name} to {str(wanted).lower() if isinstance(wanted, bool) else wanted}."
        )
        assert values()[name] == wanted
    control = page.get_by_label("rate_limit", exact=True)
    control.fill("")
    control.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Turned rate_limit to null.")
    assert values()["rate_limit"] is None


def test_an_answer_from_before_is_not_shown(page: Page, sandbox: RemoteSandbox) -> None:
    """The console asks how things stand, the reader turns a switch, and only then the first answer comes."""
    held: list[Route] = []
    old = {**sandbox.command("console"), "now": 0}
    page.evaluate(
        """() => {
            window.shown = [];
            const note = () => window.shown.push(document.querySelector("#now").textContent);
            new MutationObserver(note).observe(document.querySelector("#now"), { childList: true });
        }"""
    )
    with page.expect_request("**/control/console"):
        page.route("**/control/console", lambda route: route.continue_() if held else held.append(route))
    page.get_by_label("org_key_published", exact=True).check()
    expect(page.get_by_role("status")).to_have_text("Turned org_key_published to true.")
    with page.expect_response("**/control/console"):
        held[0].fulfill(json=old)
    with page.expect_response("**/control/console"):
        sandbox.clock.advance(hours=1)
    expect(page.locator("#now")).to_have_text("2026-01-05 10:00:00 UTC")
    assert page.evaluate("window.shown") == ["2026-01-05 10:00:00 UTC"]


def test_a_number_that_is_refused_is_put_back(page: Page, sandbox: RemoteSandbox) -> None:
    control = page.get_by_label("latency_ms", exact=True)
    control.fill("-1")
    control.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Not done: the switch latency_ms takes whole")
    expect(control).to_have_value("0")
    control.fill("")
    control.press("Enter")
    expect(control).to_have_value("0")


def test_an_exchange_opens_and_closes(page: Page, sandbox: RemoteSandbox) -> None:
    number = sandbox.exchanges()[-1]["number"]
    button = page.get_by_role("button", name=f"Show exchange {number}", exact=True)
    button.click()
    dialog = page.get_by_role("dialog", name=f"Exchange {number}")
    expect(dialog).to_contain_text("POST https://idp.acme.test/oauth2/default/v1/token")
    expect(dialog).to_contain_text('{"token_type": "Bearer"')
    dialog.get_by_role("button", name="Close").press("Enter")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()


def test_what_others_do_appears_and_moves_nothing(page: Page, sandbox: RemoteSandbox) -> None:
    """A field that is being filled in keeps its text and the focus; new rows come by themselves."""
    amount = page.get_by_label("Move time forward by")
    amount.fill("30")
    sandbox.sign_in("bob@acme.test")
    expect(region(page, "Grants").get_by_role("cell", name="bob@acme.test", exact=True)).to_have_count(1)
    expect(region(page, "System log").get_by_role("row").nth(1)).to_contain_text("id_token")
    expect(amount).to_be_focused()
    expect(amount).to_have_value("30")


def test_a_name_of_the_wire_stays_text(page: Page, sandbox: RemoteSandbox) -> None:
    sandbox.browser().open(f"{sandbox.app}/<img src=x onerror=alert(1)>")
    expect(region(page, "Exchanges").get_by_role("row").nth(1)).to_contain_text("img")
    assert page.locator("img").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_narrow_screen(
    chromium: Browser, address: str, sandbox: RemoteSandbox, scheme: Any
) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 600}, color_scheme=scheme)
    page = context.new_page()
    page.goto(address)
    expect(region(page, "Users").get_by_role("row")).to_have_count(5)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    context.close()


def test_each_control_and_table_is_named(page: Page) -> None:
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("button, input, select")].filter(control =>
            !control.ariaLabel && !control.labels.length && !control.textContent.trim()).length"""
    )
    tables = page.locator("table")
    assert nameless == 0
    assert page.locator("table > caption").count() == tables.count() == 11
    names = page.get_by_role("button").evaluate_all("all => all.map(one => one.ariaLabel ?? one.textContent)")
    assert len(set(names)) == len(names)
