"""What marks.ts finds in URLs, headers and bodies."""

import json

import pytest

from tests.web import modules

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl"
FORM = [["Content-Type", "application/x-www-form-urlencoded"]]
JSON = [["content-type", "application/json; charset=utf-8"]]
JWT_CLAIMS = [["Content-Type", "application/token-introspection+json"]]
HTML = [["Content-Type", "text/html"]]


def call(function: str, *parameters: object) -> list[dict[str, str]]:
    """The pieces that a function of marks.ts gives."""
    pieces: list[dict[str, str]] = modules.call("wire/marks", function, *parameters)
    return pieces


def marked(pieces: list[dict[str, str]]) -> list[tuple[str, str]]:
    """What is marked as what."""
    return [(piece["mark"], piece["text"]) for piece in pieces if "mark" in piece]


def whole(pieces: list[dict[str, str]]) -> str:
    """The text of all pieces."""
    return "".join(piece["text"] for piece in pieces)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://idp.acme.test/v1/keys", []),
        (
            "https://app.acme.test/callback?code=abc&state=xyz&scope=openid",
            [("authorization code", "abc"), ("state", "xyz")],
        ),
        (
            "https://idp.acme.test/authorize?client_id=web&code_challenge=E9Mel&nonce=n1",
            [("PKCE challenge", "E9Mel"), ("nonce", "n1")],
        ),
        ("https://spa.acme.test/#access_token=opaque&expires_in=1", [("access token", "opaque")]),
        ("https://app.acme.test/?code=", []),
        ("https://app.acme.test/?barcode=1&constructor=2", []),
        (f"https://app.acme.test/?next={JWT}", [("JWT", JWT)]),
    ],
)
def test_urls(url: str, expected: list[tuple[str, str]]) -> None:
    pieces = call("markUrl", url)
    assert marked(pieces) == expected
    assert whole(pieces) == url


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("Authorization", "Basic d2ViOnNlY3JldA==", [("client credentials", "d2ViOnNlY3JldA==")]),
        ("authorization", f"Bearer {JWT}", [("access token", JWT)]),
        ("Authorization", "DPoP opaque", [("access token", "opaque")]),
        ("DPoP", JWT, [("DPoP proof", JWT)]),
        ("Cookie", "__Host-sid=one; theme=two", [("cookie", "one"), ("cookie", "two")]),
        ("Set-Cookie", "sid=one; Path=/; SameSite=Lax", [("cookie", "one")]),
        ("Set-Cookie", "sid=; Max-Age=0", []),
        (
            "Location",
            "https://app.acme.test/callback?code=abc",
            [("redirect", "https://app.acme.test/callback"), ("authorization code", "abc")],
        ),
        ("Location", "/login#access_token=abc", [("redirect", "/login"), ("access token", "abc")]),
        ("Location", "/me", [("redirect", "/me")]),
        ("Location", "", []),
        ("Referer", "https://app.acme.test/callback?code=abc", [("authorization code", "abc")]),
        ("Content-Type", "application/json", []),
        ("X-Anything", f"token {JWT}", [("JWT", JWT)]),
    ],
)
def test_headers(name: str, value: str, expected: list[tuple[str, str]]) -> None:
    pieces = call("markHeader", [name, value])
    assert marked(pieces) == expected
    assert whole(pieces) == value


@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        (
            FORM,
            "grant_type=authorization_code&code=abc&code_verifier=dBjft&client_secret=hush",
            [("authorization code", "abc"), ("PKCE verifier", "dBjft"), ("client secret", "hush")],
        ),
        (FORM, "token=opaque&token_type_hint=access_token", [("token", "opaque")]),
        (FORM, "username=alice&password=correct", [("password", "correct")]),
        (FORM, f"logout_token={JWT}", [("logout token", JWT)]),
        (FORM, "redirect_uri=https%3A%2F%2Fa&x=1", [("redirect URI", "https%3A%2F%2Fa")]),
        (FORM, "post_logout_redirect_uri=b", [("redirect URI", "b")]),
        (
            JSON,
            json.dumps({"access_token": JWT, "refresh_token": "r1", "id_token": JWT, "state": "s"}),
            [("access token", JWT), ("refresh token", "r1"), ("ID token", JWT)],
        ),
        (JWT_CLAIMS, '{"active": true, "sub": "alice"}', []),
        (HTML, '<input type="hidden" name="csrf_token" value="c1">', [("CSRF token", "c1")]),
        (HTML, f"<p>{JWT}</p>", [("JWT", JWT)]),
        ([], "", []),
    ],
)
def test_bodies(headers: list[list[str]], body: str, expected: list[tuple[str, str]]) -> None:
    assert marked(call("markBody", headers, body)) == expected


def test_json_is_laid_out_in_lines() -> None:
    assert whole(call("markBody", JSON, '{"active":false}')) == '{\n  "active": false\n}'


def test_what_only_claims_to_be_json_is_shown_as_it_is() -> None:
    assert whole(call("markBody", JSON, "{oops")) == "{oops"


def test_an_escaped_quote_does_not_end_a_token() -> None:
    assert marked(call("markBody", JSON, json.dumps({"access_token": 'a"b'}))) == [("access token", 'a\\"b')]
