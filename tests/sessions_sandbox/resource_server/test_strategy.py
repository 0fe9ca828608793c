"""What every way of deciding about an access token has in common."""

import pytest

from sessions_sandbox.resource_server.strategy import Strategy


def test_a_way_that_does_not_say_what_a_token_allows_allows_nothing() -> None:
    with pytest.raises(NotImplementedError):
        Strategy().scopes("token")
