"""What the reference verifier makes of a token, check by check, and what its issuer says of it.

Both are asked with what is published and known now, and the sandbox notes nothing of it.
"""

from dataclasses import asdict, dataclass
from typing import Any

import jwt
from jwt.exceptions import PyJWKClientConnectionError

from sessions_guide.inspected_token import (
    NOTHING,
    InspectedSandbox,
    PublishedKeys,
    Refused,
    Token,
    Unknown,
    Verdict,
    made,
)
from sessions_guide.token_checks import CHECKS, shown, signature
from sessions_sandbox import dpop
from sessions_sandbox.errors import SandboxError
from sessions_sandbox.resource_server.issuer import ISSUER, TrustedIssuer
from sessions_sandbox.resource_server.strategy import CannotTell, InvalidToken
from sessions_sandbox.resource_server.validation import LocalValidation

UNREAD = "It must be well-formed first."


@dataclass(frozen=True)
class At:
    """A clock that stands still, in Unix seconds."""

    time: int

    def now(self) -> int:
        return self.time


class IssuerBy(TrustedIssuer):
    """The issuer that the API trusts, with the keys that are given here."""

    def __init__(self, token: Token) -> None:
        super().__init__(clock=At(token.now))
        self._keys = token.keys


def inspect(sandbox: InspectedSandbox, text: str) -> dict[str, Any]:
    """What is to be said of a token.

    `now` and `api_now` (the clocks of the sandbox and of the API, Unix seconds), `checks` (a `Verdict` each),
    `status` (what the API answers to `GET /orders`, validating locally), `validation` (how it does now),
    `signature` (a `Verdict` under the keys of the issuer that the token names) and `introspection` (what that
    issuer tells the client `rs`, or `{"error"}`).
    """
    switches = {row["name"]: row["value"] for row in sandbox.operate("switches")}
    now = sandbox.clock.now()
    token = Token(text, PublishedKeys(sandbox, ISSUER), now + switches["clock_skew_seconds"])
    checks = [made(name, check, clause, token) for name, check, clause in CHECKS[:1]]
    for name, check, clause in CHECKS[1:]:
        if checks[0].state == "pass":
            checks.append(made(name, check, clause, token))
        else:
            checks.append(Verdict(name, "open", UNREAD, clause))
    return {
        "now": now,
        "api_now": token.now,
        "checks": [asdict(verdict) for verdict in checks],
        "status": _status(token),
        "validation": switches["api_validation"],
        "signature": asdict(_own_signature(sandbox, token)),
        "introspection": _introspection(sandbox, token),
    }


def _status(token: Token) -> int:
    """The answer of the reference verifier itself, as a whole."""
    verifier = LocalValidation()
    verifier.issuer = IssuerBy(token)
    try:
        return 200 if "orders:read" in verifier.scopes(token.text) else 403
    except InvalidToken:
        return 401
    except CannotTell:
        return 503


def _own_signature(sandbox: InspectedSandbox, token: Token) -> Verdict:
    """Whether the one who is named in the token signed it: the issuer, or the holder of a proof's own key."""

    def check(token: Token) -> str:
        if not token.header:
            raise Unknown(UNREAD)
        if token.header.get("typ") == dpop.PROOF_TYPE:
            return _signature_of_proof(token)
        own = Token(token.text, PublishedKeys(sandbox, str(token.claims.get("iss"))), token.now)
        own.header = token.header
        _key_of_named(own, token.claims.get("iss"))
        return signature(own)

    return made("signature", check, "RFC 7515 §5.2", token)


def _key_of_named(token: Token, issuer: object) -> None:
    try:
        token.key = token.keys.get_signing_key_from_jwt(token.text)
    except PyJWKClientConnectionError as error:
        raise Unknown(f"The keys cannot be had: {error}.") from error
    except jwt.PyJWTError as error:
        kid = shown(token.header.get("kid"))
        raise Unknown(f"{shown(issuer)} publishes no key that is called {kid}.") from error


def _signature_of_proof(token: Token) -> str:
    algorithm, jwk = token.header.get("alg"), token.header.get("jwk")
    if algorithm not in dpop.algorithms():
        raise Unknown(f"alg is {shown(algorithm)}, none of {', '.join(dpop.algorithms())}.")
    if not isinstance(jwk, dict):
        raise Refused("The proof carries no key.")
    try:
        key = jwt.PyJWK(jwk, algorithm)
        jwt.decode(token.text, key, [algorithm], {**NOTHING, "verify_signature": True})
    except jwt.PyJWTError as error:
        raise Refused(f"It is not that of the key that the proof carries. ({error})") from error
    return "Signed with the key that it carries: that proves who has the key, not who it is."


def _introspection(sandbox: InspectedSandbox, token: Token) -> dict[str, Any]:
    named = token.claims.get("iss")
    issuers = {row["issuer"] for row in sandbox.operate("keys")}
    issuer = named if isinstance(named, str) and named in issuers else ISSUER
    if not token.text or not token.text.isascii():
        return {"issuer": issuer, "error": "This cannot be sent."}
    try:
        return {"issuer": issuer, "answer": sandbox.operate("introspect", issuer=issuer, token=token.text)}
    except SandboxError as error:
        return {"issuer": issuer, "error": str(error)}
