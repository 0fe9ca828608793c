"""The endpoints of the backend for frontend (RFC 10017 §6.1.2.1)."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from sessions_sandbox.bff.id_token import TokenRefused
from sessions_sandbox.bff.logout_token import accept_logout_token
from sessions_sandbox.bff.provider import NoAnswer, Provider
from sessions_sandbox.bff.proxy import PREFIX, forward
from sessions_sandbox.bff.refreshing import Refreshing
from sessions_sandbox.bff.sessions import Sessions, forget_cookie
from sessions_sandbox.bff.sign_in import LOGIN_COOKIE, SignIn, SignInRefused
from sessions_sandbox.clock import Clock
from sessions_sandbox.faces import Face
from sessions_sandbox.http_answers import (
    NO_STORE,
    OAuthError,
    form_parameters,
    html_page,
    json_response,
    see_other,
)
from sessions_sandbox.ids import SeededIds
from sessions_sandbox.login_form import delete_cookie
from sessions_sandbox.records import BffSession
from sessions_sandbox.routing import Handler, NoRoute, Routes, handler_of
from sessions_sandbox.stores import Store
from sessions_sandbox.switches import Switches

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

HEADER = "X-BFF"
"""A page of another origin cannot send it without asking first, and none is let (RFC 10017 §6.1.3.3.2)."""


class Bff:
    """The WSGI application.

    For the browser itself: `GET /bff/login`, `GET /bff/callback`. For the page, with the header `X-BFF: 1`:
    `GET /bff/user`, `POST /bff/logout`, and `/bff/api/orders` and `/bff/api/payments` with any method. For
    the authorization server: `POST /bff/backchannel-logout`, which is not a feature of Okta.
    """

    def __init__(self, store: Store, clock: Clock, ids: SeededIds, switches: Switches, face: Face) -> None:
        self._store = store
        self._face = face
        self._provider = Provider(face)
        self._sessions = Sessions(store, clock, ids, switches)
        self._sign_in = SignIn(store, clock, ids, self._provider)
        self._refreshing = Refreshing(store, clock, ids, self._provider, self._sessions)
        self._api = self._for_the_page(self._forward)
        self._routes: Routes = {
            "/bff/login": {"GET": lambda _: self._sign_in.begin()},
            "/bff/callback": {"GET": self._callback},
            "/bff/user": {"GET": self._for_the_page(self._user)},
            "/bff/logout": {"POST": self._for_the_page(self._log_out)},
            "/bff/backchannel-logout": {"POST": self._back_channel_logout},
        }

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return self._answer(Request(environ))(environ, start_response)

    def _answer(self, request: Request) -> Response:
        try:
            handler = self._api if request.path.startswith(PREFIX) else handler_of(self._routes, request)
            return handler(request)
        except NoRoute as error:
            return json_response({"error": error.error}, error.status, error.headers)

    def _for_the_page(self, handler: Callable[[Request, BffSession], Response]) -> Handler:
        """Only with the header, and only with a session."""

        def checked(request: Request) -> Response:
            if request.headers.get(HEADER) != "1":
                return json_response({"error": "x_bff_header_missing"}, 403, NO_STORE)
            session = self._sessions.current(request)
            return _no_session(request) if session is None else handler(request, session)

        return checked

    def _callback(self, request: Request) -> Response:
        """A good sign-in starts a session under a new id; the one that the browser had ends."""
        try:
            claims, tokens = self._sign_in.finish(request)
        except SignInRefused as error:
            return html_page("This sign-in did not work", f"<p>{error}</p>", error.status)
        before = self._sessions.current(request)
        if before is not None:
            self._end(before)
        response = see_other("/", {})
        delete_cookie(response, LOGIN_COOKIE)
        self._sessions.start(claims, tokens, response)
        return response

    def _user(self, request: Request, session: BffSession) -> Response:
        return json_response({"sub": session.uid, "name": session.name}, headers=NO_STORE)

    def _forward(self, request: Request, session: BffSession) -> Response:
        try:
            fresh = self._refreshing.fresh(session)
        except NoAnswer:
            body = {"error": "authorization_server_unreachable"}
            return json_response(body, 503, {**NO_STORE, "Retry-After": "5"})
        return _no_session(request) if fresh is None else forward(request, self._face.api, fresh.access_token)

    def _log_out(self, request: Request, session: BffSession) -> Response:
        """End the session here, and tell the page where the browser ends the identity provider's.

        The ID token in that address names the user (OpenID Connect RP-Initiated Logout 1.0 §2). It opens
        nothing.
        """
        self._end(session)
        client = self._provider.client
        address = self._provider.address(
            "logout",
            id_token_hint=session.id_token,
            post_logout_redirect_uri=client.post_logout_redirect_uris[0],
        )
        return forget_cookie(request, json_response({"logout_url": address}, headers=NO_STORE))

    def _end(self, session: BffSession) -> None:
        """End a session, and with its refresh token what the authorization server gave for it (RFC 7009)."""
        self._sessions.end(session)
        self._provider.revoke(session.refresh_token)

    def _back_channel_logout(self, request: Request) -> Response:
        """OpenID Connect Back-Channel Logout 1.0 §2.7, §2.8: refresh tokens are forgotten, not revoked."""
        try:
            token = form_parameters(request).get("logout_token", "")
            claims = accept_logout_token(self._provider, self._store, token)
        except (OAuthError, TokenRefused, NoAnswer):
            return json_response({"error": "invalid_request"}, 400, NO_STORE)
        for session in self._sessions.of(claims):
            self._sessions.end(session)
        return Response(headers=NO_STORE)


def _no_session(request: Request) -> Response:
    return forget_cookie(request, json_response({"error": "no_session"}, 401, NO_STORE))
