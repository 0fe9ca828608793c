"""Forgetting what nobody can use any more, so that a sandbox that runs for long does not grow."""

from sessions_sandbox.records import AccessToken, AuthorizationCode, Grant, RefreshFamily, RefreshToken
from sessions_sandbox.stores.protocol import Store

MARGIN_SECONDS = 60
"""How long rows outlive their end: a request that found them alive has finished by then."""
HANGING_ON_A_GRANT = (RefreshFamily, AccessToken, AuthorizationCode)


def sweep(store: Store, now: int) -> int:
    """Forget the rows that have expired, and those that hung on them; returns how many.

    `now`: Unix seconds. A refresh token goes with its family, so that reuse is noticed as long as that lives,
    and a grant with the last of its tokens.
    """
    forgotten = 0
    while expired := store.take_expired(now - MARGIN_SECONDS):
        forgotten += len(expired)
        for row in expired:
            if isinstance(row, RefreshFamily):
                tokens = store.find(RefreshToken, family_id=row.family_id)
                forgotten += sum(store.remove(RefreshToken, token.key) for token in tokens)
        grants = {row.grant_id for row in expired if isinstance(row, HANGING_ON_A_GRANT)}
        for grant_id in filter(None, grants):
            if not any(store.find(kind, grant_id=grant_id) for kind in HANGING_ON_A_GRANT):
                forgotten += store.remove(Grant, grant_id)
    return forgotten
