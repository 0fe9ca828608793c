"""What a client does for DPoP: it has a key, and signs a proof for each request."""

from dataclasses import dataclass, field
from functools import cache
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from sessions_sandbox import Sandbox
from sessions_sandbox.dpop import access_token_hash
from sessions_sandbox.keys import test_only_key, thumbprint
from tests.sessions_sandbox.flows import error_of, url_of

TOKEN_URL = "https://idp.acme.test/oauth2/default/v1/token"
NUMBERS = count(1)


@dataclass(frozen=True)
class ProofKey:
    """A client's key pair, and the algorithm that it signs with."""

    algorithm: str
    private_key: Any = field(repr=False)
    jwk: dict[str, str] = field(repr=False)

    @property
    def jkt(self) -> str:
        return thumbprint(self.jwk)

    def proof(
        self,
        sandbox: Sandbox,
        method: str,
        url: str,
        token: str | None = None,
        *,
        header: dict[str, Any] | None = None,
        **changes: Any,
    ) -> str:
        """A good proof (RFC 9449 §4.2), changed; a claim or a header member changed to `None` is left out."""
        claims = {
            "jti": f"proof {next(NUMBERS)}",
            "htm": method,
            "htu": url,
            "iat": sandbox.clock.now(),
            "ath": access_token_hash(token) if token else None,
        }
        head = {"typ": "dpop+jwt", "jwk": self.jwk, **(header or {})}
        sent = {name: value for name, value in {**claims, **changes}.items() if value is not None}
        return jwt.encode(sent, self.private_key, self.algorithm, headers=head)


def rsa_key(number: int = 0, algorithm: str = "RS256") -> ProofKey:
    """One of the fixed keys, as a client's."""
    key = test_only_key(number)
    return ProofKey(algorithm, key.private_key, {name: key.public_jwk[name] for name in ("e", "kty", "n")})


@cache
def new_rsa_key(bits: int) -> ProofKey:
    """An RSA key of some length."""
    private_key = rsa.generate_private_key(65537, bits)
    jwk = RSAAlgorithm.to_jwk(private_key.public_key(), as_dict=True)
    return ProofKey("RS256", private_key, {name: str(jwk[name]) for name in ("e", "kty", "n")})


@cache
def ec_key() -> ProofKey:
    """A key on the curve P-256."""
    private_key = ec.generate_private_key(ec.SECP256R1())
    jwk = ECAlgorithm.to_jwk(private_key.public_key(), as_dict=True)
    return ProofKey("ES256", private_key, {name: str(jwk[name]) for name in ("crv", "kty", "x", "y")})


def ask_for_tokens(
    sandbox: Sandbox, proof: str | None, client: str = "web", *, org: bool = False, **form: Any
) -> requests.Response:
    """A token request with a proof, or without."""
    registered = sandbox.client(client)
    headers = {} if proof is None else {"DPoP": proof}
    auth = None if registered.secret is None else registered.credentials
    if registered.secret is None:
        form["client_id"] = registered.id
    return requests.post(url_of(sandbox, "token", org=org), form, auth=auth, headers=headers, timeout=5)


def service_token(sandbox: Sandbox, proof: str | None) -> requests.Response:
    """The shortest token request: a client's own."""
    return ask_for_tokens(
        sandbox, proof, "svc", grant_type="client_credentials", scope="orders:read orders:write"
    )


def send(sandbox: Sandbox, key: ProofKey | None = None, **changes: Any) -> requests.Response:
    """That one with a good proof, changed."""
    return service_token(sandbox, (key or rsa_key()).proof(sandbox, "POST", TOKEN_URL, **changes))


def refusal(reply: requests.Response) -> str:
    """Why the token endpoint refused a proof."""
    assert error_of(reply) == (400, "invalid_dpop_proof")
    return str(reply.json()["error_description"])


def call(
    sandbox: Sandbox, url: str, token: str, proof: str | None, method: str = "GET", scheme: str = "DPoP"
) -> requests.Response:
    """A request to a protected resource (RFC 9449 §7.1)."""
    assert urlsplit(url).netloc
    headers = {"Authorization": f"{scheme} {token}", **({} if proof is None else {"DPoP": proof})}
    return requests.request(method, url, headers=headers, timeout=5)
