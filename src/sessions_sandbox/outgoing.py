"""What one server of the sandbox sends to another, as it would to a server elsewhere."""

from typing import Any
from urllib.parse import urlsplit

import requests

SECONDS = 5
"""How long an answer is waited for, in seconds of real time."""


def send(
    method: str,
    url: str,
    origin: str,
    sender: str,
    *,
    headers: dict[str, str] | None = None,
    **content: Any,
) -> requests.Response:
    """Send a request. No cookie is kept, no redirect followed, nothing taken from the environment.

    `url`: as this process reaches the server, such as `https://api.acme.test/orders`. `origin`: by which the
    clients know the server; they may know it by another name (see `faces`). `sender`: who asks.
    Raises `requests.RequestException` when no answer comes.
    """
    with requests.Session() as session:
        session.trust_env = False
        named = {**(headers or {}), **headers_for(origin), "User-Agent": sender}
        return session.request(method, url, headers=named, timeout=SECONDS, allow_redirects=False, **content)


def headers_for(origin: str) -> dict[str, str]:
    """What tells a server of this process by which name, and with which scheme, its clients know it."""
    known = urlsplit(origin)
    return {"Host": known.netloc, **({"X-Forwarded-Proto": "http"} if known.scheme == "http" else {})}
