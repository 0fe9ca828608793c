"""How the program that holds a served sandbox reads its rows and moves its clock. TEST ONLY, and not part of any origin.

Only requests to a loopback name that carry the `Sandbox-Control` header are answered, so that no page in a browser
can send one: a page of another origin cannot set the header without a CORS preflight, which is never granted.
"""

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from werkzeug.wrappers import Request, Response

from sessions_sandbox.embedded import Sandbox
from sessions_sandbox.errors import SandboxError
from sessions_sandbox.http_answers import json_response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

HEADER = "Sandbox-Control"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Control:
    """Wraps a sandbox as one WSGI application: loopback names lead here, all others to its servers."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if urlsplit(f"//{environ.get('HTTP_HOST', '')}").hostname in LOOPBACK:
            return self._answer(Request(environ))(environ, start_response)
        return self._sandbox(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.path == "/":
            return Response("A sandbox of sessions. TEST ONLY. See the guide for what it serves.\n")
        if HEADER not in request.headers:
            return json_response({"error": f"the control endpoints need the {HEADER} header"}, 403)
        commands: dict[str, Callable[[dict[str, Any]], object]] = {
            "/control/now": lambda _: self._sandbox.clock.now(),
            "/control/advance": lambda sent: self._sandbox.clock.advance(sent["seconds"]),
            "/control/rows": lambda sent: self._sandbox.rows(sent["table"]),
            "/control/exchanges": lambda sent: self._sandbox.exchanges(sent["host"], sent["path"]),
            "/control/set": lambda sent: self._sandbox.set(**sent),
            "/control/reset": lambda _: self._sandbox.reset(),
        }
        if request.path not in commands or request.method != "POST":
            return json_response({"error": f"POST to one of {', '.join(commands)}"}, 404)
        try:
            return json_response(commands[request.path](json.loads(request.get_data())))
        except SandboxError as error:
            return json_response({"error": str(error)}, 400)
        except (ValueError, KeyError, TypeError) as error:
            return json_response({"error": f"the body of {request.path} is not as expected: {error!r}"}, 400)
