"""The checks of the reference verifier, one by one: whether a token passes each, and why.

They are those of `sessions_sandbox.resource_server`: what PyJWT decides there, it decides here.
"""

import json
from collections.abc import Callable
from math import inf
from typing import Any

import jwt
from jwt.exceptions import PyJWKClientConnectionError, PyJWKClientError
from jwt.utils import base64url_decode

from sessions_guide.inspected_token import NOTHING, Refused, Token, Unknown
from sessions_sandbox.compact import ONE_JWT, is_well_written
from sessions_sandbox.resource_server.issuer import ISSUER, check_times
from sessions_sandbox.resource_server.strategy import InvalidToken
from sessions_sandbox.resource_server.validation import AUDIENCE, REQUIRED, TYPES, as_bearer

ALGORITHMS = ["RS256"]
NEEDED = {"GET /orders": "orders:read", "POST /orders": "orders:write"}
LONGEST_SHOWN = 100
"""Of a value that a verdict names, in characters."""


def _form(token: Token) -> str:
    parts = token.text.split(".")
    if len(parts) != 3:
        raise Refused(f"A signed JWT has three parts with two dots between them; this has {len(parts)}.")
    if not ONE_JWT.fullmatch(token.text):
        raise Refused("A part is empty, or has characters that are not those of base64url (A-Z a-z 0-9 - _).")
    token.header, token.claims = _object(parts[0], "header"), _object(parts[1], "payload")
    if not is_well_written(token.text):
        raise Refused("Header or payload is not JSON in UTF-8.")
    return "Three parts in base64url; header and payload are JSON objects."


def _object(part: str, name: str) -> dict[str, Any]:
    try:
        read = json.loads(base64url_decode(part))
    except (ValueError, RecursionError) as error:
        raise Refused(f"The {name} is no JSON in base64url.") from error
    if not isinstance(read, dict):
        raise Refused(f"The {name} is JSON, but no object.")
    return read


def _understood(token: Token) -> str:
    try:
        jwt.decode(token.text, options=NOTHING)
    except jwt.PyJWTError as error:
        raise Refused(f"{error}.") from error
    return "The header demands nothing that this verifier does not know."


def _algorithm(token: Token) -> str:
    algorithm = token.header.get("alg")
    if algorithm not in ALGORITHMS:
        raise Refused(f"alg is {shown(algorithm)}; the API takes RS256, whatever the token would like.")
    return "RS256 is on the API's own list."


def _key_of(token: Token) -> str:
    try:
        token.key = token.keys.get_signing_key_from_jwt(token.text)
    except PyJWKClientConnectionError as error:
        raise Unknown(f"The keys cannot be had: {error}. The API answers 503.") from error
    except PyJWKClientError as error:
        kid = shown(token.header.get("kid"))
        raise Refused(f"No published key of {ISSUER} is called {kid}.") from error
    except jwt.PyJWTError as error:
        raise Refused(f"{error}.") from error
    return f"The issuer publishes the key {shown(token.header.get('kid'))}."


def signature(token: Token) -> str:
    if token.header.get("alg") not in ALGORITHMS:
        raise Unknown("By an algorithm that is not on the list, nothing is checked.")
    if token.key is None:
        raise Unknown("There is no key to check it with.")
    try:
        jwt.decode(token.text, token.key, ALGORITHMS, {**NOTHING, "verify_signature": True})
    except jwt.PyJWTError as error:
        raise Refused(
            "This key did not sign this header and this payload: a character was changed, or somebody else "
            f"signed. ({error})"
        ) from error
    return "This key signed exactly this header and this payload."


def _type(token: Token) -> str:
    typ = token.header.get("typ")
    if typ not in TYPES:
        raise Refused(f"typ is {shown(typ)}: the issuer says itself that this is no access token.")
    return "There is no typ, as with Okta's access tokens." if typ is None else f"typ is {shown(typ)}."


def _required(token: Token) -> str:
    missing = [name for name in REQUIRED if token.claims.get(name) is None]
    if missing:
        raise Refused(f"Missing: {', '.join(missing)}.")
    return f"All are there: {', '.join(REQUIRED)}."


def _issuer(token: Token) -> str:
    try:
        token.claims_pass(verify_iss=True, issuer=ISSUER)
    except jwt.PyJWTError as error:
        raise Refused(f"iss is {shown(token.claims.get('iss'))}; the API trusts {ISSUER} alone.") from error
    return f"iss is {ISSUER}."


