"""`https://app.acme.test`: cookie sessions. The row is the session; the cookie is only its key."""

import hmac
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from sessions_sandbox.authorization_server.server import write_log
from sessions_sandbox.clock import Clock
from sessions_sandbox.http_answers import (
    NO_STORE,
    OAuthError,
    form_parameters,
    html_page,
    json_response,
)
from sessions_sandbox.ids import SeededIds, fingerprint
from sessions_sandbox.login_form import WRONG, LoginForm, delete_cookie, set_cookie
from sessions_sandbox.records import AppSession, User
from sessions_sandbox.routing import NoRoute, Routes, handler_of
from sessions_sandbox.seed import APP_SESSION_ABSOLUTE_SECONDS, APP_SESSION_IDLE_SECONDS
from sessions_sandbox.stores import Store, change

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

SESSION_COOKIE = "__Host-sid"
LOGIN_COOKIE = "__Host-login"


class CookieApp:
    """The WSGI application: `GET /`, `GET|POST /login`, `GET /me`, `POST /logout`."""

    def __init__(self, store: Store, clock: Clock, ids: SeededIds) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._form = LoginForm(LOGIN_COOKIE, "/login", store, clock, ids)
        self._routes: Routes = {
            "/": {"GET": self._home},
            "/login": {"GET": self._show_login, "POST": self._log_in},
            "/me": {"GET": self._me},
            "/logout": {"POST": self._log_out},
        }

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return self._answer(Request(environ))(environ, start_response)

    def _answer(self, request: Request) -> Response:
        try:
            return handler_of(self._routes, request)(request)
        except NoRoute as error:
            return json_response({"error": error.error}, error.status, error.headers)
        except OAuthError as error:
            return error.response()

    def _home(self, request: Request) -> Response:
        return html_page("The cookie app", "<p>Who you are is at /me.</p>")

    def _show_login(self, request: Request) -> Response:
        return self._form.show("/")

    def _log_in(self, request: Request) -> Response:
        """A good login starts a new session under a new id; an id that the browser sent is never kept."""
        user, pending = self._form.read(request)
        if pending is None:
            return json_response({"error": "login_form_invalid"}, 400, NO_STORE)
        if user is None:
            return self._form.show(pending.continue_to, 401, WRONG)
        self._store.remove(AppSession, self._key(request))
        secret = self._ids.make("app session")
        now = self._clock.now()
        csrf_token = self._ids.make("csrf token")
        self._store.add(AppSession(fingerprint(secret), user.uid, user.login, csrf_token, now, now))
        self._log("user.session.start", user.uid)
        response = Response(status=303, headers={"Location": pending.continue_to, **NO_STORE})
        delete_cookie(response, LOGIN_COOKIE)
        set_cookie(response, SESSION_COOKIE, secret)
        return response

    def _me(self, request: Request) -> Response:
        session = self._session(request)
        if session is None:
            response = json_response({"error": "no_session"}, 401, NO_STORE)
            if SESSION_COOKIE in request.cookies:
                delete_cookie(response, SESSION_COOKIE)
            return response
        return json_response({"user": session.login, "csrf_token": session.csrf_token}, headers=NO_STORE)

    def _log_out(self, request: Request) -> Response:
        """End the session here, where it lives, and only then ask the browser to forget the cookie.

        A browser that sent no cookie is asked to forget nothing: another site's form may have sent it here.
        """
        session = self._session(request)
        if session is not None:
            sent = request.headers.get("X-CSRF-Token") or form_parameters(request).get("csrf_token", "")
            if not hmac.compare_digest(sent.encode(), session.csrf_token.encode()):
                return json_response({"error": "csrf_token_wrong"}, 403, NO_STORE)
            self._store.remove(AppSession, session.id_hash)
            self._log("user.session.end", session.uid)
        response = Response(status=303, headers={"Location": "/", **NO_STORE})
        if SESSION_COOKIE in request.cookies:
            response.headers["Clear-Site-Data"] = '"cookies", "storage"'
            delete_cookie(response, SESSION_COOKIE)
        return response

    def _session(self, request: Request) -> AppSession | None:
        """The live session of a request, which this request keeps from idling out. A dead one is removed.

        An account that was deactivated has no live session.
        """
        session = self._store.get(AppSession, self._key(request))
        if session is None:
            return None
        now = self._clock.now()
        idle = now - session.last_seen >= APP_SESSION_IDLE_SECONDS
        over = now - session.created >= APP_SESSION_ABSOLUTE_SECONDS
        user = self._store.get(User, session.uid)
        if idle or over or user is None or not user.active:
            self._store.remove(AppSession, session.id_hash)
            self._log("user.session.end", session.uid)
            return None
        return change(self._store, AppSession, session.id_hash, lambda row: replace(row, last_seen=now))

    def _key(self, request: Request) -> str:
        return fingerprint(request.cookies.get(SESSION_COOKIE, ""))

    def _log(self, event: str, uid: str) -> None:
        write_log(self._store, self._ids, self._clock, event, uid=uid, detail="app.acme.test")
