"""The laboratory of an open page, as its reader uses it. Its hooks: see web/src/laboratory/laboratory.ts."""

from playwright.sync_api import Locator, Page, expect


class Panel:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.root = page.locator(".lab")
        self.toggle = self.root.locator(".lab-toggle")
        self.summary = self.root.locator(".lab-summary")
        self.status = self.root.locator(".lab-status")
        self.body = self.root.locator(".lab-body")
        self.clock = self.root.locator(".lab-time")
        self.reset = self.root.get_by_role("button", name="Reset the laboratory")

    def open(self) -> None:
        """Open it, unless it is open, and wait until it shows how things stand."""
        if self.toggle.get_attribute("aria-expanded") == "false":
            self.toggle.click()
        expect(self.clock).to_be_visible()

    def part(self, table: str) -> Locator:
        """A part of the servers' memory, opened."""
        part = self.root.locator(f'.lab-part[data-table="{table}"]')
        toggle = part.locator(".lab-part-toggle")
        if toggle.get_attribute("aria-expanded") == "false":
            toggle.click()
        return part

    def do(self, table: str, label: str) -> None:
        """Press a button of a table, and wait until it is done or refused."""
        self.press(self.part(table).locator(".lab-button", has_text=label).first)

    def press(self, button: Locator) -> None:
        """Press a button, and wait until the laboratory says what came of it."""
        self.page.evaluate("document.querySelector('.lab-status').textContent = ''")
        button.click()
        expect(self.status).not_to_be_empty()

    def turn(self, switch: str) -> Locator:
        """The control of a switch, to be seen."""
        return self.part("switches").get_by_label(switch, exact=True)
