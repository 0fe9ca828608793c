"""Hostile input in what the other requests have no place for: logouts, proofs, odd bodies."""

import json
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import urlencode

import jwt
from hypothesis import example, given
from hypothesis import strategies as st

from sessions_sandbox import Sandbox
from tests.sessions_sandbox.described import INTERNALS
from tests.sessions_sandbox.test_hostile_input import HEADER, JSON, MODEST, TARGETS, send, started

__all__ = ["started"]

TEXT_OF_HEADER = st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=60)
LOGOUT = ("idp.acme.test", "/oauth2/default/v1/logout")


@MODEST
@given(
    sent=st.dictionaries(
        st.sampled_from(["id_token_hint", "post_logout_redirect_uri", "state", "client_id", "logout_hint"]),
        st.text(max_size=60) | st.sampled_from(["https://app.acme.test/", "//evil.example.net", "data:,"]),
    ),
    method=st.sampled_from(["GET", "POST"]),
    good=st.booleans(),
)
@example(sent={"state": "\r\nSet-Cookie: a=b"}, method="GET", good=True)
@example(sent={"post_logout_redirect_uri": "https://app.acme.test/\r\nX: y"}, method="POST", good=True)
def test_logouts(started: Sandbox, sent: dict[str, str], method: str, good: bool) -> None:
    """The browser is sent nowhere but to a registered address, and no header line comes from the request."""
    web = started.client("web")
    back = web.post_logout_redirect_uris[0]
    if good:
        hint = started.mint(aud=web.id, jti="ID.x", sub="00u1aliceacmetest00a")
        sent = {"id_token_hint": hint, "post_logout_redirect_uri": back, **sent}
    encoded = urlencode(sent, errors="replace")
    query, body = (encoded, b"") if method == "GET" else ("", encoded.encode())
    form = {"Content_Type": b"application/x-www-form-urlencoded"} if body else {}
    _, answer = send(started, LOGOUT, method, query, body, **form)
    head = answer.partition(b"\r\n\r\n")[0]
    locations = [line for line in head.split(b"\r\n") if line.startswith(b"Location: ")]
    assert all(line.startswith(f"Location: {back}".encode()) for line in locations)
    assert head.count(b"Set-Cookie: ") <= 1
    assert b"X: y" not in head.split(b"\r\n")


@MODEST
@given(
    proof=st.one_of(HEADER, TEXT_OF_HEADER.map(lambda text: text.encode("latin-1"))),
    scheme=st.sampled_from([b"DPoP ", b"dpop ", b"Bearer ", b"DPoP", b""]),
    token=HEADER,
)
@example(proof=b"a.b.c", scheme=b"DPoP ", token=b"a.b.c")
@example(proof=b"." * 9000, scheme=b"DPoP ", token=b"x")
def test_proofs_of_possession(started: Sandbox, proof: bytes, scheme: bytes, token: bytes) -> None:
    send_proof(started, proof, scheme + token)


def send_proof(started: Sandbox, proof: bytes, authorization: bytes) -> None:
    """To the API, and to the token endpoint, which refuses any that is no proof."""
    for mode in ("dpop", "local"):
        started.set(api_validation=mode)
        send(started, ("api.acme.test", "/orders"), "GET", DPoP=proof, Authorization=authorization)
    svc = started.client("svc")
    credentials = {"client_id": svc.id, "client_secret": svc.secret or "", "scope": "orders:read"}
    body = urlencode({"grant_type": "client_credentials", **credentials}).encode()
    form = b"application/x-www-form-urlencoded"
    target = ("idp.acme.test", "/oauth2/default/v1/token")
    status, _ = send(started, target, body=body, Content_Type=form, DPoP=proof)
    assert status == 400


@MODEST
@given(
    header=st.dictionaries(st.sampled_from(["typ", "alg", "jwk", "kid", "crit"]), JSON),
    claims=st.dictionaries(st.sampled_from(["htm", "htu", "iat", "jti", "ath", "nonce"]), JSON),
)
@example(header={"typ": "dpop+jwt", "alg": "RS256", "jwk": {"kty": "RSA", "n": "", "e": ""}}, claims={})
@example(header={"typ": "dpop+jwt", "alg": "RS256", "jwk": {"kty": "oct", "k": "AAAA"}}, claims={})
@example(header={"typ": "dpop+jwt", "alg": "ES256", "jwk": {"kty": "EC", "crv": "P-256"}}, claims={})
def test_proofs_of_any_json(started: Sandbox, header: dict[str, Any], claims: dict[str, Any]) -> None:
    head, body = (jwt.utils.base64url_encode(json.dumps(part).encode()) for part in (header, claims))
    proof = b".".join((head, body, b"AAAA"))
    send_proof(started, proof, b"DPoP a.b.c")


CHARSETS = ("utf-7", "utf-16", "latin-1", "idna", "rot13", "unicode_escape", "punycode", "nothing", "")


@MODEST
@given(
    target=st.sampled_from(TARGETS),
    content_type=st.sampled_from(["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"]),
    charset=st.sampled_from(CHARSETS),
    body=st.one_of(
        st.binary(max_size=200),
        st.text(max_size=80).map(lambda text: text.encode("utf-16", "replace")),
        st.lists(st.sampled_from([b"a", b"=", b"&", b"%", b"%0", b"+", b"\0", b"%ff"]), max_size=40).map(
            b"".join
        ),
    ),
)
def test_bodies_of_odd_encodings(
    started: Sandbox, target: tuple[str, str], content_type: str, charset: str, body: bytes
) -> None:
    kind = f"{content_type}; charset={charset}; boundary=x".encode()
    send(started, target, body=body, Content_Type=kind)


@MODEST
@given(
    target=st.sampled_from(TARGETS),
    said=st.sampled_from([b"0", b"1", b"5", b"99", b"-1", b"+5", b"5, 5", b"five", b"", b"9" * 30]),
    body=st.binary(max_size=40),
    chunked=st.booleans(),
)
def test_bodies_of_odd_lengths(
    started: Sandbox, target: tuple[str, str], said: bytes, body: bytes, chunked: bool
) -> None:
    """What a server before the application lets through: a length that is no number, or none at all."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "SERVER_NAME": target[0],
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": target[0],
        "PATH_INFO": target[1],
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": said.decode(),
        "wsgi.input": BytesIO(body),
        "wsgi.errors": StringIO(),
        "wsgi.url_scheme": "https",
        **({"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True} if chunked else {}),
    }
    statuses: list[str] = []

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        statuses.append(status)

    answer = b"".join(started(environ, start))
    assert int(statuses[0][:3]) < 500, answer
    assert INTERNALS.search(answer) is None, answer
