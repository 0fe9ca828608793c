"""Which keys an authorization server signs with and publishes, and how they give way to the next ones."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from sessions_sandbox.errors import SandboxError
from sessions_sandbox.keys import SigningKey, test_only_key
from sessions_sandbox.seed import ServerSettings

KEYS_MAX_AGE = 3600
"""How long a client may keep the published keys, in seconds."""
POOLS = {
    "default": (0, 1, 4, 5),
    "org": (3, 6, 7),
    "org access tokens": (2,),
    "payments": (8, 9, 10),
}
"""The fixed keys of each ring, by number, in the order in which they come to sign."""
STEPS = ("publish", "sign", "retire", "emergency")


@dataclass(frozen=True)
class Rotation:
    """How far a ring has come. The numbers count within its pool; times are Unix seconds.

    `oldest` to `newest` are published, `signing` is the one that signs. `known_from`: when every client that
    keeps to max-age knows the newest. `signing_from`: since when the signing one signs. `planned` is a step
    that is taken by itself at `planned_at`. After lifetimes have changed, `earlier_end` is when the last
    token has expired that was issued before the change, and `old_end` when the last one of the old keys has.
    """

    oldest: int = 0
    signing: int = 0
    newest: int = 0
    known_from: int = 0
    signing_from: int = 0
    planned: str | None = None
    planned_at: int = 0
    planned_known_from: int = 0
    earlier_end: int = 0
    old_end: int | None = None

    def at(self, now: int) -> "Rotation":
        """How the ring stands at a time: with the planned step taken, if that was due."""
        if self.planned is None or now < self.planned_at:
            return self
        return self._taken(self.planned, self.planned_at, self.planned_known_from)

    def step(self, server: ServerSettings, step: str, now: int, after: int = 0) -> "Rotation":
        """Take a step now, or plan it for `after` seconds from now. Raises `SandboxError` with the reason."""
        if step not in STEPS:
            raise SandboxError(f"no step of a rotation is called {step!r}; there are {', '.join(STEPS)}")
        if type(after) is not int or after < 0:
            raise SandboxError(f"`after` takes whole seconds, not {after!r}")
        here = self.at(now)
        here._check(server, step, now, now + after)
        known_from = max(now + KEYS_MAX_AGE, now + after)
        if after:
            return replace(here, planned=step, planned_at=now + after, planned_known_from=known_from)
        return here._taken(step, now, known_from)

    def old_tokens_end(self, server: ServerSettings) -> int:
        """When the last token has expired that was signed before the signing key signed.

        `server`: with the lifetimes that hold now.
        """
        if self.old_end is not None:
            return self.old_end
        return max(self.signing_from + longest_life(server), self.earlier_end)

    def lifetimes_change(self, server: ServerSettings, now: int) -> "Rotation":
        """Tokens that are out keep their lifetimes: those of `server`, which held until now."""
        here = self.at(now)
        earlier_end = max(here.earlier_end, now + longest_life(server))
        return replace(here, earlier_end=earlier_end, old_end=here.old_tokens_end(server))

    def _taken(self, step: str, now: int, known_from: int) -> "Rotation":
        here = replace(self, planned=None, planned_at=0, planned_known_from=0)
        if step == "publish":
            return replace(here, newest=self.newest + 1, known_from=known_from)
        if step == "sign":
            return replace(here, signing=self.newest, signing_from=now, old_end=None)
        if step == "retire":
            return replace(here, oldest=self.signing)
        following = self.signing + 1
        here = replace(here, oldest=following, signing=following, newest=following)
        return replace(here, signing_from=now, earlier_end=0)

    def _check(self, server: ServerSettings, step: str, now: int, then: int) -> None:
        """That the step can be taken without a good token being refused; an emergency does not wait."""
        if step == "emergency":
            if then > now:
                raise SandboxError("an emergency is not planned: leave `after` out")
        elif self.planned is not None:
            raise SandboxError(f"the step {self.planned!r} is planned for {self.planned_at}: wait for it")
        if step == "publish" and self.newest > self.signing:
            raise SandboxError("the next key is published already: the next step is 'sign'")
        if step == "sign" and self.newest == self.signing:
            raise SandboxError("no next key is published: the next step is 'publish'")
        if step == "sign" and then < self.known_from:
            raise SandboxError(f"clients may keep keys without the next one until {self.known_from}: wait")
        if step == "retire" and self.oldest == self.signing:
            raise SandboxError("no old key is published, so none can be retired")
        if step == "retire" and then < self.old_tokens_end(server):
            end = self.old_tokens_end(server)
            raise SandboxError(f"tokens signed with the old key are good until {end}: wait")
        if step in ("publish", "emergency") and self.signing + 1 == len(POOLS[server.name]):
            raise SandboxError(f"the server {server.name} has no more keys: reset the sandbox")


def longest_life(server: ServerSettings) -> int:
    """Of a token that the server signs, in seconds."""
    return max(server.access_token_seconds, server.id_token_seconds)


class KeyRing:
    """The keys of one authorization server: the one that signs, and all that its JWKS publishes.

    A key may sign without being published, as with the access tokens of Okta's Org authorization servers.
    """

    def __init__(self, pool: tuple[int, ...], now: Callable[[], int], *, next_published: bool) -> None:
        self._pool = pool
        self._now = now
        self.start = Rotation(newest=1 if next_published else 0)
        self.rotation = self.start

    @property
    def signing(self) -> SigningKey:
        """The key that signs."""
        return test_only_key(self._pool[self.rotation.at(self._now()).signing])

    @property
    def published(self) -> list[SigningKey]:
        """The keys that verify what is in use, oldest first, and the one that comes next."""
        rotation = self.rotation.at(self._now())
        return [test_only_key(number) for number in self._pool[rotation.oldest : rotation.newest + 1]]

    @property
    def max_age(self) -> int:
        """How long the published keys may be kept, in seconds: never beyond a planned step."""
        rotation = self.rotation.at(self._now())
        return (
            KEYS_MAX_AGE if rotation.planned is None else min(KEYS_MAX_AGE, rotation.planned_at - self._now())
        )

    def verifying(self, kid: str) -> SigningKey | None:
        """The key of this name, unless it was retired."""
        return next((key for key in self.published if key.kid == kid), None)


def key_rings(now: Callable[[], int]) -> dict[str, KeyRing]:
    """The rings of all servers, as at the start. `now` gives Unix seconds."""
    return {
        name: KeyRing(pool, now, next_published=name in ("default", "payments"))
        for name, pool in POOLS.items()
    }


def rotations_of(text: str) -> dict[str, Rotation]:
    """The rotations of all rings that have moved on, from `SharedState.rotations`."""
    return {name: Rotation(**row) for name, row in json.loads(text).items()}
