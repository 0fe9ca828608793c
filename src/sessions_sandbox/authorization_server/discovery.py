"""Metadata: what a client must know of an issuer (RFC 8414 §2, OpenID Connect Discovery 1.0 §3)."""

from werkzeug.wrappers import Request, Response

from sessions_sandbox.authorization_server.server import AuthorizationServer
from sessions_sandbox.dpop import algorithms
from sessions_sandbox.http_answers import json_response
from sessions_sandbox.switches import Switches

CLIENT_AUTHENTICATION = ["client_secret_basic", "client_secret_post", "none"]


def oauth_metadata(server: AuthorizationServer, request: Request) -> Response:
    """`/.well-known/oauth-authorization-server` (RFC 8414 §3)."""
    return _public({**_common(server), "claims_supported": _access_token_claims()})


def openid_configuration(server: AuthorizationServer, request: Request) -> Response:
    """`/.well-known/openid-configuration` (OpenID Connect Discovery 1.0 §4)."""
    claims = ["iss", "ver", "sub", "aud", "iat", "exp", "jti", "auth_time", "amr", "nonce", "at_hash"]
    claims += ["name", "preferred_username", "email", "email_verified"]
    claims += ["address", "phone_number", "groups"]
    return _public(
        {
            **_common(server),
            "userinfo_endpoint": server.endpoint("userinfo"),
            "end_session_endpoint": server.endpoint("logout"),
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "claims_supported": claims,
        }
    )


def _common(server: AuthorizationServer) -> dict[str, object]:
    return {
        "issuer": server.issuer,
        "authorization_endpoint": server.endpoint("authorize"),
        "token_endpoint": server.endpoint("token"),
        "jwks_uri": server.endpoint("keys"),
        "introspection_endpoint": server.endpoint("introspect"),
        "revocation_endpoint": server.endpoint("revoke"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "scopes_supported": list(server.scopes),
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": CLIENT_AUTHENTICATION,
        "introspection_endpoint_auth_methods_supported": CLIENT_AUTHENTICATION,
        "dpop_signing_alg_values_supported": list(algorithms()),
        "revocation_endpoint_auth_methods_supported": CLIENT_AUTHENTICATION,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        **_extensions(server.switches),
    }


def _extensions(switches: Switches) -> dict[str, object]:
    """What is no feature of Okta, and so only there when its switch is turned (RFC 9207 §3, RFC 9701 §7)."""
    metadata: dict[str, object] = {}
    if switches.authorization_response_iss:
        metadata["authorization_response_iss_parameter_supported"] = True
    if switches.jwt_introspection:
        metadata["introspection_signing_alg_values_supported"] = ["RS256"]
    if switches.back_channel_logout:
        metadata["backchannel_logout_supported"] = True
        metadata["backchannel_logout_session_supported"] = True
    return metadata


def _access_token_claims() -> list[str]:
    return ["ver", "jti", "iss", "aud", "iat", "exp", "cid", "uid", "scp", "sub"]


def _public(metadata: dict[str, object]) -> Response:
    return json_response(
        metadata, headers={"Cache-Control": "max-age=86400", "Access-Control-Allow-Origin": "*"}
    )