def _audience(token: Token) -> str:
    try:
        token.claims_pass(verify_aud=True, audience=AUDIENCE)
    except jwt.PyJWTError as error:
        aud = shown(token.claims.get("aud"))
        raise Refused(f"aud is {aud}; this API is {AUDIENCE}. The token is meant for another.") from error
    return f"aud names this API, {AUDIENCE}."


def _expiry(token: Token) -> str:
    exp = token.claims.get("exp")
    if exp is None:
        raise Refused("There is no exp: the token would count for ever.")
    if not _is_good_time(token, exp=exp):
        raise Refused(
            _not_a_time(exp) or f"exp was {_seconds(token.now - exp)} ago; at exp itself it is over."
        )
    return f"exp comes in {_seconds(exp - token.now)}."


def _begin(token: Token) -> str:
    if "nbf" not in token.claims:
        return "There is no nbf, which is optional."
    nbf = token.claims["nbf"]
    if not _is_good_time(token, nbf=nbf):
        raise Refused(_not_a_time(nbf) or f"nbf comes in {_seconds(nbf - token.now)}: not before.")
    return "nbf has passed."


def _issued(token: Token) -> str:
    iat = token.claims.get("iat")
    if iat is None:
        raise Refused("There is no iat.")
    if not _is_good_time(token, iat=iat):
        raise Refused(_not_a_time(iat) or "iat is no time.")
    if iat > token.now:
        raise Refused(f"iat comes in {_seconds(iat - token.now)}: by the API's clock, it is not issued yet.")
    return f"iat was {_seconds(token.now - iat)} ago."


def _kinds(token: Token) -> str:
    try:
        token.claims_pass(verify_sub=True, verify_jti=True)
    except jwt.PyJWTError as error:
        raise Refused(f"{error}.") from error
    scp, uid = token.claims.get("scp", []), token.claims.get("uid", "")
    if not (isinstance(scp, list) and all(isinstance(scope, str) for scope in scp)):
        raise Refused(f"scp is {shown(scp)}, and not a list of strings.")
    if not isinstance(uid, str):
        raise Refused(f"uid is {shown(uid)}, and not a string.")
    return "sub, jti and uid are strings, scp is a list of strings."


def _bearer(token: Token) -> str:
    try:
        as_bearer(token.claims)
    except InvalidToken as error:
        raise Refused("cnf binds it to a key: who sends it must prove to have that key (DPoP).") from error
    return "There is no cnf: who has the token may use it."


def _scope(token: Token) -> str:
    scp = token.claims.get("scp")
    scopes = scp if isinstance(scp, list) else []
    refused = [f"{endpoint} needs {needed}" for endpoint, needed in NEEDED.items() if needed not in scopes]
    if len(refused) == len(NEEDED):
        raise Refused(f"{'; '.join(refused)}: 403.")
    return "Enough for both endpoints." if not refused else f"Enough, but {refused[0]}: 403 there."


CHECKS: tuple[tuple[str, Callable[[Token], str], str], ...] = (
    ("well-formed", _form, "RFC 7515 §7.1"),
    ("header understood", _understood, "RFC 7515 §4.1.11"),
    ("algorithm", _algorithm, "RFC 8725 §3.1"),
    ("key", _key_of, "RFC 7515 §4.1.4"),
    ("signature", signature, "RFC 7515 §5.2"),
    ("typ", _type, "RFC 8725 §3.11"),
    ("required claims", _required, "RFC 9068 §2.2"),
    ("iss", _issuer, "RFC 8725 §3.8"),
    ("aud", _audience, "RFC 8725 §3.9"),
    ("exp", _expiry, "RFC 7519 §4.1.4"),
    ("nbf", _begin, "RFC 7519 §4.1.5"),
    ("iat", _issued, "RFC 7519 §4.1.6"),
    ("kinds of values", _kinds, "RFC 7519 §4.1"),
    ("bearer", _bearer, "RFC 9449 §7.2"),
    ("scope", _scope, "RFC 6750 §3.1"),
)
"""The name of each check, the check, and its clause. The last leads to 403, the others to 401."""


def _is_good_time(token: Token, **times: object) -> bool:
    """Whether the reference verifier would be content with this one time."""
    try:
        check_times(times, token.now)
    except InvalidToken:
        return False
    return True


def _not_a_time(value: object) -> str | None:
    is_time = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < inf
    return None if is_time else f"{shown(value)} is no time in Unix seconds."


def _seconds(number: float) -> str:
    return f"{number:,}"[:LONGEST_SHOWN] + " s"


def shown(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"
