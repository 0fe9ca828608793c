"""What a person does between a client's two halves of the code flow: fill in the sandbox's form."""

import re
from urllib.parse import urljoin

import requests

FIELDS = {"username": "alice@acme.test", "password": "alice-test-only"}


def sign_in(url: str) -> str:
    """Open an authorization URL, sign Alice in, and give the URL that the browser is sent back to."""
    with requests.Session() as browser:
        browser.trust_env = False
        page = browser.get(url, timeout=10)
        assert page.status_code == 200, page.text
        (action,) = re.findall(r'action="([^"]+)"', page.text)
        (token,) = re.findall(r'name="csrf_token" value="([^"]+)"', page.text)
        form = {**FIELDS, "csrf_token": token}
        reply = browser.post(urljoin(url, action), form, allow_redirects=False, timeout=10)
        assert reply.status_code == 303, reply.text
        return reply.headers["Location"]
