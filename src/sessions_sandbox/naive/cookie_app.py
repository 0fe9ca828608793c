"""The cookie app with mistakes that many apps have made. Each stays out until its switch is turned."""

import base64
import hashlib
import hmac
import json

from werkzeug.wrappers import Request, Response

from sessions_sandbox.cookie_app import SESSION_COOKIE, CookieApp
from sessions_sandbox.cookie_app.sessions import Sessions
from sessions_sandbox.http_answers import form_parameters, parameters
from sessions_sandbox.ids import fingerprint
from sessions_sandbox.records import AppSession, PendingLogin, User
from sessions_sandbox.routing import Handler


class SessionsWithMistakes(Sessions):
    """Sessions that are adopted, that lie in the cookie, or that outlive their logout."""

    def begin(self, user: User, sent: str) -> str:
        if self._switches.session_cookie == "signed":
            return self._begin_in_cookie(user)
        if self._switches.session_fixation and sent:
            return self._begin_under_id(user, sent)
        return super().begin(user, sent)

    def live(self, sent: str) -> AppSession | None:
        return self._read_cookie(sent) if self._switches.session_cookie == "signed" else super().live(sent)

    def all_of(self, session: AppSession) -> list[AppSession]:
        return [session] if self._switches.session_cookie == "signed" else super().all_of(session)

    def log_out(self, session: AppSession) -> None:
        if self._switches.logout_client_only:
            # MISTAKE: only the browser is asked to forget. Whoever has a copy of the cookie stays signed in.
            return
        super().log_out(session)

    def _begin_under_id(self, user: User, sent: str) -> str:
        # MISTAKE: the id that the browser sent is kept. Whoever planted it there is now this user.
        self._store.remove(AppSession, fingerprint(sent))
        return self._start(user, sent)

    def _begin_in_cookie(self, user: User) -> str:
        # MISTAKE: the session is in the cookie, and nowhere else. No row could end before it does.
        state = {
            "uid": user.uid,
            "login": user.login,
            "csrf_token": self._ids.make("csrf token"),
            "created": self._clock.now(),
        }
        payload = base64.urlsafe_b64encode(json.dumps(state).encode()).rstrip(b"=").decode()
        self._log("user.session.start", user.uid)
        return f"{payload}.{self._signature(payload)}"

    def _read_cookie(self, sent: str) -> AppSession | None:
        # MISTAKE: signature and age are all that counts. Logout, idleness and a closed account do not.
        payload, _, signature = sent.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(payload).encode()):
            return None
        state = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        session = AppSession(id_hash="", last_seen=state["created"], **state)
        return None if self._is_over(session) else session

    def _signature(self, payload: str) -> str:
        key = self._ids.derive("key of signed cookies").encode()
        return hmac.new(key, payload.encode(), hashlib.sha256).hexdigest()


class CookieAppWithMistakes(CookieApp):
    """The same pages. What protects them from other sites is left out where `csrf_protection` says so."""

    kind_of_sessions = SessionsWithMistakes

    def _handler(self, request: Request) -> Handler:
        by_link = request.path == "/transfer" and request.method in ("GET", "HEAD")
        if by_link and self._switches.csrf_protection in ("none", "same_site"):
            return self._transfer_by_link
        return super()._handler(request)

    def _transfer_by_link(self, request: Request) -> Response:
        # MISTAKE: a GET that changes something (ASVS 3.5.3). With a link, the browser sends a Lax cookie too.
        return self._send_money(self._session(request), parameters(request.query_string))

    def _refuse_forgeries(self, request: Request, session: AppSession) -> None:
        if self._switches.csrf_protection in ("none", "same_site"):
            # MISTAKE: that the cookie came is taken for the user's will. The browser adds it for others too.
            return
        super()._refuse_forgeries(request, session)

    def _read_login(self, request: Request) -> tuple[User | None, PendingLogin | None]:
        if self._switches.csrf_protection != "none":
            return super()._read_login(request)
        # MISTAKE: a name and a password are enough, from any page: it can sign the user in as somebody else.
        form = form_parameters(request)
        user = self._form.check(form.get("username", ""), form.get("password", ""))
        return user, PendingLogin("", "", continue_to="/", expires=0)

    def _set_session_cookie(self, response: Response, value: str) -> None:
        if self._switches.csrf_protection != "none":
            super()._set_session_cookie(response, value)
            return
        # MISTAKE: SameSite=None. The browser sends this cookie with the forms of every site.
        response.set_cookie(SESSION_COOKIE, value, secure=True, httponly=True, samesite="None")
