"""Turns the markdown of a page, as the site's builder reads it, into what Jupyter reads."""

import posixpath
import re
from collections.abc import Callable, Collection, Iterator, Mapping

from sessions_guide.page import FENCE

_ADMONITION = re.compile(r"(?:!!!|\?\?\?\+?) +(?P<kind>[\w-]+)[\w -]*?(?: +\"(?P<title>.*)\")? *")
_CODE_SPAN = re.compile(r"(?P<ticks>`+)(?!`)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)", re.DOTALL)
_HELD_SPAN = re.compile("\0([0-9]+)\0")
_LANGUAGE_OF_SPAN = re.compile(r"[#:]!\S+ ")
_ATTRIBUTE = r"""(?:[.#][\w-]+|[\w-]+=(?:"[^"]*"|'[^']*'|[^\s"'}]+))"""
_ATTRIBUTES = re.compile(rf"[ \t]*\{{:?[ \t]*{_ATTRIBUTE}(?:[ \t]+{_ATTRIBUTE})*[ \t]*\}}")
_DEFINITION = re.compile(r"^ {0,3}\[(?P<label>[^\]^]+)\]: *<?(?P<url>[^\s>]+)>?[^\n]*\n?", re.MULTILINE)
_LINK = re.compile(
    r"""(?P<image>!?)\[(?P<text>[^\]]*)\](?:\((?P<url>[^\s)]+)[^)]*\)|\[(?P<label>[^\]]*)\])"""
)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)

Resolve = Callable[[str], str | None]


def resolver(name: str, lessons: Collection[str]) -> Resolve:
    """What the links of lesson `name` become in its notebook.

    A lesson becomes its notebook, a file of docs/ is reached from notebooks/; None if it has no place there.
    """
    folder = posixpath.dirname(name)

    def resolve(url: str) -> str | None:
        if _SCHEME.match(url):
            return url
        target, _, _ = url.partition("#")
        stem, suffix = posixpath.splitext(posixpath.normpath(posixpath.join(folder, target)))
        if suffix == ".md":
            return posixpath.splitext(target)[0] + ".ipynb" if stem in lessons else None
        return posixpath.relpath(f"docs/{stem}{suffix}", f"notebooks/{folder}") if suffix else None

    return resolve


def definitions(markdown: str) -> dict[str, str]:
    """The addresses that the markdown defines for its `[text][label]` links, by label in lower case."""
    return {found["label"].lower(): found["url"] for found in _DEFINITION.finditer(markdown)}


def for_notebook(markdown: str, resolve: Resolve, defined: Mapping[str, str]) -> str:
    """Markdown that Jupyter shows as the site shows this.

    Admonitions become quotes, attribute lists go, links lead where `resolve` says or become their text.
    """
    return "\n".join(_blocks(markdown.split("\n"), resolve, defined)).strip("\n")


def _blocks(lines: list[str], resolve: Resolve, defined: Mapping[str, str]) -> Iterator[str]:
    text: list[str] = []
    rest = iter(enumerate(lines))
    for number, line in rest:
        fence, admonition = FENCE.fullmatch(line), _ADMONITION.fullmatch(line)
        if fence is None and admonition is None:
            text.append(line)
            continue
        yield from _inline(text, resolve, defined)
        text = []
        if fence is not None:
            yield fence["indent"] + fence["mark"] + _language(fence["info"])
            for _, code in rest:
                yield code
                if code.strip() == fence["mark"]:
                    break
        if admonition is not None:
            inside = list(_indented(lines[number + 1 :]))
            yield from _quote(admonition, list(_blocks(inside, resolve, defined)))
            for _ in range(len(inside)):
                next(rest)
    yield from _inline(text, resolve, defined)


def _language(info: str) -> str:
    """The language of a fence: `python title="x"` and `{ .python title="x" }` alike are python."""
    words = info.strip("{} ").split()
    return words[0].removeprefix(".") if words else ""


def _indented(lines: list[str]) -> Iterator[str]:
    """The lines from here on that are indented by four, without that indent; blank ones at the end too."""
    for line in lines:
        if line.strip() and not line.startswith("    "):
            return
        yield line[4:]


def _quote(admonition: re.Match[str], inside: list[str]) -> Iterator[str]:
    title = admonition["kind"].capitalize() if admonition["title"] is None else admonition["title"]
    content = "\n".join(inside).strip("\n").split("\n")
    for line in [f"**{title}**", "", *content] if title else content:
        yield f"> {line}".rstrip()
    yield ""


def _inline(lines: list[str], resolve: Resolve, defined: Mapping[str, str]) -> list[str]:
    if not lines:
        return []
    spans: list[str] = []

    def hold(span: re.Match[str]) -> str:
        code = (
            _LANGUAGE_OF_SPAN.sub("", span["code"], count=1)
            if span["code"][:2] in ("#!", ":!")
            else span["code"]
        )
        spans.append(span["ticks"] + code + span["ticks"])
        return f"\0{len(spans) - 1}\0"

    def link(found: re.Match[str]) -> str:
        label = found["label"] or found["text"]
        url = found["url"] or defined.get(label.lower())
        target = resolve(url) if url else None
        return f"{found['image']}[{found['text']}]({target})" if target else found["text"]

    text = _CODE_SPAN.sub(hold, "\n".join(lines))
    text = _LINK.sub(link, _ATTRIBUTES.sub("", _DEFINITION.sub("", text)))
    return _HELD_SPAN.sub(lambda held: spans[int(held[1])], text).split("\n")
