"""The browser's session at the identity provider: one for all of its authorization servers."""

from dataclasses import replace

from werkzeug.wrappers import Request, Response

from sessions_sandbox.authorization_server.back_channel import tell_clients
from sessions_sandbox.authorization_server.server import AuthorizationServer
from sessions_sandbox.ids import fingerprint
from sessions_sandbox.login_form import set_cookie
from sessions_sandbox.records import SESSION_ROW_SECONDS, IdpSession, User
from sessions_sandbox.seed import IDP_SESSION_IDLE_SECONDS
from sessions_sandbox.stores import change

SESSION_COOKIE = "__Host-idp_sid"


def current_session(server: AuthorizationServer, request: Request) -> IdpSession | None:
    """The browser's session, if there is one that may be used; using it keeps it from idling out."""
    key = _key(request)
    session = server.store.get(IdpSession, key)
    if session is None or not is_live(server, session):
        return None
    now = server.clock.now()
    return change(server.store, IdpSession, key, lambda row: replace(row, last_seen=now))


def is_live(server: AuthorizationServer, session: IdpSession) -> bool:
    """Whether a session is within its limits, and its user may still sign in.

    The absolute limit counts from the login, and there is none unless `idp_session_absolute_seconds` sets it.
    """
    now, absolute = server.clock.now(), server.switches.idp_session_absolute_seconds
    if now - session.last_seen >= idle_limit(server):
        return False
    if absolute is not None and now - session.auth_time >= absolute:
        return False
    return server.user(session.uid) is not None


def idle_limit(server: AuthorizationServer) -> int:
    """How long a session may lie unused, in seconds: no longer than its row is kept."""
    override = server.switches.idp_session_idle_seconds
    return IDP_SESSION_IDLE_SECONDS if override is None else min(override, SESSION_ROW_SECONDS)


def start_session(server: AuthorizationServer, request: Request, user: User) -> tuple[IdpSession, str]:
    """A new session in the place of the browser's old one, and the secret for its cookie.

    The `sid` goes on when the same user signs in again. The session of another user ends.
    """
    old = server.store.get(IdpSession, _key(request))
    if old is not None and old.uid != user.uid:
        end_session(server, old)
        old = None
    server.store.remove(IdpSession, _key(request))
    now, secret = server.clock.now(), server.ids.make("IdP session")
    sid = server.ids.make("IdP sid") if old is None else old.sid
    session = IdpSession(fingerprint(secret), user.uid, now, now, sid)
    server.store.add(session)
    server.log("user.session.start", uid=user.uid)
    return session, secret


def end_session(server: AuthorizationServer, session: IdpSession) -> None:
    """Forget a session: its cookie opens nothing from now on.

    By the switch `back_channel_logout` its clients are told, which is not a feature of Okta. When time ends a
    session, at its limit or by `Administrator.expire`, nobody is told.
    """
    if not server.store.remove(IdpSession, session.key):
        return
    server.log("user.session.end", uid=session.uid)
    if server.switches.back_channel_logout:
        tell_clients(server, session)


def keep_session(response: Response, secret: str) -> None:
    """Give the browser the cookie of its session."""
    set_cookie(response, SESSION_COOKIE, secret)


def _key(request: Request) -> str:
    return fingerprint(request.cookies.get(SESSION_COOKIE, ""))
