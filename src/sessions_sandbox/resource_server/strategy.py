"""What every way of deciding about an access token has in common."""

from typing import Any, Protocol

from werkzeug.wrappers import Request

from sessions_sandbox.http_answers import bearer_challenge, bearer_token

REALM = "orders"

Claims = dict[str, Any]


class InvalidToken(Exception):
    """The token does not count here; the caller learns no more than that (RFC 6750 §3.1).

    `error`: what the challenge names; `attributes`: what else it says.
    """

    def __init__(self, error: str = "invalid_token", **attributes: str) -> None:
        super().__init__(error)
        self.error = error
        self.attributes = attributes


class CannotTell(Exception):
    """Whom the API must ask gives no answer, so that it refuses to serve (fail closed)."""


class Now(Protocol):
    """A clock, as one reads it."""

    def now(self) -> int:
        """Unix seconds."""


class Strategy:
    """One way. A subclass says what a token allows; one for another kind of token says how it comes, too."""

    def scopes(self, token: str) -> set[str]:
        """The scopes of a good token. Raises `InvalidToken` or `CannotTell`."""
        raise NotImplementedError

    def scopes_for(self, request: Request, token: str) -> set[str]:
        """The same, where the request matters that the token came with."""
        return self.scopes(token)

    def token_of(self, request: Request) -> str | None:
        """The token that was sent, if one was, in the one place where it may stand."""
        return bearer_token(request)

    def headers(self) -> dict[str, str]:
        """The headers that go with what is served."""
        return {}

    def challenge(self, error: str | None = None, **attributes: str) -> dict[str, str]:
        """The headers of a refusal."""
        return bearer_challenge(REALM, error, **attributes)
