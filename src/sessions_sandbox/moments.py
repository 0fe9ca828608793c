"""When what the servers remember ends by itself: limits, expiries, the grace of a rotated refresh token."""

from collections.abc import Callable, Iterator
from typing import Any

from sessions_sandbox.authorization_server.refresh import grace_end, is_alive
from sessions_sandbox.authorization_server.server import AuthorizationServer
from sessions_sandbox.authorization_server.sessions import idle_limit, is_live
from sessions_sandbox.authorization_server.tokens import active_grant, is_active
from sessions_sandbox.cookie_app.sessions import absolute_limit
from sessions_sandbox.cookie_app.sessions import idle_limit as app_idle_limit
from sessions_sandbox.overview import Servers, any_of
from sessions_sandbox.records import (
    AccessToken,
    AppSession,
    AuthorizationCode,
    BffSession,
    IdpSession,
    Record,
    RefreshFamily,
)

Ends = Iterator[tuple[str, int | None]]


def moments(servers: Servers) -> list[dict[str, Any]]:
    """What is still to come, soonest first: `table`, `key` of the row, `what` ends, `at` (Unix seconds).

    `at` is the first second at which it no longer counts. A row that is over already has no moments.
    Of `keys`, the `key` is the server's name: until then a client may not know the next one, or need the old.
    """
    found = []
    now, store = any_of(servers).clock.now(), any_of(servers).store
    for kind, ends in ENDS.items():
        for row in store.all(kind):
            server = servers[getattr(row, "server", any_of(servers).settings.name)]
            found += [
                {"table": kind.table, "key": row.key, "what": what, "at": at}
                for what, at in ends(server, row)
                if at is not None and at > now
            ]
    for server in servers.values():
        found += [
            {"table": "keys", "key": server.settings.name, "what": what, "at": at}
            for what, at in _of_keys(server)
            if at > now
        ]
    return sorted(found, key=lambda moment: moment["at"])


def _of_keys(server: AuthorizationServer) -> Iterator[tuple[str, int]]:
    rotation = server.id_token_keys.rotation.at(server.clock.now())
    if rotation.newest > rotation.signing:
        yield "next key unknown", rotation.known_from
    if rotation.oldest < rotation.signing:
        yield "old key in use", rotation.old_tokens_end(server.lifetimes)


def _of_idp_session(server: AuthorizationServer, session: IdpSession) -> Ends:
    if is_live(server, session):
        absolute = server.switches.idp_session_absolute_seconds
        yield "idle timeout", session.last_seen + idle_limit(server)
        yield "absolute limit", None if absolute is None else session.auth_time + absolute


def _of_app_session(server: AuthorizationServer, session: AppSession) -> Ends:
    idle = session.last_seen + app_idle_limit(server.switches)
    absolute = session.created + absolute_limit(server.switches)
    if server.clock.now() < min(idle, absolute):
        yield "idle timeout", idle
        yield "absolute limit", absolute


def _of_bff_session(server: AuthorizationServer, session: BffSession) -> Ends:
    yield "end", session.expires


def _of_code(server: AuthorizationServer, code: AuthorizationCode) -> Ends:
    if not code.used:
        yield "expiry", code.expires


def _of_access_token(server: AuthorizationServer, token: AccessToken) -> Ends:
    if is_active(server, token):
        yield "expiry", token.expires


def _of_family(server: AuthorizationServer, family: RefreshFamily) -> Ends:
    if is_alive(server, family) and active_grant(server, family.grant_id):
        idle = family.idle_seconds
        yield "grace", grace_end(server, family)
        yield "idle limit", None if idle is None else family.last_used + idle
        yield "absolute limit", family.expires


ENDS: dict[type[Record], Callable[..., Ends]] = {
    IdpSession: _of_idp_session,
    AppSession: _of_app_session,
    BffSession: _of_bff_session,
    AuthorizationCode: _of_code,
    AccessToken: _of_access_token,
    RefreshFamily: _of_family,
}
