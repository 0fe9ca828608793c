"""One run block on an open page, as its reader uses it. The hooks are those that web/src/run.ts documents."""

from playwright.sync_api import Locator, Page

LINES = """lines => lines.map((line) => [...line.childNodes]
    .filter((node) => node.className !== "run-error-here")
    .map((node) => node.textContent).join(""))"""
LONGEST_RUN = 60_000  # milliseconds, the start of Python included


class RunBlock:
    """The block of a section."""

    def __init__(self, page: Page, section: str) -> None:
        self.root = page.locator(f'.highlight.run[data-section="{section}"]')
        self.code = self.root.locator("pre > code")
        self.run = self.root.locator(".run-button")
        self.stop = self.root.locator(".run-stop")
        self.retry = self.root.locator(".run-retry")
        self.edit = self.root.locator(".run-edit")
        self.reset = self.root.locator(".run-reset")
        self.editor = self.root.locator(".run-editor")
        self.plain_editor = self.root.locator("textarea.run-editor")
        self.code_editor = self.root.locator(".cm-content.run-editor")
        self.changes = self.root.locator(".run-changes")
        self.edited = self.root.locator(".run-edited")
        self.run_many = self.root.locator(".run-many")
        self.whole = self.root.locator(".run-whole")
        self.error_line = self.root.locator(".run-error-line")
        self.status = self.root.locator(".run-status")
        self.label = self.root.locator(".run-output-label")
        self.output = self.root.locator(".run-output-text")
        self.error = self.root.locator(".run-error")
        self.exchanges: Locator = self.root.locator(".run-exchange")

    def press_run(self) -> None:
        """Press the button and wait for the end of the run, however it ends."""
        self.run.click()
        self.wait_for("done|failed|stopped")

    def rewrite(self, source: str) -> None:
        """Edit the code into something else."""
        self.open_editor()
        self.code_editor.fill(source)

    def open_editor(self) -> None:
        """Open the editor, unless it is open, and wait until it is the one with colours."""
        if not self.editor.is_visible():
            self.edit.click()
        self.code_editor.wait_for()

    def source(self) -> str:
        """What stands in the editor with colours."""
        return "\n".join(self.code_editor.locator(".cm-line").evaluate_all(LINES))

    def show(self, view: str) -> None:
        """Show the exchanges as "Diagram" or as "List"."""
        self.root.locator(".wire-views").get_by_role("button", name=view).click()

    def wait_for(self, state: str) -> None:
        """Wait until data-state is one of these: "done|failed"."""
        self.root.page.wait_for_function(  # looks at every frame, where expect() waits longer and longer
            "([block, states]) => states.includes(block.dataset.state)",
            arg=[self.root.element_handle(), state.split("|")],
            timeout=LONGEST_RUN,
        )

    def printed(self) -> str:
        """What stands in the output panel."""
        return self.output.text_content() or ""
