"""What a person does between a client's two halves of the code flow: fill in the sandbox's form."""

import re
from urllib.parse import urljoin

import requests

FIELDS = {"username": "alice@acme.test", "password": "alice-test-only"}


class Browser:
    """Keeps the sandbox's cookies, and stops where it is sent on."""

    def __init__(self) -> None:
        self._session = requests.Session()

    def visit(self, url: str) -> str:
        """Open a URL, and give the one that it leads to."""
        reply = self._session.get(url, allow_redirects=False, timeout=10)
        assert "Location" in reply.headers, reply.text
        return reply.headers["Location"]

    def sign_in(self, url: str) -> str:
        """Open an authorization URL, sign Alice in, and give the URL that the browser is sent back to."""
        page = self._session.get(url, timeout=10)
        assert page.status_code == 200, page.text
        (action,) = re.findall(r'action="([^"]+)"', page.text)
        (token,) = re.findall(r'name="csrf_token" value="([^"]+)"', page.text)
        form = {**FIELDS, "csrf_token": token}
        reply = self._session.post(urljoin(url, action), form, allow_redirects=False, timeout=10)
        assert reply.status_code == 303, reply.text
        return reply.headers["Location"]
