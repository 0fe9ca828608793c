"""Whatever is sent, the answer is one of the protocol: never a 5xx, never a traceback."""

import json
from collections.abc import Iterator
from string import printable
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

import jwt
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sessions_sandbox import Sandbox
from sessions_sandbox.network.in_process import WsgiSocket
from tests.sessions_sandbox.described import INTERNALS
from tests.sessions_sandbox.flows import CHALLENGE, VERIFIER

MODEST = settings(max_examples=60, deadline=None, database=None, derandomize=True)
TARGETS = (
    ("idp.acme.test", "/oauth2/default/v1/authorize"),
    ("idp.acme.test", "/oauth2/default/v1/login"),
    ("idp.acme.test", "/oauth2/default/v1/token"),
    ("idp.acme.test", "/oauth2/v1/introspect"),
    ("idp.acme.test", "/oauth2/v1/revoke"),
    ("idp.acme.test", "/oauth2/v1/userinfo"),
    ("idp.acme.test", "/oauth2/v1/keys"),
    ("idp.acme.test", "/oauth2/payments/v1/logout"),
    ("app.acme.test", "/login"),
    ("app.acme.test", "/me"),
    ("app.acme.test", "/logout"),
    ("idp.acme.test", "/oauth2/default/v1/consent"),
    ("app.acme.test", "/transfer"),
    ("app.acme.test", "/sessions/revoke-others"),
    ("app.acme.test", "/bff/callback"),
    ("app.acme.test", "/bff/user"),
    ("app.acme.test", "/bff/api/orders"),
    ("app.acme.test", "/bff/backchannel-logout"),
    ("api.acme.test", "/orders"),
    ("api.acme.test", "/payments"),
    ("api.acme.test", "/events"),
)
HEADER = st.binary(max_size=60).map(lambda value: bytes(b for b in value if b >= 32 or b == 9))
PARAMETERS = (
    *("grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "scope", "token", "max_age"),
    *("client_id", "client_secret", "csrf_token", "username", "password", "response_type", "state", "nonce"),
    *("token_type_hint", "code_challenge", "code_challenge_method", "prompt"),
    *("id_token_hint", "post_logout_redirect_uri", "logout_token"),
)


@pytest.fixture(scope="module")
def started() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        sandbox.set(api_validation="introspection")
        yield sandbox


def send(
    sandbox: Sandbox,
    target: tuple[str, str],
    method: str = "POST",
    query: str = "",
    body: bytes = b"",
    **headers: bytes,
) -> tuple[int, bytes]:
    """The bytes of a request, and status and all bytes of the answer."""
    host, path = target
    socket = WsgiSocket(sandbox, host)
    socket.sendall(
        f"{method} {path}?{query} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n".encode()
    )
    for name, value in headers.items():
        socket.sendall(name.replace("_", "-").encode() + b": " + value + b"\r\n")
    socket.sendall(b"\r\n" + body)
    answer = socket.makefile("rb").read()
    status = int(answer.split(b" ", 2)[1])
    assert status < 500, answer
    assert INTERNALS.search(answer) is None, answer
    sandbox.reset()
    sandbox.set(api_validation="introspection")
    return status, answer


@MODEST
@given(
    target=st.sampled_from(TARGETS),
    method=st.sampled_from(["GET", "POST", "HEAD", "OPTIONS"]),
    query=st.binary(max_size=60).map(lambda value: quote_from_bytes(value, safe="=&+%;")),
    body=st.binary(max_size=200),
    content_type=st.one_of(
        st.sampled_from(
            [b"application/x-www-form-urlencoded", b"multipart/form-data; boundary=x", b"application/json"]
        ),
        HEADER,
    ),
    authorization=st.one_of(
        HEADER, HEADER.map(lambda v: b"Basic " + v), HEADER.map(lambda v: b"Bearer " + v)
    ),
    cookie=HEADER,
    origin=HEADER,
)
def test_bytes(
    started: Sandbox,
    target: tuple[str, str],
    method: str,
    query: str,
    body: bytes,
    content_type: bytes,
    authorization: bytes,
    cookie: bytes,
    origin: bytes,
) -> None:
    headers = {
        "Content_Type": content_type,
        "Authorization": authorization,
        "Cookie": cookie,
        "Origin": origin,
    }
    send(started, target, method, query, body, **headers)


@MODEST
@given(
    target=st.sampled_from(TARGETS),
    sent=st.dictionaries(st.sampled_from(PARAMETERS), st.text(max_size=30)),
    grant=st.sampled_from(["authorization_code", "refresh_token", "client_credentials"]),
    client=st.sampled_from(["web", "spa", "svc"]),
)
def test_forms(
    started: Sandbox, target: tuple[str, str], sent: dict[str, str], grant: str, client: str
) -> None:
    registered = started.client(client)
    form = {"grant_type": grant, "client_id": registered.id, "client_secret": registered.secret or "", **sent}
    body = urlencode(form, errors="replace").encode()
    send(started, target, body=body, Content_Type=b"application/x-www-form-urlencoded")


@MODEST
@given(
    changes=st.dictionaries(
        st.sampled_from(["state", "nonce", "scope", "prompt", "max_age", "response_type", "redirect_uri"]),
        st.text(max_size=30),
    )
)
@example(changes={"state": "\r\nSet-Cookie: a=b"})
def test_authorization_requests(started: Sandbox, changes: dict[str, str]) -> None:
    """No answer has a header line that came from the request."""
    web = started.client("web")
    good = {
        "response_type": "code",
        "client_id": web.id,
        "redirect_uri": web.redirect_uri or "",
        "scope": "openid",
    }
    pkce = {"state": "s", "code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    query = urlencode({**good, **pkce, **changes}, errors="replace")
    _, answer = send(started, TARGETS[0], "GET", query)
    head = answer.partition(b"\r\n\r\n")[0]
    assert len(head.split(b"\n")) <= 9
    assert head.count(b"Set-Cookie: ") <= 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
CLAIMS = ("iss", "aud", "exp", "iat", "nbf", "sub", "jti", "cid", "scp", "uid", "auth_time")


@MODEST
@given(
    claims=st.dictionaries(st.sampled_from(CLAIMS), JSON, max_size=3), prefix=st.sampled_from(["AT.", "ID."])
)
@example(claims={"exp": 10**30}, prefix="AT.")
@example(claims={"scp": [{}]}, prefix="AT.")
@example(claims={"aud": {}, "sub": "00u1aliceacmetest00a"}, prefix="ID.")
def test_claims_under_a_good_signature(started: Sandbox, claims: dict[str, Any], prefix: str) -> None:
    try:
        token = started.mint(**{"jti": f"{prefix}x", **claims}).encode()
    except (TypeError, ValueError, jwt.PyJWTError):
        return  # no JWT can carry them
    _send_token(started, token)


@MODEST
@given(token=st.text(st.characters(codec="utf-8"), max_size=100))
@example(token="..")
@example(token="\u00e4.\u00e4.\u00e4")
@example(token="9" * 5000)
@example(token="a" * 100_000)
def test_tokens(started: Sandbox, token: str) -> None:
    _send_token(started, "".join(c for c in token if c in printable and c >= " ").encode())
    _send_token(started, token.encode(), header=False)


@MODEST
@given(header=st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "b64", "jwk", "x5c"]), JSON))
def test_headers_of_tokens(started: Sandbox, header: dict[str, Any]) -> None:
    claims = started.mint().split(".")[1]
    head = jwt.utils.base64url_encode(json.dumps(header).encode()).decode()
    _send_token(started, f"{head}.{claims}.AAAA".encode())


def _send_token(sandbox: Sandbox, token: bytes, header: bool = True) -> None:
    form = b"application/x-www-form-urlencoded"
    rs = sandbox.client("rs")
    credentials = urlencode({"client_id": rs.id, "client_secret": rs.secret or ""})
    body = f"{credentials}&token={quote_from_bytes(token)}&code_verifier={VERIFIER}".encode()
    for endpoint in ("introspect", "revoke"):
        target = ("idp.acme.test", f"/oauth2/default/v1/{endpoint}")
        status, _ = send(sandbox, target, body=body, Content_Type=form)
        assert status == 200 or not token
    if header:
        for target in (("idp.acme.test", "/oauth2/default/v1/userinfo"), ("api.acme.test", "/orders")):
            send(sandbox, target, "GET", Authorization=b"Bearer " + token)
        sandbox.set(api_validation="local")
        send(sandbox, ("api.acme.test", "/orders"), "GET", Authorization=b"Bearer " + token)
