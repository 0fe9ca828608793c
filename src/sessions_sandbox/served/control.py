"""How a program reads the rows and moves the clock of a served sandbox. TEST ONLY; part of no origin.

Only requests to a loopback name that carry the `Sandbox-Control` header are answered, so that no page in a
browser can send one: a page of another origin cannot set the header without a CORS preflight, which is never
granted.
"""

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from sessions_sandbox.embedded import Sandbox
from sessions_sandbox.errors import SandboxError
from sessions_sandbox.faces import ADDRESS, face_at
from sessions_sandbox.http_answers import json_response
from sessions_sandbox.network.trace import host_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

HEADER = "Sandbox-Control"

Command = Callable[[dict[str, Any]], object]


class Control:
    """Wraps a sandbox as one WSGI application: loopback names lead here, all others to its servers.

    Where a server stands at a path of a loopback name (see `faces`), that leads to the server.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._commands: dict[str, Command] = {
            "/control/now": lambda _: sandbox.clock.now(),
            "/control/advance": lambda sent: sandbox.clock.advance(sent["seconds"]),
            "/control/rows": lambda sent: sandbox.rows(sent["table"]),
            "/control/exchanges": lambda sent: sandbox.exchanges(sent["host"], sent["path"]),
            "/control/set": lambda sent: sandbox.set(**sent),
            "/control/rotate_keys": lambda sent: sandbox.rotate_keys(**sent),
            "/control/reset": lambda _: sandbox.reset(),
        }

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        host = host_of(environ)
        if ADDRESS.fullmatch(host) and face_at(host, environ["PATH_INFO"]) is None:
            return self._answer(Request(environ))(environ, start_response)
        return self._sandbox(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.path == "/":
            return Response("A sandbox of sessions. TEST ONLY. See the guide for what it serves.\n")
        if HEADER not in request.headers:
            return json_response({"error": f"the control endpoints need the {HEADER} header"}, 403)
        command = self._commands.get(request.path)
        if command is None or request.method != "POST":
            return json_response({"error": f"POST to one of {', '.join(self._commands)}"}, 404)
        try:
            return json_response(command(json.loads(request.get_data())))
        except SandboxError as error:
            return json_response({"error": str(error)}, 400)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            return json_response({"error": f"the body of {request.path} is not as expected: {error!r}"}, 400)
