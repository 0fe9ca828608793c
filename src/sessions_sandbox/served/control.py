"""How programs and the console see and change a served sandbox. TEST ONLY; part of no origin.

Only requests to a loopback name that carry the `Sandbox-Control` header are answered, so that no other page
in a browser can send one: a page of another origin cannot set the header without a CORS preflight, which is
never granted. What browsers say of where a request comes from (`Sec-Fetch-Site`, `Origin`) must agree.
"""

import json
from collections.abc import Callable, Iterable
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import ClientDisconnected
from werkzeug.wrappers import Request, Response

from sessions_sandbox.embedded import Sandbox
from sessions_sandbox.errors import SandboxError
from sessions_sandbox.faces import ADDRESS, face_at
from sessions_sandbox.http_answers import json_response
from sessions_sandbox.network.trace import Exchange, host_of
from sessions_sandbox.operations import OPERATIONS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

HEADER = "Sandbox-Control"
NEWEST_EXCHANGES = 30
LONGEST_BODY_SHOWN = 4000
"""In characters."""
CONSOLE = {
    "/": ("index.html", "text/html"),
    "/console/console.css": ("console.css", "text/css"),
    "/console/console.js": ("console.js", "text/javascript"),
    "/console/calls.js": ("calls.js", "text/javascript"),
    "/console/columns.js": ("columns.js", "text/javascript"),
    "/console/switches.js": ("switches.js", "text/javascript"),
    "/console/tables.js": ("tables.js", "text/javascript"),
}
"""The files of the console by their paths. Whoever opens them learns nothing of the sandbox."""
CONSOLE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

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
            **{f"/control/{name}": partial(_operate, sandbox, name) for name in OPERATIONS},
            "/control/console": lambda _: _shown_by_the_console(sandbox),
        }
        console = files("sessions_sandbox.served") / "console"
        self._pages = {path: ((console / name).read_bytes(), kind) for path, (name, kind) in CONSOLE.items()}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        host = host_of(environ)
        if ADDRESS.fullmatch(host) and face_at(host, environ["PATH_INFO"]) is None:
            return self._answer(Request(environ))(environ, start_response)
        return self._sandbox(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.path in self._pages and request.method in ("GET", "HEAD"):
            content, kind = self._pages[request.path]
            return Response(content, 200, CONSOLE_HEADERS, content_type=f"{kind}; charset=utf-8")
        if request.path == "/openapi.json" and request.method in ("GET", "HEAD"):
            from sessions_sandbox.openapi import description  # few ask, and each start would pay

            return json_response(description())
        refusal = _refusal(request)
        if refusal is not None:
            return json_response({"error": refusal}, 403)
        command = self._commands.get(request.path)
        if command is None or request.method != "POST":
            return json_response({"error": f"POST to one of {', '.join(self._commands)}"}, 404)
        try:
            return json_response(command(json.loads(request.get_data())))
        except SandboxError as error:
            return json_response({"error": str(error)}, 400)
        except ClientDisconnected:
            return json_response({"error": "the body ends before its length"}, 400)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            return json_response({"error": f"the body of {request.path} is not as expected: {error!r}"}, 400)


def _refusal(request: Request) -> str | None:
    """Why nothing is done for a request: it may come from a page that is not the console."""
    if HEADER not in request.headers:
        return f"the control endpoints need the {HEADER} header"
    if request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        return "the control endpoints answer no page of another origin"
    own = f"{request.scheme}://{host_of(request.environ)}"
    if request.headers.get("Origin", own) != own:
        return f"the control endpoints answer no page but that of {own}"
    return None


def _operate(sandbox: Sandbox, name: str, sent: dict[str, Any]) -> object:
    return sandbox.operate(name, **sent)


def _shown_by_the_console(sandbox: Sandbox) -> dict[str, Any]:
    """What the console asks for again and again; see `overview`. The exchanges are those of this process."""
    exchanges = [_shortened(exchange) for exchange in sandbox.exchanges()[: -NEWEST_EXCHANGES - 1 : -1]]
    runs = any(row["runs"] for row in sandbox.rows("shared_state"))
    return {**sandbox.operate("overview"), "clock_runs": runs, "exchanges": exchanges}


def _shortened(exchange: Exchange) -> Exchange:
    bodies = {name: exchange[name][:LONGEST_BODY_SHOWN] for name in ("request_body", "response_body")}
    return {**exchange, **bodies}
