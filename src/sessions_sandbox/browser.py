"""ModelBrowser: just enough of a browser to sign a user in, and to be sent along by other sites' pages."""

from collections.abc import Mapping
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests

from sessions_sandbox.errors import SandboxError
from sessions_sandbox.navigation import cookies_for, fetch_metadata, origin_header, origin_of
from sessions_sandbox.reading import in_words

SERVERS = ("app.acme.test", "idp.acme.test")
REDIRECTS = 10


class ModelBrowser:
    """Keeps cookies, follows redirects, fills in forms. One browser is one person at one device.

    It stops at the redirect that leads to a client: that URL carries the authorization code.
    `session` holds the cookies. What is sent with it directly has no page behind it: SameSite does not count,
    and there is no Fetch Metadata.
    """

    def __init__(self) -> None:
        self.sends_fetch_metadata = True
        """Set to False, it is a browser that is too old for `Sec-Fetch-Site`; SameSite it knows."""
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["User-Agent"] = "ModelBrowser"

    def open(self, url: str, *, from_origin: str | None = None) -> requests.Response:
        """GET a page and follow redirects as far as the sandbox's own pages go.

        `from_origin`: a link on a page of that origin, such as `https://evil.example.net`, led there; `None`:
        the user typed the address.
        """
        return self._navigate("GET", url, from_origin)

    def submit(self, page: requests.Response, **fields: str) -> requests.Response:
        """Send the form of a page, hidden fields included, with these fields filled in.

        Raises `SandboxError` when the page has no form.
        """
        form = _Form(page.text)
        if form.action is None:
            raise SandboxError(f"{page.url} shows no form to fill in; it answered {in_words(page)}")
        target, policy = urljoin(page.url, form.action), page.headers.get("Referrer-Policy", "")
        return self._navigate("POST", target, origin_of(page.url), {**form.hidden, **fields}, policy)

    def post_form(self, url: str, fields: Mapping[str, str], *, from_origin: str) -> requests.Response:
        """Send a form that a page of `from_origin` made up: any page can, unasked, to any address."""
        return self._navigate("POST", url, from_origin, fields)

    def sign_in(self, url: str, username: str, password: str) -> str:
        """Open an authorization URL, sign in and allow the client if asked, and return the URL that it gets.

        Raises `SandboxError` when the browser is not sent to the client, with what the page said.
        """
        page = self.open(url)
        if "Location" not in page.headers and page.status_code == 200 and not _asks_for_consent(page):
            page = self.submit(page, username=username, password=password)
        if _asks_for_consent(page):
            page = self.submit(page, decision="allow")
        if "Location" not in page.headers:
            heading = page.text.partition("<h1>")[2].partition("</h1>")[0]
            said = f"{page.status_code}: {heading}" if heading else in_words(page)
            raise SandboxError(f"the sign-in ended at {page.url} with {said}")
        return page.headers["Location"]

    def _navigate(
        self,
        method: str,
        url: str,
        initiator: str | None,
        form: Mapping[str, str] | None = None,
        referrer_policy: str = "",
    ) -> requests.Response:
        urls = [url]
        reply = self._send(method, urls, initiator, form, origin_header(method, initiator, referrer_policy))
        for _ in range(REDIRECTS):
            location = reply.headers.get("Location")
            if location is None or not _is_ours(urljoin(reply.url, location)):
                return reply
            urls.append(urljoin(reply.url, location))
            reply = self._send("GET", urls, initiator)
        raise SandboxError(f"more than {REDIRECTS} redirects; the last one came from {reply.url}")

    def _send(
        self,
        method: str,
        urls: list[str],
        initiator: str | None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> requests.Response:
        metadata = fetch_metadata(urls, initiator) if self.sends_fetch_metadata else {}
        request = requests.Request(
            method,
            urls[-1],
            headers={**self.session.headers, **(headers or {}), **metadata},
            data=form,
            cookies=cookies_for(self.session.cookies, method, urls[-1], initiator),
        )
        return self.session.send(request.prepare(), allow_redirects=False)


def _is_ours(url: str) -> bool:
    """Whether the sandbox has a page there; a client's callback belongs to the client."""
    parts = urlsplit(url)
    return parts.hostname in SERVERS and parts.path not in ("/callback", "/spa")


def _asks_for_consent(page: requests.Response) -> bool:
    return 'name="decision"' in page.text


class _Form(HTMLParser):
    """The first form of a page: where it goes, and its hidden fields."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action: str | None = None
        self.hidden: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        if tag == "form" and self.action is None:
            self.action = values.get("action", "")
        elif tag == "input" and values.get("type") == "hidden":
            self.hidden[values["name"]] = values.get("value", "")
