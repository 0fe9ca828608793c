"""Validation here, with what the authorization server sent of revocations. Not a feature of Okta."""

from dataclasses import replace

import jwt
from werkzeug.wrappers import Request, Response

from sessions_sandbox.http_answers import NO_STORE, json_response
from sessions_sandbox.records import Denial, NotBefore
from sessions_sandbox.resource_server.issuer import TrustedIssuer
from sessions_sandbox.resource_server.strategy import CannotTell, Claims, InvalidToken, Strategy
from sessions_sandbox.resource_server.validation import LocalValidation
from sessions_sandbox.security_events import SESSION_REVOKED, TOKEN_TYPE
from sessions_sandbox.stores import Store, change

REQUIRED = ["iss", "iat", "jti", "aud", "events", "sub_id"]
MEMBERS = {"jwt_id": "jti", "iss_sub": "sub"}
"""What names the subject in each of its formats, beside `iss`."""
ERRORS = {
    jwt.InvalidIssuerError: "invalid_issuer",
    jwt.InvalidAudienceError: "invalid_audience",
    jwt.InvalidSignatureError: "invalid_key",
    jwt.PyJWKClientError: "invalid_key",
}
"""The codes of RFC 8935 §2.4; what is not named here is an `invalid_request`."""


class Denylist(Strategy):
    """Verifies the token, and looks whether it, or its user, stands on the list of what was revoked.

    The list goes by the `jti` of the claims, not by a hash of the token: where a verifier is lenient, another
    spelling of the same token would slip past that.
    """

    def __init__(self, local: LocalValidation, store: Store) -> None:
        self._local = local
        self._store = store

    def scopes(self, token: str) -> set[str]:
        claims = self._local.claims(token)
        for subject in filter(None, (claims["jti"], claims.get("uid"))):
            denial = self._store.get(Denial, subject)
            if denial is not None and claims["iat"] <= denial.since:
                raise InvalidToken
        return set(claims["scp"])


class NotBeforeOfUser(Strategy):
    """Verifies the token, and refuses it if anything of its user was revoked since it was issued.

    One row a user, whatever is revoked: the revocation of one token ends them all, and one that was issued in
    the second of the revocation counts as issued before it.
    """

    def __init__(self, local: LocalValidation, store: Store) -> None:
        self._local = local
        self._store = store

    def scopes(self, token: str) -> set[str]:
        claims = self._local.claims(token)
        row = self._store.get(NotBefore, claims.get("uid", ""))
        if row is not None and claims["iat"] <= row.since:
            raise InvalidToken
        return set(claims["scp"])


class EventReceiver:
    """`POST /events`: what the authorization server pushes, a Security Event Token at a time (RFC 8935 §2).

    The same event may come again, and then changes nothing: a row holds the time of the revocation.
    """

    def __init__(self, issuer: TrustedIssuer, store: Store, audience: str) -> None:
        """`audience`: by which name the API is meant."""
        self._issuer = issuer
        self._store = store
        self._audience = audience

    def receive(self, request: Request) -> Response:
        """202 without a body, or 400 with `err` and `description` (RFC 8935 §2.2, §2.3).

        503 when the keys of the issuer cannot be had.
        """
        try:
            token = request.get_data().decode("ascii", "replace")
            claims = self._issuer.verified(
                token, types=(TOKEN_TYPE,), audience=self._audience, require=REQUIRED
            )
            revocation = _revocation(claims, self._issuer.name)
        except InvalidToken as error:
            return _refusal(error)
        except CannotTell:
            return json_response({"error": "authorization_server_unreachable"}, 503, {"Retry-After": "5"})
        for row in revocation:
            _keep(self._store, row)
        return Response(status=202, headers=NO_STORE)


def _revocation(claims: Claims, issuer: str) -> list[Denial | NotBefore]:
    """What an event of type session-revoked says, as rows: of one token, of a user, or of a user's token.

    The subject has a format of RFC 9493 §3.2.3 (`iss_sub`) or of the OpenID Shared Signals Framework 1.0
    §3.5.1 (`jwt_id`), or is complex, and then has one of each. Raises `InvalidToken` for another event.
    """
    try:
        since = claims["events"][SESSION_REVOKED]["event_timestamp"]
        subject = claims["sub_id"]
        is_complex = subject["format"] == "complex"
        parts = [subject["session"], subject["user"]] if is_complex else [subject]
        named = {part["format"]: part[MEMBERS[part["format"]]] for part in parts}
        issuers = {part["iss"] for part in parts}
    except (KeyError, TypeError) as error:
        raise InvalidToken from error
    if issuers != {issuer} or len(named) < len(parts):
        raise InvalidToken
    if type(since) is not int or not all(isinstance(name, str) for name in named.values()):
        raise InvalidToken
    rows: list[Denial | NotBefore] = [Denial(named.get("jwt_id") or named["iss_sub"], since)]
    if "iss_sub" in named:
        rows.append(NotBefore(named["iss_sub"], since))
    return rows


def _keep(store: Store, row: Denial | NotBefore) -> None:
    """Add a row, or move the time of the one that is there, but never back."""
    if not store.add(row):
        change(store, type(row), row.key, lambda old: replace(old, since=max(old.since, row.since)))


def _refusal(error: InvalidToken) -> Response:
    err = next((err for kind, err in ERRORS.items() if isinstance(error.__cause__, kind)), "invalid_request")
    body = {"err": err, "description": "The event is not one that this API takes."}
    return json_response(body, 400, NO_STORE)
