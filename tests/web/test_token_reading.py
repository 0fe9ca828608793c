"""What can be read in a token without believing it."""

from typing import Any

import pytest

from tests.web.made_jwt import jwt
from tests.web.modules import call

NOW = 1767603600


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        *((0, "0 s"), (1, "1 s"), (60, "1 min"), (3598, "59 min 58 s"), (3600, "1 h"), (3661, "1 h 1 min")),
        *((86400 * 3 + 3600, "3 d 1 h"), (86400 + 59, "1 d"), (-5, "5 s"), (0.5, "0 s")),
    ],
)
def test_spans(seconds: float, words: str) -> None:
    assert call("tokens/reading", "span", seconds) == words


@pytest.mark.parametrize(
    ("name", "value", "now", "words"),
    [
        ("exp", NOW + 60, NOW, "expires in 1 min, at 2026-01-05 09:01:00 UTC"),
        ("exp", NOW - 60, NOW, "expired 1 min ago, at 2026-01-05 08:59:00 UTC"),
        ("nbf", NOW + 60, NOW, "in 1 min, at 2026-01-05 09:01:00 UTC"),
        ("iat", NOW, None, "2026-01-05 09:00:00 UTC"),
        ("exp", "soon", NOW, ""),
        ("exp", 1e300, NOW, ""),
        ("exp", True, NOW, ""),
    ],
)
def test_times(name: str, value: object, now: int | None, words: str) -> None:
    assert call("tokens/reading", "timeTold", name, value, now) == words


@pytest.mark.parametrize(
    ("header", "payload", "kind"),
    [
        ({"typ": "at+jwt"}, {}, "an access token (RFC 9068)"),
        ({"typ": "dpop+jwt"}, {}, "a DPoP proof: it goes with one request, and opens nothing alone"),
        ({"typ": "logout+jwt"}, {"nonce": "1"}, "a logout token: it tells an app that a session is over"),
        ({"typ": "secevent+jwt"}, {}, "a security event: it tells of something that has happened"),
        ({"typ": "token-introspection+jwt"}, {}, "an answer about another token"),
        ({"typ": "statuslist+jwt"}, {}, "a list of the status of many tokens"),
        ({}, {"cid": "web"}, "an access token"),
        ({"typ": ["x"]}, {"nonce": "1"}, "an ID token: it tells the client who signed in, and opens no API"),
        ({"typ": "constructor"}, {}, "a JWT of no kind that is known here"),
    ],
)
def test_kinds(header: dict[str, Any], payload: dict[str, Any], kind: str) -> None:
    assert call("tokens/reading", "readToken", jwt(header, payload))["kind"] == kind


@pytest.mark.parametrize(
    ("clause", "address"),
    [
        ("RFC 9449 §4.2", "https://www.rfc-editor.org/rfc/rfc9449#section-4.2"),
        ("OpenID Connect Core §2", "https://openid.net/specs/openid-connect-core-1_0.html"),
        ("Back-Channel Logout §2.4", "https://openid.net/specs/openid-connect-backchannel-1_0.html"),
        ("draft-ietf-oauth-status-list", None),
        ("constructor §1", None),
        ("Okta's own", None),
    ],
)
def test_clauses(clause: str, address: str | None) -> None:
    assert call("tokens/clause", "clauseAddress", clause) == address
