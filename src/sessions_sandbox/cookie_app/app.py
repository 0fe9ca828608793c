"""The pages of the cookie app."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from sessions_sandbox.clock import Clock
from sessions_sandbox.cookie_app.csrf import carries_token, comes_from
from sessions_sandbox.cookie_app.sessions import Sessions
from sessions_sandbox.http_answers import (
    NO_STORE,
    OAuthError,
    form_parameters,
    html_page,
    json_response,
)
from sessions_sandbox.ids import SeededIds
from sessions_sandbox.login_form import WRONG, LoginForm, delete_cookie, set_cookie
from sessions_sandbox.records import AppSession, PendingLogin, Transfer, User
from sessions_sandbox.routing import Handler, NoRoute, Routes, handler_of
from sessions_sandbox.stores import Store
from sessions_sandbox.switches import Switches

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

SESSION_COOKIE = "__Host-sid"
LOGIN_COOKIE = "__Host-login"
AMOUNT = re.compile(r"[1-9][0-9]{0,8}")


class Refused(Exception):
    """An answer that is an error; 401 means that there is no session, and nothing else."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


class CookieApp:
    """The WSGI application. What it lets a browser do, it lets only a page of its own `origin` ask for."""

    kind_of_sessions = Sessions

    def __init__(self, store: Store, clock: Clock, ids: SeededIds, switches: Switches, origin: str) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._switches = switches
        self._origin = origin
        self._sessions = self.kind_of_sessions(store, clock, ids, switches)
        self._form = LoginForm(LOGIN_COOKIE, "/login", store, clock, ids)
        self._routes: Routes = {
            "/": {"GET": self._home},
            "/login": {"GET": self._show_login, "POST": self._log_in},
            "/me": {"GET": self._me},
            "/sessions": {"GET": self._list_sessions},
            "/sessions/revoke-others": {"POST": self._revoke_others},
            "/transfer": {"POST": self._transfer},
            "/logout": {"POST": self._log_out},
        }

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return self._answer(Request(environ))(environ, start_response)

    def _answer(self, request: Request) -> Response:
        try:
            return self._handler(request)(request)
        except NoRoute as error:
            return json_response({"error": error.error}, error.status, error.headers)
        except OAuthError as error:
            return error.response()
        except Refused as refusal:
            response = json_response({"error": refusal.error}, refusal.status, NO_STORE)
            if refusal.status == 401 and SESSION_COOKIE in request.cookies:
                delete_cookie(response, SESSION_COOKIE)
            return response

    def _handler(self, request: Request) -> Handler:
        return handler_of(self._routes, request)

    def _home(self, request: Request) -> Response:
        return html_page("The cookie app", "<p>Who you are is at /me.</p>")

    def _show_login(self, request: Request) -> Response:
        return self._form.show("/")

    def _log_in(self, request: Request) -> Response:
        """A good login starts a new session."""
        user, pending = self._read_login(request)
        if pending is None:
            raise Refused(400, "login_form_invalid")
        if user is None:
            return self._form.show(pending.continue_to, 401, WRONG)
        value = self._sessions.begin(user, _sent(request))
        response = Response(status=303, headers={"Location": pending.continue_to, **NO_STORE})
        delete_cookie(response, LOGIN_COOKIE)
        self._set_session_cookie(response, value)
        return response

    def _me(self, request: Request) -> Response:
        session = self._session(request)
        return json_response({"user": session.login, "csrf_token": session.csrf_token}, headers=NO_STORE)

    def _list_sessions(self, request: Request) -> Response:
        """The user's live sessions, so that one that is not theirs is noticed (ASVS 7.5.2). Unix seconds."""
        session = self._session(request)
        shown = [
            {"current": one.id_hash == session.id_hash, "created": one.created, "last_seen": one.last_seen}
            for one in self._sessions.all_of(session)
        ]
        return json_response({"sessions": shown}, headers=NO_STORE)

    def _revoke_others(self, request: Request) -> Response:
        """End all sessions of the user but this one. It takes the password once more (ASVS 7.5.2)."""
        session = self._session(request)
        self._refuse_forgeries(request, session)
        if self._form.check(session.login, form_parameters(request).get("password", "")) is None:
            raise Refused(403, "password_wrong")
        others = [one for one in self._sessions.all_of(session) if one.id_hash != session.id_hash]
        for one in others:
            self._sessions.end(one)
        return json_response({"ended": len(others)}, headers=NO_STORE)

    def _transfer(self, request: Request) -> Response:
        """Send money to another user: what a forged request would be after."""
        session = self._session(request)
        self._refuse_forgeries(request, session)
        return self._send_money(session, form_parameters(request))

    def _send_money(self, session: AppSession, form: dict[str, str]) -> Response:
        to, amount = form.get("to", ""), form.get("amount", "")
        if not self._store.find(User, login=to) or not AMOUNT.fullmatch(amount):
            raise Refused(400, "transfer_invalid")
        number = self._ids.make("transfer")
        self._store.add(Transfer(number, session.uid, to, int(amount), self._clock.now()))
        return json_response({"to": to, "amount": int(amount)}, 201, NO_STORE)

    def _log_out(self, request: Request) -> Response:
        """End the session here, where it lives, and only then ask the browser to forget the cookie.

        A browser that sent no cookie is asked to forget nothing: another site's form may have sent it here.
        """
        session = self._sessions.live(_sent(request))
        if session is not None:
            self._refuse_forgeries(request, session)
            self._sessions.log_out(session)
        response = Response(status=303, headers={"Location": "/", **NO_STORE})
        if SESSION_COOKIE in request.cookies:
            response.headers["Clear-Site-Data"] = '"cookies", "storage"'
            delete_cookie(response, SESSION_COOKIE)
        return response

    def _session(self, request: Request) -> AppSession:
        """The live session of a request. Raises `Refused` without one."""
        session = self._sessions.live(_sent(request))
        if session is None:
            raise Refused(401, "no_session")
        return session

    def _read_login(self, request: Request) -> tuple[User | None, PendingLogin | None]:
        return self._form.read(request)

    def _refuse_forgeries(self, request: Request, session: AppSession) -> None:
        """Raises `Refused` for a request that another origin may have caused (ASVS 3.5.1)."""
        if self._switches.csrf_protection == "fetch_metadata":
            if not comes_from(self._origin, request):
                raise Refused(403, "not_from_this_origin")
        elif not carries_token(request, session):
            raise Refused(403, "csrf_token_wrong")

    def _set_session_cookie(self, response: Response, value: str) -> None:
        set_cookie(response, SESSION_COOKIE, value)


def _sent(request: Request) -> str:
    return request.cookies.get(SESSION_COOKIE, "")
