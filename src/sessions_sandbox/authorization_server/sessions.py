"""The browser's session at the identity provider: one for all of its authorization servers."""

from dataclasses import replace

from werkzeug.wrappers import Request, Response

from sessions_sandbox.authorization_server.server import AuthorizationServer
from sessions_sandbox.ids import fingerprint
from sessions_sandbox.login_form import set_cookie
from sessions_sandbox.records import IdpSession, User
from sessions_sandbox.seed import IDP_SESSION_IDLE_SECONDS
from sessions_sandbox.stores import change

SESSION_COOKIE = "__Host-idp_sid"


def current_session(server: AuthorizationServer, request: Request) -> IdpSession | None:
    """The browser's session, if it was used within the idle limit and its user may still sign in."""
    key = _key(request)
    session = server.store.get(IdpSession, key)
    now = server.clock.now()
    if (
        session is None
        or now - session.last_seen >= IDP_SESSION_IDLE_SECONDS
        or server.user(session.uid) is None
    ):
        return None
    return change(server.store, IdpSession, key, lambda row: replace(row, last_seen=now))


def start_session(server: AuthorizationServer, request: Request, user: User) -> tuple[IdpSession, str]:
    """A new session in the place of the browser's old one, and the secret for its cookie.

    The `sid` goes on when the same user signs in again.
    """
    old = server.store.get(IdpSession, _key(request))
    server.store.remove(IdpSession, _key(request))
    now, secret = server.clock.now(), server.ids.make("IdP session")
    sid = old.sid if old is not None and old.uid == user.uid else server.ids.make("IdP sid")
    session = IdpSession(fingerprint(secret), user.uid, now, now, sid)
    server.store.add(session)
    server.log("user.session.start", uid=user.uid)
    return session, secret


def end_session(server: AuthorizationServer, session: IdpSession) -> None:
    """Forget a session: its cookie opens nothing from now on."""
    if server.store.remove(IdpSession, session.key):
        server.log("user.session.end", uid=session.uid)


def keep_session(response: Response, secret: str) -> None:
    """Give the browser the cookie of its session."""
    set_cookie(response, SESSION_COOKIE, secret)


def _key(request: Request) -> str:
    return fingerprint(request.cookies.get(SESSION_COOKIE, ""))
