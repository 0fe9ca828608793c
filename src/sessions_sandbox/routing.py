"""Which function answers a request: by its path, then by its method."""

from collections.abc import Callable, Mapping

from werkzeug.wrappers import Request, Response

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
