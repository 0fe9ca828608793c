"""Four authorization servers that are made for tests, each as its README starts it, and how each is asked."""

import base64
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from time import perf_counter, sleep
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import psutil
import requests

from sessions_guide.node import find_node, node_package
from sessions_sandbox.seed import CLIENTS, USERS
from sessions_sandbox.served.process import unused_port

ROOT = Path(__file__).parents[1]
SCRIPTS = ROOT / ".venv/bin"
VERIFIER = "a-code-verifier-of-a-benchmark-and-of-nothing-else"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
LONGEST_START = 30
"""Seconds."""
USUAL = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""The environment of the servers: with it set, Python would compile ours anew at each start."""
Credentials = tuple[str, str]


@dataclass(frozen=True)
class Product:
    """A server: how it is started, and how it is asked.

    `command`: `{port}` stands for the port. Paths start at the server's address. `introspect` is `None` where
    no introspection looks at the token. `service` is `None` where no client gets a token of its own.
    """

    name: str
    command: tuple[str, ...]
    authorize: str
    token: str
    introspect: str | None
    app: Credentials
    service: Credentials | None
    inspector: Credentials | None = None
    scope: str = "openid"


def ours() -> Product:
    """This project's sandbox."""
    base = "/oauth2/default/v1"
    web, svc, rs = (client.credentials for client in CLIENTS if client.name in ("web", "svc", "rs"))
    command = (str(SCRIPTS / "sessions-sandbox"), "serve", "--port", "{port}")
    return Product(
        "sessions-sandbox", command, f"{base}/authorize", f"{base}/token", f"{base}/introspect",
        web, svc, rs, scope="orders:read",
    )  # fmt: skip


def oidc_provider(token_format: str) -> Product:
    """npm's oidc-provider, which introspects no JWT: `token_format` is `jwt` or `opaque`."""
    script = Path(__file__).with_name("oidc_provider.mjs")
    client = ("web", "web-test-only")
    return Product(
        f"oidc-provider ({token_format})", (str(find_node()), str(script), "{port}", token_format),
        "/auth", "/token", "/token/introspection" if token_format == "opaque" else None,
        client, client, client, scope="orders:read",
    )  # fmt: skip


def oauth2_mock_server() -> Product:
    """npm's oauth2-mock-server, whose introspection says `active` to anything."""
    script = node_package(ROOT, "oauth2-mock-server") / "dist/oauth2-mock-server.mjs"
    command = (str(find_node()), str(script), "-a", "127.0.0.1", "-p", "{port}")
    client = ("web", "web-test-only")
    return Product("oauth2-mock-server", command, "/authorize", "/token", None, client, client)


def oidc_provider_mock() -> Product:
    """PyPI's oidc-provider-mock, which has neither introspection nor client credentials."""
    command = (str(SCRIPTS / "oidc-provider-mock"), "--port", "{port}")
    client = ("web", "web-test-only")
    return Product("oidc-provider-mock", command, "/oauth2/authorize", "/oauth2/token", None, client, None)


def products() -> list[Product]:
    """All that are compared, ours first."""
    return [
        ours(), oidc_provider("jwt"), oidc_provider("opaque"), oauth2_mock_server(), oidc_provider_mock()
    ]  # fmt: skip


