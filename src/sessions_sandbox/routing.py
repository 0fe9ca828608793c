"""Which function answers a request: by its path, then by its method."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Handler = Callable[[Request], Response]
Routes = Mapping[str, Mapping[str, Handler]]
"""Path → method → function. What answers GET answers HEAD too (RFC 9110 §9.3.2)."""


class NoRoute(Exception):
    """404, or 405 with an `Allow` header that names the methods of the path (RFC 9110 §15.5.5, §15.5.6)."""

    def __init__(self, status: int, error: str, headers: dict[str, str]) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.headers = headers


def handler_of(routes: Routes, request: Request) -> Handler:
    """The function for a request. Raises `NoRoute`."""
    methods = routes.get(request.path)
    if methods is None:
        raise NoRoute(404, "not_found", {})
    handler = methods.get("GET" if request.method == "HEAD" else request.method)
    if handler is None:
        raise NoRoute(405, "method_not_allowed", {"Allow": ", ".join(methods)})
    return handler


def by_prefix(prefix: str, below: "WSGIApplication", others: "WSGIApplication") -> "WSGIApplication":
    """One application of two: `below` answers the paths that begin with the prefix."""

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        chosen = below if environ["PATH_INFO"].startswith(prefix) else others
        return chosen(environ, start_response)

    return application
