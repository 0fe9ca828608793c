"""Serving only who holds the key that a token is bound to (RFC 9449 §7)."""

from collections.abc import Callable

from werkzeug.wrappers import Request

from sessions_sandbox.dpop import ProofChecker, Refused, dpop_challenge, dpop_token
from sessions_sandbox.http_answers import bearer_token
from sessions_sandbox.resource_server.strategy import REALM, Claims, InvalidToken, Strategy


class DpopValidation(Strategy):
    """Wants the scheme DPoP, a token that is bound to a key, and a proof of the key with each request.

    The scheme Bearer is refused: a stolen token would pass with it (§7.2).
    """

    def __init__(self, claims_of: Callable[[str], Claims], proofs: ProofChecker, origin: str) -> None:
        """`claims_of`: gives those of a good token, from itself or from introspection, or raises as
        `scopes_for` does. `origin`: of the API, as its clients know it.
        """
        self._claims_of = claims_of
        self._proofs = proofs
        self._origin = origin

    def token_of(self, request: Request) -> str | None:
        return dpop_token(request) or bearer_token(request)

    def scopes_for(self, request: Request, token: str) -> set[str]:
        """The scopes of a token that came with a proof of its key. Raises `InvalidToken` or `CannotTell`."""
        if dpop_token(request) is None:
            raise InvalidToken(error_description="The token must come with the scheme DPoP")
        claims = self._claims_of(token)
        bound_to = claims["cnf"].get("jkt") if isinstance(claims.get("cnf"), dict) else None
        try:
            self._proofs.check_access(request, self._origin + request.path, token, bound_to)
        except Refused as error:
            raise InvalidToken(error.error, error_description=str(error)) from error
        return set(claims["scp"])

    def headers(self) -> dict[str, str]:
        return self._proofs.nonce_header()

    def challenge(self, error: str | None = None, **attributes: str) -> dict[str, str]:
        return {**dpop_challenge(REALM, error, **attributes), **self.headers()}
