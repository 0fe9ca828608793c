"""Switches: what exists, and what each takes."""

from typing import Any

import pytest

from sessions_sandbox import Sandbox, SandboxError
from sessions_sandbox.switches import KINDS, Switches


def test_every_switch_has_a_kind_and_a_line_of_documentation() -> None:
    assert list(KINDS) == list(vars(Switches()))
    assert all(f"`{name}`" in (Switches.__doc__ or "") for name in KINDS)


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("authorization_server_down", 1, "True or False"),
        ("authorization_server_down", "yes", "True or False"),
        ("api_validation", "both", "'local' or 'introspection'"),
        ("api_validation", None, "'local' or 'introspection'"),
        ("introspection_cache_seconds", -1, "whole seconds"),
        ("introspection_cache_seconds", 1.5, "whole seconds"),
        ("introspection_cache_seconds", True, "whole seconds"),
        ("introspection_cache_seconds", None, "whole seconds"),
        ("refresh_grace_seconds", "30", "whole seconds or None"),
        ("latency_ms", -1, "whole milliseconds"),
        ("jwks_down", 1, "True or False"),
        ("rate_limit", -1, "whole requests or None"),
        ("rate_limit", 1.5, "whole requests or None"),
        ("rate_limit", True, "whole requests or None"),
        ("org_at_shuffle", 1, "True or False"),
        ("revoke_on_logout", None, "True or False"),
        ("rfc9068", "on", "True or False"),
        ("authorization_response_iss", 0, "True or False"),
        ("jwt_introspection", [], "True or False"),
    ],
)
def test_a_wrong_value_is_refused_and_nothing_is_turned(
    sandbox: Sandbox, name: str, value: Any, wanted: str
) -> None:
    with pytest.raises(SandboxError, match=f"the switch {name} takes {wanted}, not "):
        sandbox.set(**{"org_key_published": True, name: value})
    assert sandbox.switches == Switches()


def test_an_unknown_switch_is_refused_and_the_known_ones_named(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxError, match=r"there is no switch 'speed'; the switches are latency_ms, "):
        sandbox.set(speed=1)


def test_reset_puts_every_switch_back(sandbox: Sandbox) -> None:
    sandbox.set(
        latency_ms=1,
        authorization_server_down=True,
        jwks_down=True,
        rate_limit=5,
        introspection_sees_revocation=False,
        org_key_published=True,
        api_validation="introspection",
        introspection_cache_seconds=5,
        refresh_grace_seconds=5,
        refresh_token_seconds=5,
        org_at_shuffle=True,
        revoke_on_logout=True,
        rfc9068=True,
        authorization_response_iss=True,
        jwt_introspection=True,
    )
    assert all(value != getattr(Switches(), name) for name, value in vars(sandbox.switches).items())
    sandbox.set(refresh_grace_seconds=None, rate_limit=None)
    sandbox.reset()
    assert sandbox.switches == Switches()
