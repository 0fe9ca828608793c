"""How long codes and tokens live: as a server is set up, unless a switch says otherwise."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from sessions_sandbox.seed import ServerSettings
from sessions_sandbox.switches import Switches

LIFETIMES = (
    "access_token_seconds",
    "id_token_seconds",
    "authorization_code_seconds",
    "refresh_token_seconds",
    "refresh_idle_seconds",
)
"""The lifetimes of a server that a switch of the same name sets for all servers."""
MINIMUM = {
    "access_token_seconds": (5 * 60, "5 min"),
    "id_token_seconds": (5 * 60, "5 min"),
    "authorization_code_seconds": (5 * 60, "5 min"),
    "refresh_token_seconds": (10 * 60, "10 min"),
    "refresh_idle_seconds": (5 * 60, "5 min"),
}
MAXIMUM = {
    "authorization_code_seconds": (5 * 60, "5 min"),
    "refresh_token_seconds": (5 * 365 * 86400, "5 years"),
}
"""What Okta allows, in seconds and in words. The other switches take no more than Okta's maximum."""


def with_lifetimes(settings: ServerSettings, switches: Switches) -> ServerSettings:
    """The settings of a server with the lifetimes that hold now."""
    turned = {name: getattr(switches, name) for name in LIFETIMES}
    return replace(settings, **{name: seconds for name, seconds in turned.items() if seconds is not None})


def remarks(turned: Mapping[str, Any]) -> Iterator[str]:
    """What to say of the lifetimes among these values of switches that Okta does not allow."""
    for name, seconds in turned.items():
        if name not in MINIMUM or seconds is None:
            continue
        least, in_words = MINIMUM[name]
        if seconds < least:
            yield f"{name} is {seconds}: Okta's minimum is {in_words}"
        most, in_words = MAXIMUM.get(name, (seconds, ""))
        if seconds > most:
            yield f"{name} is {seconds}: Okta's maximum is {in_words}"
