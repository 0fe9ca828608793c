"""Whether two URIs name the same resource, although they are written otherwise."""

import re
from urllib.parse import SplitResult, urlsplit

DEFAULT_PORTS = {"http": ":80", "https": ":443"}
ENCODED = re.compile(r"%([0-9A-Fa-f]{2})")
UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")


def names_same_resource(sent: object, url: str) -> bool:
    """Whether `sent` is a URI of the resource at `url`, query and fragment aside (RFC 9449 §4.3).

    Both are normalized by syntax and scheme before (RFC 3986 §6.2.2, §6.2.3).
    """
    try:
        return isinstance(sent, str) and _normalized(urlsplit(sent)) == _normalized(urlsplit(url))
    except ValueError:
        return False


def _normalized(uri: SplitResult) -> tuple[str, str, str]:
    host = uri.netloc.lower().removesuffix(DEFAULT_PORTS.get(uri.scheme, "")).removesuffix(":")
    segments: list[str] = []
    for segment in ENCODED.sub(_decoded, uri.path).split("/")[1:]:
        if segment == "..":
            segments = segments[:-1]
        elif segment != ".":
            segments.append(segment)
    return uri.scheme, host, "/".join(segments)


def _decoded(encoded: re.Match[str]) -> str:
    """A character that needs no escape, as itself; any other in capitals."""
    character = chr(int(encoded[1], 16))
    return character if UNRESERVED.fullmatch(character) else encoded[0].upper()
