"""DPoP over real sockets: a client from npm, and what the HTTP server makes of the headers."""

import base64
import http.client
import json
import ssl
import time
from pathlib import Path
from urllib.parse import urlsplit

import jwt
import pytest

from sessions_guide.node import run_node
from sessions_sandbox import keys
from sessions_sandbox.seed import CLIENTS
from tests.clients.conftest import Served

FOLDER = Path(__file__).parent
SERVICE = next(client for client in CLIENTS if client.name == "svc")


def token_request(served: Served, proofs: list[str]) -> tuple[int, dict[str, str]]:
    """A token request with a DPoP header line for each proof."""
    host = urlsplit(served.address).netloc
    connection = http.client.HTTPConnection(host, timeout=10)
    if served.ca is not None:
        trusting = ssl.create_default_context(cafile=served.ca)
        connection = http.client.HTTPSConnection(host, timeout=10, context=trusting)
    body = b"grant_type=client_credentials&scope=orders:read"
    connection.putrequest("POST", "/oauth2/default/v1/token")
    credentials = base64.b64encode(":".join(SERVICE.credentials).encode()).decode()
    for name, value in {
        "Authorization": f"Basic {credentials}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(body)),
    }.items():
        connection.putheader(name, value)
    for proof in proofs:
        connection.putheader("DPoP", proof)
    connection.endheaders(body)
    reply = connection.getresponse()
    answer: dict[str, str] = json.loads(reply.read())
    connection.close()
    return reply.status, answer


def proof(served: Served, number: str) -> str:
    key = keys.test_only_key(0)
    url = f"{served.issuer}/v1/token"
    claims = {"jti": number, "htm": "POST", "htu": url, "iat": int(time.time())}
    return jwt.encode(claims, key.private_key, "RS256", headers={"typ": "dpop+jwt", "jwk": key.public_jwk})


def test_openid_client_does_every_step(served: Served) -> None:
    printed = run_node(FOLDER / "dpop.mjs", served.address, cwd=FOLDER)
    assert printed.splitlines()[-1] == "every step done"


def test_a_client_knows_the_endpoint_by_the_address_that_it_has(served: Served) -> None:
    """T-DPOP-9"""
    status, answer = token_request(served, [proof(served, "once")])
    assert (status, answer["token_type"]) == (200, "DPoP")
    status, answer = token_request(served, [proof(served, "once")])
    assert (status, answer["error"]) == (400, "invalid_dpop_proof")


@pytest.mark.parametrize("other", ["another", "x", ""])
@pytest.mark.parametrize("first", [True, False])
def test_a_second_header_is_seen(served: Served, other: str, first: bool) -> None:
    """T-DPOP-1"""
    good = proof(served, f"{other} {first}")
    second = proof(served, f"another {first}") if other == "another" else other
    status, answer = token_request(served, [good, second] if first else [second, good])
    assert (status, answer.get("error")) == (400, "invalid_dpop_proof")
