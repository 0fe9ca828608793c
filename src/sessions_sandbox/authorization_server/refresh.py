"""Refresh tokens, persistent and rotating, and how the use of an old one is noticed (RFC 9700 §4.14.2)."""

from dataclasses import replace
from typing import Any

from sessions_sandbox.authorization_server import dpop
from sessions_sandbox.authorization_server.server import AuthorizationServer
from sessions_sandbox.authorization_server.tokens import (
    active_grant,
    find_refresh_token,
    mint_access_token,
    mint_id_token,
    revoke_grant,
)
from sessions_sandbox.http_answers import OAuthError
from sessions_sandbox.ids import fingerprint
from sessions_sandbox.records import Grant, RefreshFamily, RefreshToken
from sessions_sandbox.seed import Client


def start_family(server: AuthorizationServer, client: Client, grant: Grant, jkt: str | None) -> str:
    """The first refresh token of a grant, bound to the key with this thumbprint if the client is public."""
    now = server.clock.now()
    lifetime, rotation = server.lifetimes.refresh_token_seconds, server.switches.rotation
    family = RefreshFamily(
        family_id=server.ids.make("refresh family"),
        server=server.settings.name,
        client_id=client.id,
        grant_id=grant.grant_id,
        rotates=client.rotates_refresh_tokens if rotation is None else rotation,
        live=1,
        last_used=now,
        idle_seconds=server.lifetimes.refresh_idle_seconds,
        expires=None if lifetime is None else now + lifetime,
        jkt=dpop.key_of_family(client, jkt),
    )
    server.store.add(family)
    server.log("app.oauth2.as.token.grant.refresh_token", client=client.id, uid=grant.uid)
    return _token_of(server, family.family_id, 1)


def redeem(
    server: AuthorizationServer, client: Client, form: dict[str, str], jkt: str | None
) -> dict[str, Any]:
    """The refresh_token grant (RFC 6749 §6). Less scope narrows the access token, not the grant."""
    if "refresh_token" not in form:
        raise OAuthError("invalid_request", "The refresh_token parameter is required.")
    token, family, grant = _find(server, client, form["refresh_token"])
    scope = _narrowed(form.get("scope"), grant.scope)
    family = _use(server, client, token, family, jkt)
    access_token = mint_access_token(server, client, scope, grant, jkt)
    answer = {
        "token_type": "DPoP" if jkt else "Bearer",
        "expires_in": server.lifetimes.access_token_seconds,
        "access_token": access_token,
        "scope": scope,
        "refresh_token": _token_of(server, family.family_id, family.live),
    }
    user = server.user(grant.uid)
    if user is not None and "openid" in scope.split():
        answer["id_token"] = mint_id_token(server, client, user, grant, None, access_token)
    return answer


def is_alive(server: AuthorizationServer, family: RefreshFamily) -> bool:
    """Whether a family may still be used: not revoked, neither its absolute nor its idle limit reached."""
    end = expiry(family)
    return family.revoked is None and (end is None or server.clock.now() < end)


def expiry(family: RefreshFamily) -> int | None:
    """When a family ends if nobody uses it again, in Unix seconds."""
    idle = None if family.idle_seconds is None else family.last_used + family.idle_seconds
    return min((end for end in (idle, family.expires) if end is not None), default=None)


def grace_end(server: AuthorizationServer, family: RefreshFamily) -> int | None:
    """From when on the token just before the live one is not answered any more, in Unix seconds.

    `None` where no token has been rotated out, or there is no grace.
    """
    client = server.client(family.client_id)
    override = server.switches.refresh_grace_seconds
    grace = override if override is not None else client.grace_seconds if client else 0
    if family.previous_rotated is None or grace <= 0:
        return None
    return family.previous_rotated + grace + 1


def _find(
    server: AuthorizationServer, client: Client, token: str
) -> tuple[RefreshToken, RefreshFamily, Grant]:
    """The rows of a refresh token of this client, whose grant still counts."""
    found = find_refresh_token(server, token)
    if found is None or found[1].client_id != client.id:
        raise _invalid()
    grant = active_grant(server, found[1].grant_id)
    if grant is None:
        raise _invalid()
    return *found, grant


def _narrowed(asked: str | None, granted: str) -> str:
    scopes = granted.split() if asked is None else list(dict.fromkeys(asked.split()))
    if not scopes or not set(scopes) <= set(granted.split()):
        raise OAuthError("invalid_scope", "The scope asks for more than was granted.")
    return " ".join(scopes)


def _use(
    server: AuthorizationServer,
    client: Client,
    token: RefreshToken,
    family: RefreshFamily | None,
    jkt: str | None,
) -> RefreshFamily:
    """Note the use, and rotate where the client's tokens rotate; the newest generation answers.

    One request at a time wins the row (compare and set); a loser looks again and finds its token rotated.
    A public client that proves a key for the first time binds the family to it. An old token is a reuse also
    without the key: it may be the owner's, and the key the thief's.
    """
    while family is not None and is_alive(server, family):
        if token.generation != family.live and not _within_grace(server, family, token.generation):
            _report_reuse(server, family)
            break
        dpop.check_family(family, jkt)
        now = server.clock.now()
        used = replace(family, last_used=now, jkt=dpop.key_of_family(client, jkt))
        if token.generation == family.live and family.rotates:
            used = replace(used, live=family.live + 1, previous_rotated=now)
        if server.store.replace(family, used):
            return used
        family = server.store.get(RefreshFamily, family.family_id)
    raise _invalid()


def _within_grace(server: AuthorizationServer, family: RefreshFamily, generation: int) -> bool:
    """Whether this is the token just before the live one, sent again soon: a lost answer, not a theft."""
    end = grace_end(server, family)
    return generation == family.live - 1 and end is not None and server.clock.now() < end


def _report_reuse(server: AuthorizationServer, family: RefreshFamily) -> None:
    """Two parties hold this family, and one of them stole it: end it for both."""
    revoke_grant(server, family.grant_id)
    event = "app.oauth2.as.token.detect_reuse" if server.settings.path else "app.oauth2.token.detect_reuse"
    grant = server.store.get(Grant, family.grant_id)
    server.log(event, client=family.client_id, uid=grant.uid if grant else None, detail=family.family_id)


def _token_of(server: AuthorizationServer, family_id: str, generation: int) -> str:
    """The refresh token of a generation. It is derived, not kept, so that a retry gets the same one."""
    token = server.ids.derive("refresh token", family_id, str(generation))
    server.store.add(RefreshToken(fingerprint(token), family_id, generation))
    return token


def _invalid() -> OAuthError:
    return OAuthError("invalid_grant", "The refresh token is invalid or expired.")
