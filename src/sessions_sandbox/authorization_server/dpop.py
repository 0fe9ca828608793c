"""Tokens that are bound to a key of the client: whoever steals one cannot use it (RFC 9449 §5 to §8, §10)."""

import re

from werkzeug.wrappers import Request

from sessions_sandbox.authorization_server.server import AuthorizationServer
from sessions_sandbox.dpop import HEADER, InvalidProof, NonceWanted, ProofChecker
from sessions_sandbox.http_answers import OAuthError
from sessions_sandbox.records import AuthorizationCode, RefreshFamily
from sessions_sandbox.seed import Client

THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}")


def proof_checker(server: AuthorizationServer) -> ProofChecker:
    """What checks the proofs that are sent to this server, as authorization server or as resource server."""
    return ProofChecker(server.store, server.clock, server.ids, server.switches, server.settings.name)


def key_of(server: AuthorizationServer, request: Request) -> str | None:
    """The thumbprint of the key that a token request proves to hold; `None`: it asks for plain bearer tokens.

    Raises `OAuthError`: `invalid_dpop_proof` (§5), or `use_dpop_nonce` with a nonce to use (§8).
    """
    if HEADER not in request.headers:
        if server.switches.require_dpop:
            raise OAuthError("invalid_dpop_proof", "The DPoP proof JWT header is missing.")
        return None
    checker = proof_checker(server)
    try:
        return checker.check(request, server.endpoint("token"))
    except NonceWanted as error:
        text = "Authorization server requires nonce in DPoP proof."
        raise OAuthError("use_dpop_nonce", text, headers=checker.nonce_header()) from error
    except InvalidProof as error:
        raise OAuthError("invalid_dpop_proof", str(error), headers=checker.nonce_header()) from error


def asked_key(sent: dict[str, str]) -> str | None:
    """The `dpop_jkt` of an authorization request, to which its code is to be bound (§10)."""
    jkt = sent.get("dpop_jkt")
    if jkt is not None and not THUMBPRINT.fullmatch(jkt):
        raise OAuthError("invalid_request", "The dpop_jkt must be the base64url of a SHA-256 thumbprint.")
    return jkt


def check_code(code: AuthorizationCode, jkt: str | None) -> None:
    """That a code comes with the key to which it was bound (§10)."""
    if code.jkt is not None and code.jkt != jkt:
        raise OAuthError("invalid_grant", "The authorization code is bound to another DPoP key.")


def check_family(family: RefreshFamily, jkt: str | None) -> None:
    """That a public client's refresh token comes with the key to which it was bound (§5)."""
    if family.jkt is not None and family.jkt != jkt:
        raise OAuthError("invalid_grant", "The refresh token is bound to another DPoP key.")


def key_of_family(client: Client, jkt: str | None) -> str | None:
    """What refresh tokens are bound to: those of a confidential client to no key, but to its secret (§5)."""
    return jkt if client.secret is None else None
