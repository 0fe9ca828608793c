"""What the servers would say now, to those who look on: nothing is noted, nothing counted, nothing waits."""

import base64
import io
import json
from typing import Any
from urllib.parse import urlencode

from werkzeug.wrappers import Request, Response

from sessions_sandbox.authorization_server import introspection, jwks
from sessions_sandbox.authorization_server.server import AuthorizationServer
from sessions_sandbox.errors import SandboxError
from sessions_sandbox.http_answers import FORM
from sessions_sandbox.overview import Servers
from sessions_sandbox.seed import CLIENTS

RS = next(client for client in CLIENTS if client.name == "rs")


def published_keys(servers: Servers, issuer: str) -> dict[str, Any]:
    """The JWK Set of an issuer (RFC 7517 §5). Raises `SandboxError` when it cannot be had."""
    server = _of(servers, issuer)
    return _content(server, jwks.keys(server, _request("GET")))


def introspect(servers: Servers, issuer: str, token: str) -> dict[str, Any]:
    """What an issuer tells the client `rs` of a token (RFC 7662 §2.2). Raises `SandboxError` as above."""
    server = _of(servers, issuer)
    return _content(server, introspection.introspect(server, _request("POST", token=token)))


def _request(method: str, **form: str) -> Request:
    """A request of the client `rs`."""
    body = urlencode(form).encode()
    credentials = base64.b64encode(":".join(RS.credentials).encode()).decode()
    return Request(
        {
            "REQUEST_METHOD": method,
            "SERVER_NAME": "idp.acme.test",
            "SERVER_PORT": "443",
            "wsgi.url_scheme": "https",
            "wsgi.input": io.BytesIO(body),
            "CONTENT_TYPE": FORM,
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_AUTHORIZATION": f"Basic {credentials}",
        }
    )


def _of(servers: Servers, issuer: str) -> AuthorizationServer:
    known = {server.issuer: server for server in servers.values()}
    if issuer not in known:
        raise SandboxError(f"no issuer is called {issuer!r}; there are {', '.join(known)}")
    return known[issuer]


def _content(server: AuthorizationServer, response: Response) -> dict[str, Any]:
    if server.switches.authorization_server_down or response.status_code != 200:
        raise SandboxError(f"{server.issuer} answers 503")
    content: dict[str, Any] = json.loads(response.get_data())
    return content
