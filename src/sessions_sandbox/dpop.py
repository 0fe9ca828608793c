"""DPoP proofs: the sender of a request shows that it holds a private key (RFC 9449 §4)."""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from jwt.types import Options
from werkzeug.wrappers import Request

from sessions_sandbox.clock import Clock
from sessions_sandbox.ids import SeededIds, fingerprint
from sessions_sandbox.keys import test_only_key, thumbprint
from sessions_sandbox.records import DpopProof
from sessions_sandbox.stores import Store
from sessions_sandbox.switches import Switches
from sessions_sandbox.target_uri import names_same_resource

HEADER, NONCE_HEADER = "DPoP", "DPoP-Nonce"
PROOF_TYPE = "dpop+jwt"
PROOF_SECONDS = 60
"""How far the creation time of a proof may lie before or after the server's time (§11.1)."""
NONCE_SECONDS = 300
"""How long a nonce is given out; it is accepted for as long again."""
ONE_JWT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}
"""Of private keys and of secrets (RFC 7518 §6.2.2, §6.3.2, §6.4)."""
OPTIONS: Options = {
    "require": ["jti", "htm", "htu", "iat"],
    "verify_iat": False,
    "enforce_minimum_key_length": True,
}
EXAMPLE_OF_P256 = {
    "kty": "EC",
    "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
    "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
    "crv": "P-256",
}
"""The public key of the standard's examples (Figure 4)."""


class InvalidProof(Exception):
    """The proof does not count; the message says why."""


class NonceWanted(InvalidProof):
    """The proof lacks a recent nonce of this server (§8, §9)."""


class Refused(Exception):
    """A resource server does not serve (401). The challenge names `error`; the message describes it."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error


class ProofChecker:
    """What one server asks of the proofs that it is sent."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        ids: SeededIds,
        switches: Switches,
        name: str,
        now: Callable[[], int] | None = None,
    ) -> None:
        """`name`: of the server, which takes no nonce of another (§9). `now`: its time, if not `clock`'s.

        Processes that share a store agree on nonces and on the proofs that were used.
        """
        self._store = store
        self._clock = clock
        self._ids = ids
        self._switches = switches
        self._name = name
        self._now = now or clock.now

    def check(self, request: Request, url: str, access_token: str | None = None) -> str:
        """Check the proof of a request to `url` (§4.3), and give the thumbprint of its key (RFC 7638).

        With an access token, the proof must name it; that the token is bound to the key is for the caller to
        see. A proof is good once, in all processes (§11.1).
        Raises `InvalidProof`, or `NonceWanted` where only a recent nonce is missing.
        """
        jwk, claims = _read(request.headers.get(HEADER, ""))
        now = self._now()
        if claims["htm"] != request.method:
            raise InvalidProof("The htm claim is not the method of the request.")
        if not names_same_resource(claims["htu"], url):
            raise InvalidProof("The htu claim is not the URL of the request.")
        if not isinstance(claims["iat"], int | float) or not abs(now - claims["iat"]) <= PROOF_SECONDS:
            raise InvalidProof("The iat claim is not the time of the request.")
        if access_token is not None and claims.get("ath") != access_token_hash(access_token):
            raise InvalidProof("The ath claim is not the hash of the access token.")
        if self._switches.dpop_nonce and claims.get("nonce") not in self._nonces(now):
            raise NonceWanted("The nonce claim is not a recent nonce of this server.")
        jkt = thumbprint(jwk)
        used = fingerprint(json.dumps([jkt, claims["htu"], claims["jti"]]))
        if not self._store.add(DpopProof(used, self._clock.now() + 2 * PROOF_SECONDS + 1)):
            raise InvalidProof("The proof was used before: its jti is known.")
        return jkt

    def check_access(self, request: Request, url: str, token: str, bound_to: object) -> None:
        """Check that a good access token comes with a proof of the key that it is bound to (§7.1).

        `bound_to`: the thumbprint of that key. Raises `Refused`.
        """
        try:
            jkt = self.check(request, url, token)
        except NonceWanted as error:
            raise Refused("use_dpop_nonce", "Resource server requires nonce in DPoP proof") from error
        except InvalidProof as error:
            raise Refused("invalid_dpop_proof", str(error)) from error
        if bound_to != jkt:
            raise Refused("invalid_token", "Invalid DPoP key binding")

    def nonce_header(self) -> dict[str, str]:
        """The nonce that the next proof is to carry, where this server demands one (§8.2)."""
        return {NONCE_HEADER: self._nonces(self._now())[0]} if self._switches.dpop_nonce else {}

    def _nonces(self, now: int) -> tuple[str, str]:
        """The nonce that is given out now, and the one before it. They are derived, not kept. TEST ONLY:
        those of a real server cannot be foretold (§8).
        """
        turn = now // NONCE_SECONDS
        current, before = (self._ids.derive("DPoP nonce", self._name, str(turn - age)) for age in (0, 1))
        return current, before


@cache
def algorithms() -> tuple[str, ...]:
    """What proofs may be signed with: of ES256, PS256 and RS256 those that this process can verify.

    In the browser that is RS256 alone.
    """
    rsa = test_only_key(0).public_jwk
    keys = {"ES256": EXAMPLE_OF_P256, "PS256": rsa, "RS256": rsa}
    return tuple(algorithm for algorithm, jwk in keys.items() if _can_verify(algorithm, jwk))


def access_token_hash(token: str) -> str:
    """The `ath` claim of proofs that come with this access token (§4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()


def dpop_token(request: Request) -> str | None:
    """The token of an `Authorization: DPoP` header (§7.1); the scheme's case does not matter."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "dpop" else None


def dpop_challenge(realm: str, error: str | None = None, **attributes: str) -> dict[str, str]:
    """The `WWW-Authenticate` header of §7.1. Without credentials sent, it names no error."""
    values = {
        "realm": realm,
        **({"error": error} if error else {}),
        **attributes,
        "algs": " ".join(algorithms()),
    }
    return {"WWW-Authenticate": "DPoP " + ", ".join(f'{name}="{value}"' for name, value in values.items())}


def _can_verify(algorithm: str, jwk: dict[str, str]) -> bool:
    key = jwt.get_algorithm_by_name(algorithm)
    try:
        return not key.verify(b"", key.from_jwk(jwk), b"")
    except UnsupportedAlgorithm:
        return False


def _read(proof: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The key of a proof and its claims, whose form and signature were checked. Raises `InvalidProof`."""
    if not ONE_JWT.fullmatch(proof):
        raise InvalidProof("There must be one DPoP header with one JWT.")
    try:
        header = jwt.get_unverified_header(proof)
        if header.get("typ") != PROOF_TYPE:
            raise InvalidProof(f"The typ of the proof is not {PROOF_TYPE}.")
        algorithm = header.get("alg")
        if algorithm not in algorithms():
            raise InvalidProof(f"The alg of the proof is none of {', '.join(algorithms())}.")
        jwk = header.get("jwk")
        if not isinstance(jwk, dict):
            raise InvalidProof("The header of the proof has no jwk.")
        if PRIVATE_MEMBERS & jwk.keys():
            raise InvalidProof("The jwk of the proof is a private key.")
        return jwk, jwt.decode(proof, jwt.PyJWK(jwk, algorithm), [algorithm], OPTIONS)
    except jwt.PyJWTError as error:
        raise InvalidProof("The proof is no valid JWT under its own key.") from error
