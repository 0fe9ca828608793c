"""What an administrator does to a running sandbox: revoke, end a session, switch an account off.

Each operation has a name and takes and gives what JSON can hold, so that a program, the control endpoints of
a served sandbox and a page can all ask for it.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sessions_sandbox.authorization_server.consent import withdraw
from sessions_sandbox.authorization_server.events import tell_of_user
from sessions_sandbox.authorization_server.sessions import end_session as end_idp_session
from sessions_sandbox.authorization_server.sessions import idle_limit
from sessions_sandbox.authorization_server.tokens import revoke_access_token, revoke_grant
from sessions_sandbox.cookie_app.sessions import idle_limit as app_idle_limit
from sessions_sandbox.errors import SandboxError
from sessions_sandbox.looking_on import introspect, published_keys
from sessions_sandbox.moments import moments
from sessions_sandbox.overview import Servers, any_of, keys, overview, switches
from sessions_sandbox.records import (
    AccessToken,
    AppSession,
    BffSession,
    Consent,
    Grant,
    IdpSession,
    Record,
    RefreshFamily,
    User,
)
from sessions_sandbox.seed import CUSTOM
from sessions_sandbox.stores import change

REVOCABLE: tuple[type[Record], ...] = (Grant, RefreshFamily, AccessToken, Consent)
SESSIONS: tuple[type[Record], ...] = (IdpSession, AppSession, BffSession)
EXPIRABLE: tuple[type[Record], ...] = (*SESSIONS, RefreshFamily)
BY = "by an administrator"


class Administrator:
    """The operations as a program calls them. Each raises `SandboxError` for what does not exist."""

    def __init__(self, operate: Callable[..., Any]) -> None:
        self._operate = operate

    def revoke(self, table: str, key: str) -> None:
        """End a row of `grants`, `refresh_families` or `access_tokens`, or withdraw one of `consents`.

        A family takes its grant along, and a grant all its tokens, as at the revocation endpoint. A consent
        takes nothing along: the row goes, and the next authorization request asks again, where
        `consent_required` is on. Okta documents consents and tokens as two things, each revoked by itself;
        whether tokens end with a consent it does not say. Revoke the grants to end them.
        """
        self._operate("revoke", table=table, key=key)

    def end_session(self, table: str, key: str) -> None:
        """Delete a row of `idp_sessions`, `app_sessions` or `bff_sessions`: its cookie opens nothing now.

        Where `back_channel_logout` is on, the clients of a session at the identity provider are told, as at a
        logout. Its tokens live on. Clients that were not told keep sessions of their own.
        """
        self._operate("end_session", table=table, key=key)

    def expire(self, table: str, key: str) -> None:
        """Let a session lie idle until its limit, or a refresh family reach its end, now. The row stays.

        As when time does it, no client is told, whether `back_channel_logout` is on or not.

        An access token cannot be made to: its expiry stands in the token. Move the clock instead.
        """
        self._operate("expire", table=table, key=key)

    def deactivate(self, login: str) -> None:
        """Switch an account off: it cannot sign in, and what hangs on it does not count until it is on again.

        Its sessions at the identity provider and in the cookie app open nothing, its grants are not in force,
        its tokens not active. No row is deleted. No client is told: a session that another app keeps, such as
        the backend for frontend, goes on until that app asks, and its refresh is refused. An API is told
        where `api_validation` has it listen; one that asks nobody accepts a token until it expires.
        """
        self._operate("deactivate", login=login)

    def activate(self, login: str) -> None:
        """Switch an account on again."""
        self._operate("activate", login=login)

    def signing_keys(self) -> list[dict[str, Any]]:
        """The signing keys in use, as `server`, `issuer`, `kid`, `signs`, `published` and `state`.

        `signs` says what: "tokens", "ID tokens" or "access tokens". The state is "old", "signing" or "next".
        """
        keys: list[dict[str, Any]] = self._operate("keys")
        return keys


def operate(servers: Servers, name: str, **arguments: Any) -> Any:
    """Do one operation. Raises `SandboxError` for a name that is none, or what the operation raises."""
    if name not in OPERATIONS:
        raise SandboxError(f"no operation is called {name!r}; there are {', '.join(OPERATIONS)}")
    return OPERATIONS[name](servers, **arguments)


def _revoke(servers: Servers, table: str, key: str) -> None:
    row = _row(servers, REVOCABLE, table, key)
    assert isinstance(row, Grant | RefreshFamily | AccessToken | Consent)
    server = servers[row.server]
    if isinstance(row, Consent):
        withdraw(server, row, BY)
        return
    if isinstance(row, AccessToken):
        revoke_access_token(server, row)
    else:
        revoke_grant(server, row.grant_id)
    server.log("app.oauth2.as.token.revoke", client=row.client_id, detail=f"{BY}: {table} {key}")


def _end_session(servers: Servers, table: str, key: str) -> None:
    row = _row(servers, SESSIONS, table, key)
    server = any_of(servers)
    if isinstance(row, IdpSession):
        end_idp_session(server, row)
    elif isinstance(row, AppSession | BffSession) and server.store.remove(type(row), key):
        server.log("user.session.end", uid=row.uid, detail=BY)


def _expire(servers: Servers, table: str, key: str) -> None:
    row, store = _row(servers, EXPIRABLE, table, key), any_of(servers).store
    now = any_of(servers).clock.now()
    if isinstance(row, RefreshFamily):
        change(store, RefreshFamily, key, lambda family: replace(family, expires=now))
    elif isinstance(row, BffSession):
        change(store, BffSession, key, lambda session: replace(session, expires=now))
    elif isinstance(row, IdpSession):
        limit = idle_limit(any_of(servers))
        change(store, IdpSession, key, lambda session: replace(session, last_seen=now - limit))
    else:
        idle = now - app_idle_limit(any_of(servers).switches)
        change(store, AppSession, key, lambda session: replace(session, last_seen=idle))


def _deactivate(servers: Servers, login: str) -> None:
    _set_active(servers, login, active=False)


def _activate(servers: Servers, login: str) -> None:
    _set_active(servers, login, active=True)


def _set_active(servers: Servers, login: str, *, active: bool) -> None:
    server = any_of(servers)
    user = next(iter(server.store.find(User, login=login)), None)
    if user is None:
        logins = ", ".join(user.login for user in server.store.all(User))
        raise SandboxError(f"no user is called {login!r}; there are {logins}")
    change(server.store, User, user.uid, lambda row: replace(row, active=active))
    server.log(f"user.lifecycle.{'activate' if active else 'deactivate'}", uid=user.uid, detail=BY)
    if not active:
        tell_of_user(servers[CUSTOM.name], user.uid)


def _row(servers: Servers, kinds: tuple[type[Record], ...], table: str, key: str) -> Record:
    """The row of a table, which must be one of these kinds."""
    kind = next((kind for kind in kinds if kind.table == table), None)
    if kind is None:
        names = ", ".join(kind.table for kind in kinds)
        raise SandboxError(f"this cannot be done to a row of {table!r}, only of {names}")
    row = any_of(servers).store.get(kind, key)
    if row is None:
        raise SandboxError(f"{table} has no row {key!r}")
    return row


OPERATIONS: dict[str, Callable[..., Any]] = {
    "revoke": _revoke,
    "end_session": _end_session,
    "expire": _expire,
    "deactivate": _deactivate,
    "activate": _activate,
    "keys": keys,
    "switches": switches,
    "overview": overview,
    "moments": moments,
    "published_keys": published_keys,
    "introspect": introspect,
}
