"""What axe has against a part of a page."""

from playwright.sync_api import Page

from sessions_guide.bundle import REPOSITORY
from sessions_guide.node import node_package

RUN = """async (part) => {
    const {violations} = await axe.run(part, {resultTypes: ["violations"]});
    return violations.flatMap(({id, nodes}) => nodes.map(({target}) => `${id}: ${target}`));
}"""


def violations(page: Page, part: str) -> list[str]:
    """Each as the rule and where it is broken."""
    if not page.evaluate("'axe' in window"):
        page.evaluate((node_package(REPOSITORY, "axe-core") / "axe.min.js").read_text("utf-8"))
    found: list[str] = page.evaluate(RUN, part)
    return found
