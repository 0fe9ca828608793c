"""The bodies of the answers."""

from typing import Any

from sessions_sandbox.openapi.parts import SECONDS, TEXT, TIME, one_of, record

STRINGS = {"type": "array", "items": TEXT}
URL = {"type": "string", "format": "uri"}
YES = {"type": "boolean"}
NO = {"const": False}

_METADATA = {
    **dict.fromkeys(("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"), URL),
    **dict.fromkeys(("introspection_endpoint", "revocation_endpoint"), URL),
    **dict.fromkeys(
        (
            *("response_types_supported", "response_modes_supported", "grant_types_supported"),
            *("scopes_supported", "code_challenge_methods_supported", "claims_supported"),
            *("token_endpoint_auth_methods_supported", "introspection_endpoint_auth_methods_supported"),
            "revocation_endpoint_auth_methods_supported",
        ),
        STRINGS,
    ),
    **dict.fromkeys(("request_parameter_supported", "request_uri_parameter_supported"), NO),
}
_OPENID = {
    **dict.fromkeys(("userinfo_endpoint", "end_session_endpoint"), URL),
    **dict.fromkeys(("subject_types_supported", "id_token_signing_alg_values_supported"), STRINGS),
}
_JWK = record(
    {"kty": one_of("RSA"), "alg": one_of("RS256"), "use": one_of("sig"), "kid": TEXT, "n": TEXT, "e": TEXT}
)
_ACTIVE = record(
    {"active": {"const": True}, "token_type": one_of("Bearer", "DPoP"), "client_id": TEXT, "sub": TEXT},
    {
        **dict.fromkeys(("scope", "username", "uid", "aud", "iss", "jti"), TEXT),
        "exp": {"type": ["integer", "null"], "description": "Unix seconds; `null`: it does not expire"},
        "iat": TIME,
        "cnf": record({"jkt": TEXT}),
    },
)

SCHEMAS: dict[str, Any] = {
    "OAuthError": record({"error": TEXT, "error_description": TEXT}),
    "Error": record({"error": TEXT}),
    "AppError": record({"error": TEXT}, {"error_description": TEXT}),
    "TooLarge": record({"error": {"const": "content_too_large"}, "longest": {"type": "integer"}}),
    "OktaError": record(
        {
            **dict.fromkeys(("errorCode", "errorSummary", "errorLink", "errorId"), TEXT),
            "errorCauses": {"type": "array"},
        }
    ),
    "TokenResponse": record(
        {"token_type": one_of("Bearer", "DPoP"), "expires_in": SECONDS, "access_token": TEXT, "scope": TEXT},
        {"refresh_token": TEXT, "id_token": TEXT},
    ),
    "Introspection": {"oneOf": [_ACTIVE, record({"active": {"const": False}})]},
    "Keys": record({"keys": {"type": "array", "items": _JWK}}),
    "UserInfo": record(
        {"sub": TEXT},
        {
            **dict.fromkeys(("name", "preferred_username", "email", "phone_number"), TEXT),
            "email_verified": YES,
            "address": record({"formatted": TEXT}),
            "groups": STRINGS,
        },
    ),
    "OAuthMetadata": record(_METADATA, more=True),
    "OpenIdConfiguration": record({**_METADATA, **_OPENID}, more=True),
    "Orders": {"type": "array", "items": record({"id": {"type": "integer"}, "item": TEXT})},
    "NewOrder": record({"id": {"type": "integer"}}),
    "Payment": record({"paid": {"const": True}}),
    "Sessions": record(
        {
            "sessions": {
                "type": "array",
                "items": record({"current": YES, "created": TIME, "last_seen": TIME}),
            }
        }
    ),
    "Ended": record({"ended": {"type": "integer", "minimum": 0}}),
    "Transfer": record({"to": TEXT, "amount": {"type": "integer", "minimum": 1}}),
    "EventError": record({"err": TEXT, "description": TEXT}),
    "BffUser": record({"sub": TEXT, "name": TEXT}),
    "LogoutUrl": record({"logout_url": URL}),
    "Me": record({"user": TEXT, "csrf_token": TEXT}),
}
