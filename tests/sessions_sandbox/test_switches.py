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
        ("api_validation", "both", "'naive' or 'local' or .*"),
        ("api_validation", None, "'naive' or 'local' or .*"),
        ("status_list_seconds", -1, "whole seconds"),
        ("api_fail_open", 1, "True or False"),
        ("clock_skew_seconds", 1.5, "whole seconds, ahead or behind"),
        ("clock_skew_seconds", True, "whole seconds, ahead or behind"),
        ("clock_skew_seconds", None, "whole seconds, ahead or behind"),
        ("introspection_cache_seconds", -1, "whole seconds"),
        ("introspection_cache_seconds", 1.5, "whole seconds"),
        ("introspection_cache_seconds", True, "whole seconds"),
        ("introspection_cache_seconds", None, "whole seconds"),
        ("refresh_grace_seconds", "30", "whole seconds or None"),
        ("rotation", "rotating", "None or True or False"),
        ("rotation", 1, "None or True or False"),
        ("rotation", 0, "None or True or False"),
        ("access_token_seconds", 0, "whole seconds from 1 to 86400, or None"),
        ("access_token_seconds", -1, "whole seconds from 1 to 86400, or None"),
        ("access_token_seconds", True, "whole seconds from 1 to 86400, or None"),
        ("access_token_seconds", 2.5, "whole seconds from 1 to 86400, or None"),
        ("access_token_seconds", "300", "whole seconds from 1 to 86400, or None"),
        ("access_token_seconds", 86401, "whole seconds from 1 to 86400, or None"),
        ("id_token_seconds", 86401, "whole seconds from 1 to 86400, or None"),
        ("authorization_code_seconds", 86401, "whole seconds from 1 to 86400, or None"),
        ("refresh_idle_seconds", 0, "whole seconds from 1 to 157680000, or None"),
        ("refresh_idle_seconds", 157680001, "whole seconds from 1 to 157680000, or None"),
        ("latency_ms", -1, "whole milliseconds"),
        ("jwks_down", 1, "True or False"),
        ("rate_limit", -1, "whole requests or None"),
        ("idp_session_idle_seconds", -1, "whole seconds or None"),
        ("idp_session_absolute_seconds", 1.5, "whole seconds or None"),
        ("consent_required", 1, "True or False"),
        ("access_denied", None, "True or False"),
        ("rate_limit", 1.5, "whole requests or None"),
        ("rate_limit", True, "whole requests or None"),
        ("org_at_shuffle", 1, "True or False"),
        ("app_session_idle_seconds", -1, "whole seconds or None"),
        ("app_session_absolute_seconds", 1.5, "whole seconds or None"),
        ("csrf_protection", "Token", "'token' or 'fetch_metadata' or 'same_site' or 'none'"),
        ("session_cookie", None, "'stored' or 'signed'"),
        ("session_fixation", "yes", "True or False"),
        ("logout_client_only", 1, "True or False"),
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


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("rotation", (True, False, None)),
        ("access_token_seconds", (1, 86400, None)),
        ("id_token_seconds", (1, 86400, None)),
        ("authorization_code_seconds", (1, 86400, None)),
        ("refresh_idle_seconds", (1, 5 * 365 * 86400, None)),
    ],
)
def test_the_ends_of_what_a_switch_takes(sandbox: Sandbox, name: str, values: tuple[Any, ...]) -> None:
    for value in values:
        sandbox.set(**{name: value})
        assert getattr(sandbox.switches, name) == value


def test_an_unknown_switch_is_refused_and_the_known_ones_named(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxError, match=r"there is no switch 'speed'; the switches are latency_ms, "):
        sandbox.set(speed=1)


def test_reset_puts_every_switch_back(sandbox: Sandbox) -> None:
    sandbox.set(
        latency_ms=1,
        authorization_server_down=True,
        jwks_down=True,
        rate_limit=5,
        idp_session_idle_seconds=5,
        idp_session_absolute_seconds=5,
        consent_required=True,
        access_denied=True,
        introspection_sees_revocation=False,
        org_key_published=True,
        api_validation="introspection",
        introspection_cache_seconds=5,
        status_list_seconds=5,
        api_fail_open=True,
        clock_skew_seconds=-5,
        refresh_grace_seconds=5,
        rotation=False,
        access_token_seconds=5,
        id_token_seconds=5,
        authorization_code_seconds=5,
        refresh_token_seconds=5,
        refresh_idle_seconds=5,
        org_at_shuffle=True,
        app_session_idle_seconds=5,
        app_session_absolute_seconds=5,
        csrf_protection="none",
        session_cookie="signed",
        session_fixation=True,
        logout_client_only=True,
        revoke_on_logout=True,
        rfc9068=True,
        authorization_response_iss=True,
        require_dpop=True,
        dpop_nonce=True,
        jwt_introspection=True,
        back_channel_logout=True,
    )
    assert all(value != getattr(Switches(), name) for name, value in vars(sandbox.switches).items())
    sandbox.set(refresh_grace_seconds=None, rate_limit=None)
    sandbox.reset()
    assert sandbox.switches == Switches()
