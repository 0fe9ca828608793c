"""ModelBrowser: just enough of a browser to sign a user in by the real login form."""

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests

from sessions_sandbox.errors import SandboxError

SERVERS = ("app.acme.test", "idp.acme.test")
REDIRECTS = 10


class ModelBrowser:
    """Keeps cookies, follows redirects, fills in forms. One browser is one person at one device.

    It stops at the redirect that leads to a client: that URL carries the authorization code.
    """

    def __init__(self) -> None:
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["User-Agent"] = "ModelBrowser"

    def open(self, url: str) -> requests.Response:
        """GET a page and follow redirects as far as the sandbox's own pages go."""
        return self._follow(self.session.get(url, allow_redirects=False))

    def submit(self, page: requests.Response, **fields: str) -> requests.Response:
        """Send the form of a page, hidden fields included, with these fields filled in.

        Raises `SandboxError` when the page has no form.
        """
        form = _Form(page.text)
        if form.action is None:
            raise SandboxError(f"{page.url} shows no form to fill in; it answered {page.status_code}")
        target = urljoin(page.url, form.action)
        return self._follow(self.session.post(target, data={**form.hidden, **fields}, allow_redirects=False))

    def sign_in(self, url: str, username: str, password: str) -> str:
        """Open an authorization URL, sign in if a form is shown, and return the URL that the client gets.

        Raises `SandboxError` when the browser is not sent to the client, with what the page said.
        """
        page = self.open(url)
        if "Location" not in page.headers and page.status_code == 200:
            page = self.submit(page, username=username, password=password)
        if "Location" not in page.headers:
            heading = page.text.partition("<h1>")[2].partition("</h1>")[0]
            raise SandboxError(f"the sign-in ended at {page.url} with {page.status_code}: {heading}")
        return page.headers["Location"]

    def _follow(self, reply: requests.Response) -> requests.Response:
        for _ in range(REDIRECTS):
            location = reply.headers.get("Location")
            if location is None or not _is_ours(urljoin(reply.url, location)):
                return reply
            reply = self.session.get(urljoin(reply.url, location), allow_redirects=False)
        raise SandboxError(f"more than {REDIRECTS} redirects; the last one came from {reply.url}")


def _is_ours(url: str) -> bool:
    """Whether the sandbox has a page there; a client's callback belongs to the client."""
    parts = urlsplit(url)
    return parts.hostname in SERVERS and parts.path not in ("/callback", "/spa")


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
