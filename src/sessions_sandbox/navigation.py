"""What a browser sends along when it opens a page: which cookies, and what it says of the page before.

Only top-level navigation: a typed address, a link, a form. No frames, images or scripts' requests, and no
reloads. All pages that the browser opens are https.
"""

from collections.abc import Sequence
from http.cookiejar import Cookie
from urllib.parse import urlsplit

from requests.cookies import RequestsCookieJar


def origin_of(url: str) -> str:
    """Scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def are_same_site(url: str, other: str) -> bool:
    """Whether two URLs have scheme and registrable domain in common; the port does not matter.

    A domain with two labels is taken to be registrable, which is right for `acme.test` and `example.net`; a
    browser looks it up in the Public Suffix List.
    """
    return _site_of(url) == _site_of(other)


def cookies_for(
    cookies: RequestsCookieJar, method: str, url: str, initiator: str | None
) -> RequestsCookieJar:
    """The cookies that may go to `url` as far as SameSite is concerned (RFC 6265bis §5.2 and §5.8.3).

    `initiator`: the origin of the page that led there; `None`: the user did, and there is no such page. Host,
    path and Secure are left to the jar. A cookie without SameSite counts as Lax, at once: browsers that
    do so too may let it go with any POST while it is young (§5.6.7.2).
    """
    same_site = initiator is None or are_same_site(url, initiator)
    allowed = RequestsCookieJar()
    for cookie in cookies:
        if same_site or _goes_to_other_sites(cookie, method):
            allowed.set_cookie(cookie)
    return allowed


def fetch_metadata(urls: Sequence[str], initiator: str | None) -> dict[str, str]:
    """The headers of Fetch Metadata. `urls`: the redirects so far, and at last the one that is asked now.

    `Sec-Fetch-Site` tells of the farthest of them; `none`: the user typed the address.
    """
    return {
        "Sec-Fetch-Site": _fetch_site(urls, initiator),
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": "document",
    }


def origin_header(method: str, initiator: str | None, referrer_policy: str = "") -> dict[str, str]:
    """The `Origin` header: who sent a form (Fetch standard). A page that gives no referrer is `null`."""
    if method == "GET" or initiator is None:
        return {}
    return {"Origin": "null" if referrer_policy == "no-referrer" else initiator}


def _site_of(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, ".".join(str(parts.hostname).split(".")[-2:])


def _goes_to_other_sites(cookie: Cookie, method: str) -> bool:
    same_site = (cookie.get_nonstandard_attr("SameSite") or "Lax").lower()
    return same_site == "none" or (same_site != "strict" and method == "GET")


def _fetch_site(urls: Sequence[str], initiator: str | None) -> str:
    if initiator is None:
        return "none"
    if all(origin_of(url) == initiator for url in urls):
        return "same-origin"
    return "same-site" if all(are_same_site(url, initiator) for url in urls) else "cross-site"
