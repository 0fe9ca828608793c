"""How a sandbox stands at a moment, for people to look at: its rows with their state, keys and switches."""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

from sessions_sandbox.authorization_server.refresh import is_alive
from sessions_sandbox.authorization_server.server import AuthorizationServer
from sessions_sandbox.authorization_server.sessions import is_live
from sessions_sandbox.authorization_server.tokens import active_grant, is_active
from sessions_sandbox.cookie_app.sessions import absolute_limit
from sessions_sandbox.cookie_app.sessions import idle_limit as app_idle_limit
from sessions_sandbox.key_ring import KeyRing
from sessions_sandbox.records import (
    AccessToken,
    AppSession,
    BffSession,
    Consent,
    Grant,
    IdpSession,
    LogEvent,
    Record,
    RefreshFamily,
    User,
)
from sessions_sandbox.seed import CLIENTS
from sessions_sandbox.switches import KINDS, Switches

Servers = Mapping[str, AuthorizationServer]
"""The authorization servers of a sandbox by the names that its rows give them."""

NEWEST = 100
"""How many rows of a table are shown."""
SECRET = ("password", "csrf_token", "id_token", "access_token", "refresh_token")
"""Fields that are not shown."""
MEANING = re.compile(r"^`(\w+)`: (.*?)(?=^`\w+`: |\Z)", re.MULTILINE | re.DOTALL)


def overview(servers: Servers) -> dict[str, Any]:
    """All that the console shows, but for the exchanges.

    `now` in Unix seconds, `clients` (names by id), `keys`, `switches`, and `tables`: for each, `total` and
    the newest `rows`, newest first, each with its `state` where it has one, and without secrets.
    """
    server = any_of(servers)
    tables = {}
    for kind, state in STATES.items():
        rows = server.store.all(kind)
        newest = [_shown(servers, row, state) for row in rows[: -NEWEST - 1 : -1]]
        tables[kind.table] = {"total": len(rows), "rows": newest}
    return {
        "now": server.clock.now(),
        "clients": {client.id: client.name for client in CLIENTS},
        "tables": tables,
        "keys": keys(servers),
        "switches": switches(servers),
    }


def keys(servers: Servers) -> list[dict[str, Any]]:
    """The signing keys in use: see `Administrator.signing_keys`."""
    rows = []
    for server in servers.values():
        for signs, ring in _rings(server).items():
            state = "old"
            for key in ring.published:
                if key.kid == ring.signing.kid:
                    state = "signing"
                rows.append(
                    {
                        "server": server.settings.name,
                        "issuer": server.issuer,
                        "kid": key.kid,
                        "signs": signs,
                        "published": signs != "access tokens" or server.switches.org_key_published,
                        "state": state,
                    }
                )
                if state == "signing":
                    state = "next"
    return rows


def switches(servers: Servers) -> list[dict[str, Any]]:
    """Each switch with its `name`, `kind`, `value` and `meaning`.

    The kind is what it takes, in words, or a list of what it takes.
    """
    values, told = vars(any_of(servers).switches), meanings()
    return [
        {
            "name": name,
            "kind": list(kind) if isinstance(kind, tuple) else kind,
            "value": values[name],
            "meaning": told.get(name, ""),
        }
        for name, kind in KINDS.items()
    ]


@cache
def meanings() -> dict[str, str]:
    """What each switch does, in a line, as its documentation has it."""
    documentation = inspect.getdoc(Switches) or ""
    return {name: " ".join(text.split()) for name, text in MEANING.findall(documentation)}


def any_of(servers: Servers) -> AuthorizationServer:
    """One of them, where it does not matter which: they share rows, clock and ids."""
    return next(iter(servers.values()))


def _rings(server: AuthorizationServer) -> dict[str, KeyRing]:
    """The key rings of a server by what they sign."""
    if server.keys is server.id_token_keys:
        return {"tokens": server.keys}
    return {"ID tokens": server.id_token_keys, "access tokens": server.keys}


def _shown(servers: Servers, row: Record, state: Callable[..., str] | None) -> dict[str, Any]:
    fields = {name: value for name, value in asdict(row).items() if name not in SECRET}
    if state is None:
        return fields
    server = servers[fields["server"]] if "server" in fields else any_of(servers)
    return {**fields, "state": state(server, row)}


def _of_user(server: AuthorizationServer, user: User) -> str:
    return "active" if user.active else "deactivated"


def _of_idp_session(server: AuthorizationServer, session: IdpSession) -> str:
    return "live" if is_live(server, session) else "over"


def _of_app_session(server: AuthorizationServer, session: AppSession) -> str:
    now, switches = server.clock.now(), server.switches
    idle = now - session.last_seen >= app_idle_limit(switches)
    over = idle or now - session.created >= absolute_limit(switches)
    return "over" if over or server.user(session.uid) is None else "live"


def _of_bff_session(server: AuthorizationServer, session: BffSession) -> str:
    return "live" if server.clock.now() < session.expires else "over"


def _of_grant(server: AuthorizationServer, grant: Grant) -> str:
    if grant.revoked is not None:
        return "revoked"
    return "in force" if active_grant(server, grant.grant_id) else "user deactivated"


def _of_access_token(server: AuthorizationServer, token: AccessToken) -> str:
    if token.revoked is not None:
        return "revoked"
    if token.expires <= server.clock.now():
        return "expired"
    return "active" if is_active(server, token) else "user deactivated"


def _of_family(server: AuthorizationServer, family: RefreshFamily) -> str:
    if family.revoked is not None:
        return "revoked"
    if not is_alive(server, family):
        return "expired"
    return "live" if active_grant(server, family.grant_id) else "user deactivated"


STATES: dict[type[Record], Callable[..., str] | None] = {
    User: _of_user,
    IdpSession: _of_idp_session,
    AppSession: _of_app_session,
    BffSession: _of_bff_session,
    Grant: _of_grant,
    AccessToken: _of_access_token,
    RefreshFamily: _of_family,
    Consent: None,
    LogEvent: None,
}
"""The tables that are shown, and what says how a row of them stands."""