class Running:
    """A server that runs, on the machine's last core alone, and a client with one connection to it."""

    def __init__(self, product: Product, process: psutil.Popen, address: str) -> None:
        self.product = product
        self._process = process
        self._address = address
        self._redirect_uri = f"{address}/callback"
        self._http = requests.Session()
        self._http.trust_env = False

    def cpu_seconds(self) -> float:
        """What it and the processes that it started have used so far."""
        return sum(each.cpu_times().user + each.cpu_times().system for each in self._processes())

    def megabytes(self) -> float:
        """The memory of it and of the processes that it started; what they share is counted once (PSS)."""
        return sum(int(each.memory_full_info().pss) for each in self._processes()) / 1e6

    def _processes(self) -> list[psutil.Process]:
        return [self._process, *self._process.children(recursive=True)]

    def service_token(self) -> str:
        """An access token by client credentials, or where there are none by the code flow."""
        if self.product.service is None:
            return self.sign_in()
        form = {"grant_type": "client_credentials", "scope": self.product.scope}
        return self._access_token(form, self.product.service)

    def sign_in(self) -> str:
        """An access token by the code flow with PKCE, through whatever forms the server shows."""
        asked = {
            "response_type": "code", "client_id": self.product.app[0], "redirect_uri": self._redirect_uri,
            "scope": f"openid {self.product.scope}", "state": "a-state", "nonce": "a-nonce",
            "code_challenge": CHALLENGE, "code_challenge_method": "S256",
        }  # fmt: skip
        self._http.cookies.clear()
        reply = self._open("GET", self._url(f"{self.product.authorize}?{urlencode(asked)}"))
        while not reply.headers.get("Location", "").startswith(self._redirect_uri):
            if reply.is_redirect:
                reply = self._open("GET", urljoin(reply.url, reply.headers["Location"]))
            else:
                form = Form(reply.text)
                reply = self._open("POST", urljoin(reply.url, form.action), form.filled())
        code = parse_qs(urlsplit(reply.headers["Location"]).query)["code"][0]
        form_sent = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": self._redirect_uri,
            "code_verifier": VERIFIER,
        }  # fmt: skip
        return self._access_token(form_sent, self.product.app)

    def introspect(self, token: str) -> bool:
        """Whether the server says that a token is active."""
        assert self.product.introspect is not None
        url = self._url(self.product.introspect)
        reply = self._http.post(url, {"token": token}, auth=self.product.inspector, timeout=10)
        return reply.json()["active"] is True

    def _access_token(self, form: dict[str, str], credentials: Credentials) -> str:
        reply = self._http.post(self._url(self.product.token), form, auth=credentials, timeout=10)
        reply.raise_for_status()
        return str(reply.json()["access_token"])

    def _open(self, method: str, url: str, form: dict[str, str] | None = None) -> requests.Response:
        return self._http.request(method, url, data=form, allow_redirects=False, timeout=10)

    def _url(self, path: str) -> str:
        return self._address + path


class Form(HTMLParser):
    """The form of a page: where it leads, and its fields."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self._fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = self.action or given.get("action", "")
        elif tag == "input" and "name" in given:
            self._fields[given["name"]] = given.get("value", "")

    def filled(self) -> dict[str, str]:
        """The fields as a browser would send them, with the user's name and password."""
        answers = {"username": USERS[0].login, "login": USERS[0].login, "sub": USERS[0].login,
                   "password": USERS[0].password}  # fmt: skip
        return {name: answers.get(name, value) for name, value in self._fields.items()}


@contextmanager
def running(product: Product) -> Iterator[tuple[Running, float]]:
    """Start a server; gives it, and the seconds from the start of its process to its first token.

    Raises RuntimeError when it gives none in time.
    """
    port = unused_port()
    command = [part.format(port=port) for part in product.command]
    began = perf_counter()
    process = psutil.Popen(command, stdout=-3, stderr=-3, env=USUAL)
    try:
        process.cpu_affinity(process.cpu_affinity()[-1:])
        server = Running(product, process, f"http://127.0.0.1:{port}")
        yield server, _first_token(server, began)
    finally:
        processes = [process, *process.children(recursive=True)]
        for each in processes:
            with suppress(psutil.NoSuchProcess):  # a worker may have ended with its server
                each.terminate()
        psutil.wait_procs(processes, timeout=10)


def _first_token(server: Running, began: float) -> float:
    while perf_counter() - began < LONGEST_START:
        try:
            server.service_token()
            return perf_counter() - began
        except requests.ConnectionError:
            sleep(0.005)
    raise RuntimeError(f"{server.product.name} gave no token within {LONGEST_START} s")
