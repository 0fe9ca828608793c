"""What a browser sends along: cookies by SameSite, Fetch Metadata, Origin."""

import pytest
from requests.cookies import RequestsCookieJar

from sessions_sandbox.navigation import are_same_site, cookies_for, fetch_metadata, origin_header, origin_of

APP, IDP = "https://app.acme.test", "https://idp.acme.test"
EVIL = "https://evil.example.net"


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ("https://app.acme.test/a?b#c", True),
        ("https://app.acme.test:8443", True),
        ("https://idp.acme.test", True),
        ("https://acme.test", True),
        ("https://a.b.acme.test", True),
        ("http://app.acme.test", False),
        ("https://acme.test.example.net", False),
        ("https://notacme.test", False),
        ("https://app.acme.example", False),
        (EVIL, False),
    ],
)
def test_sites(other: str, same: bool) -> None:
    """RFC 6265bis §5.2: scheme and registrable domain."""
    assert are_same_site(APP, other) is are_same_site(other, APP) is same


def jar(**flags: str | None) -> RequestsCookieJar:
    cookies = RequestsCookieJar()
    for name, flag in flags.items():
        cookies.set(name, "1", domain="app.acme.test", rest={} if flag is None else {"SameSite": flag})
    return cookies


@pytest.mark.parametrize(
    ("method", "initiator", "sent"),
    [
        ("GET", None, {"lax", "strict", "none", "unset", "odd"}),
        ("GET", APP, {"lax", "strict", "none", "unset", "odd"}),
        ("POST", IDP, {"lax", "strict", "none", "unset", "odd"}),
        ("GET", EVIL, {"lax", "none", "unset", "odd"}),
        ("POST", EVIL, {"none"}),
    ],
)
def test_where_a_cookie_goes(method: str, initiator: str | None, sent: set[str]) -> None:
    """RFC 6265bis §5.8.3. What SameSite says in other words than these counts as Lax."""
    cookies = jar(lax="Lax", strict="STRICT", none="none", unset=None, odd="odd")
    assert {cookie.name for cookie in cookies_for(cookies, method, f"{APP}/x", initiator)} == sent


@pytest.mark.parametrize(
    ("urls", "initiator", "site"),
    [
        ([f"{APP}/a"], None, "none"),
        ([f"{APP}/a", f"{IDP}/b"], None, "none"),
        ([f"{APP}/a", f"{APP}/b"], APP, "same-origin"),
        ([f"{APP}:8443/a"], APP, "same-site"),
        ([f"{APP}/a", f"{IDP}/b"], APP, "same-site"),
        ([f"{APP}/a", f"{IDP}/b", f"{APP}/c"], APP, "same-site"),
        ([f"{APP}/a"], EVIL, "cross-site"),
        ([f"{EVIL}/a", f"{APP}/b"], APP, "cross-site"),
        (["http://app.acme.test/a"], APP, "cross-site"),
    ],
)
def test_what_fetch_metadata_says(urls: list[str], initiator: str | None, site: str) -> None:
    """A redirect on the way back does not make it better."""
    assert fetch_metadata(urls, initiator) == {
        "Sec-Fetch-Site": site,
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": "document",
    }


@pytest.mark.parametrize(
    ("method", "initiator", "policy", "headers"),
    [
        ("POST", APP, "", {"Origin": APP}),
        ("POST", EVIL, "strict-origin-when-cross-origin", {"Origin": EVIL}),
        ("POST", APP, "no-referrer", {"Origin": "null"}),
        ("GET", APP, "", {}),
        ("POST", None, "", {}),
    ],
)
def test_who_sent_a_form(method: str, initiator: str | None, policy: str, headers: dict[str, str]) -> None:
    assert origin_header(method, initiator, policy) == headers


def test_an_origin_has_no_path() -> None:
    assert origin_of("https://app.acme.test:8443/a?b#c") == "https://app.acme.test:8443"
