"""Reads the pages of a built site."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

FETCHED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src", "audio": "src",
           "object": "data", "embed": "src", "input": "src", "use": "href"}  # fmt: skip
FETCHED_LINKS = {"stylesheet", "icon", "preload", "modulepreload", "preconnect", "dns-prefetch", "manifest"}


@dataclass
class RunBlock:
    """A program's section as a page shows it."""

    file: str
    section: str
    mistake: bool
    text: str = ""


@dataclass
class Page:
    """What the tests want of a page: its run blocks in order, what it makes a browser fetch, its styles."""

    blocks: list[RunBlock] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    styles: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self._in_block = False
        self._in_code = False
        self._in_style = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        self.page.styles += values.get("style", "")
        classes = values.get("class", "").split()
        if tag == "div" and "run" in classes and "highlight" in classes:
            block = RunBlock(values["data-file"], values["data-section"], "mistake" in classes)
            self.page.blocks.append(block)
            self._in_block = True
        self._in_code |= self._in_block and tag == "code"
        self._in_style |= tag == "style"
        if tag == "link" and FETCHED_LINKS & set(values.get("rel", "").split()):
            self.page.fetched.append(values["href"])
        elif address := values.get(FETCHED.get(tag, ""), ""):
            self.page.fetched.append(address)

    def handle_endtag(self, tag: str) -> None:
        if tag == "code" and self._in_code:
            self._in_block = self._in_code = False
        self._in_style &= tag != "style"

    def handle_data(self, data: str) -> None:
        if self._in_code:
            self.page.blocks[-1].text += data
        if self._in_style:
            self.page.styles += data


def read_site(site: Path) -> dict[str, Page]:
    """Every page of a built site, by its path such as `cookies/logout/index.html`."""
    pages: dict[str, Page] = {}
    for path in sorted(site.rglob("*.html")):
        reader = _Reader()
        reader.feed(path.read_text("utf-8"))
        reader.close()
        pages[path.relative_to(site).as_posix()] = reader.page
    return pages
