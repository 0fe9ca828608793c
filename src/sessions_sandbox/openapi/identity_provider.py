"""`https://idp.acme.test`: the endpoints of each authorization server."""

from sessions_sandbox.openapi.parts import (
    CHALLENGE,
    INVALID_CLIENT,
    NO_STORE,
    OAUTH_ERROR,
    PRESENT,
    SET_COOKIE,
    TEXT,
    Part,
    answer,
    form,
    form_of,
    header,
    operation,
    page,
    query,
    record,
    ref,
    see_other,
)
from sessions_sandbox.openapi.security import ACCESS_TOKEN, CLIENT, IDP_SESSION
from sessions_sandbox.seed import SERVERS, ServerSettings

LIMITED = answer(
    "The endpoint has answered often enough in this minute: see `rate_limit`",
    {
        "Retry-After": header(),
        **{f"X-Rate-Limit-{name}": header() for name in ("Limit", "Remaining", "Reset")},
    },
    json=ref("OktaError"),
)
DOWN = answer(
    "By a switch: the server is down, or its keys cannot be had. Or its store fails.",
    {"Retry-After": header()},
    text=TEXT,
    json=ref("Error"),
)
EVERYWHERE: Part = {"429": LIMITED, "503": DOWN}
TO_CLIENT = see_other("Back to the client, with a code or an error in the query")
CREDENTIALS: Part = {"client_id": TEXT, "client_secret": TEXT}
ASKED: Part = dict.fromkeys(("client_id", "redirect_uri", "response_type", "scope", "state"), PRESENT)
NOT_SUPPORTED: Part = {
    "type": "string",
    "maxLength": 0,
    "description": "Not supported, and refused (OpenID Connect Core 1.0 §3.1.2.6)",
}
ALSO_ASKED: Part = {
    "code_challenge": {"type": "string", "description": "base64url of a SHA-256 (RFC 7636 §4.2)"},
    "code_challenge_method": {"type": "string", "description": "S256, where a code_challenge is sent"},
    "nonce": TEXT,
    "prompt": TEXT,
    "max_age": {"type": "string", "pattern": "^([0-9]{1,9})?$", "description": "Seconds"},
    "id_token_hint": {"type": "string", "description": "The user that is meant, by an ID token of theirs"},
    "response_mode": {"type": "string", "pattern": "^(query)?$"},
    **dict.fromkeys(("request", "request_uri", "registration"), NOT_SUPPORTED),
}
SIGNED_OUT: Part = dict.fromkeys(("client_id", "post_logout_redirect_uri", "state"), TEXT)
REFUSED_TOKEN = {
    "401": answer("No token, or one that does not count (RFC 6750 §3.1)", {**NO_STORE, **CHALLENGE}),
    "403": answer("A token without the scope `openid`", {**NO_STORE, **CHALLENGE}),
}


def identity_provider_paths() -> dict[str, Part]:
    """Path → operations, for all three servers."""
    return {path: item for server in SERVERS for path, item in _paths_of(server).items()}


def _paths_of(server: ServerSettings) -> dict[str, Part]:
    name, base, known = server.name, f"{server.endpoints}/v1", "/.well-known"
    metadata = _metadata(f"{name}_oauth_metadata", "Metadata (RFC 8414 §3)", "OAuthMetadata")
    paths = {
        f"{base}/authorize": _authorize(name),
        f"{base}/login": {"post": _login(name)},
        f"{base}/token": {"post": _token(name), "options": _preflight(f"{name}_token")},
        f"{base}/introspect": {"post": _introspect(name), "options": _preflight(f"{name}_introspect")},
        f"{base}/revoke": {"post": _revoke(name), "options": _preflight(f"{name}_revoke")},
        f"{base}/consent": {"post": _consent(name)},
        f"{base}/status_list": {"get": _status_list(name)},
        f"{base}/keys": {"get": _keys(name), "options": _preflight(f"{name}_keys")},
        f"{base}/userinfo": {**_userinfo(name), "options": _preflight(f"{name}_userinfo")},
        f"{base}/logout": _logout(name),
        f"{server.path}{known}/openid-configuration": {
            "get": _metadata(f"{name}_openid_configuration", "Metadata (OpenID Connect Discovery 1.0 §4)",
                             "OpenIdConfiguration"),
            "options": _preflight(f"{name}_openid_configuration"),
        },
        f"{server.path}{known}/oauth-authorization-server": {
            "get": metadata, "options": _preflight(f"{name}_oauth_metadata")
        },
    }  # fmt: skip
    if server.path:
        again = f"{name}_oauth_metadata_path_inserted"
        paths[f"{known}/oauth-authorization-server{server.path}"] = {
            "get": {**metadata, "operationId": again},
            "options": _preflight(again),
        }
    return paths


def _authorize(name: str) -> Part:
    about = "The user signs in, and the client gets a code (RFC 6749 §4.1.1)"
    responses = {
        "200": page("The login form; by a switch, the consent page", {"Set-Cookie": header(required=False)}),
        "303": TO_CLIENT,
        "400": page("Nothing may be sent to this address, or the client is unknown"),
        **EVERYWHERE,
    }
    body = form(ASKED, ALSO_ASKED)
    return {
        "get": operation(
            f"{name}_authorize", about, responses, parameters=query(ASKED, ALSO_ASKED), security=IDP_SESSION
        ),
        "post": operation(f"{name}_authorize_post", about, responses, requestBody=body, security=IDP_SESSION),
    }


def _login(name: str) -> Part:
    responses = {
        "200": page("Signed in; by a switch, the consent page", SET_COOKIE),
        "303": see_other("Back to the client, with a code or an error", SET_COOKIE),
        "400": {**page("The form is no longer valid"), "headers": NO_STORE},
        "401": page("The name or the password is wrong: the form again", SET_COOKIE),
        **EVERYWHERE,
    }
    responses["400"]["content"] = {**responses["400"]["content"], **OAUTH_ERROR["content"]}
    fields = dict.fromkeys(("csrf_token", "username", "password"), TEXT)
    about = "The sent login form; its cookie and its token let it count once"
    return operation(f"{name}_login", about, responses, requestBody=form(fields))


def _consent(name: str) -> Part:
    responses = {
        "303": TO_CLIENT,
        "400": {**page("The page is no longer valid"), "headers": NO_STORE},
        **EVERYWHERE,
    }
    responses["400"]["content"] = {**responses["400"]["content"], **OAUTH_ERROR["content"]}
    body = form({"csrf_token": TEXT}, {"decision": TEXT})
    about = "What the user said on the consent page: `allow`, or anything else"
    return operation(f"{name}_consent", about, responses, requestBody=body, security=IDP_SESSION)


def _status_list(name: str) -> Part:
    told = answer("A Status List Token", {"Cache-Control": header()})
    told["content"] = {"application/statuslist+jwt": {"schema": TEXT}}
    responses = {
        "200": told,
        "404": answer("The API does not validate with it", json=ref("OktaError")),
        **EVERYWHERE,
    }
    about = (
        "The status of all access tokens (draft-ietf-oauth-status-list). By a switch, not a feature of Okta."
    )
    return operation(f"{name}_status_list", about, responses)


def _token(name: str) -> Part:
    code = {"grant_type": {"const": "authorization_code"}, "code": PRESENT, "redirect_uri": PRESENT}
    refresh = {"grant_type": {"const": "refresh_token"}, "refresh_token": PRESENT}
    own = {"grant_type": {"const": "client_credentials"}, "scope": PRESENT}
    verifier = {"type": "string", "description": "43 to 128 letters (RFC 7636 §4.1)"}
    schema = {
        "oneOf": [
            record(code, {**CREDENTIALS, "code_verifier": verifier}, more=True),
            record(refresh, {**CREDENTIALS, "scope": TEXT}, more=True),
            record(own, CREDENTIALS, more=True),
        ]
    }
    responses = {
        "200": answer("The tokens (RFC 6749 §5.1)", NO_STORE, json=ref("TokenResponse")),
        "400": OAUTH_ERROR,
        "401": INVALID_CLIENT,
        **EVERYWHERE,
    }
    about = "A code, a refresh token or a client's own credentials become tokens (RFC 6749 §3.2)"
    return operation(f"{name}_token", about, responses, requestBody=form_of(schema), security=CLIENT)


def _introspect(name: str) -> Part:
    told = answer("What the token says, or only that it is not active", NO_STORE, json=ref("Introspection"))
    told["content"]["application/token-introspection+jwt"] = {"schema": TEXT}
    responses = {"200": told, "400": OAUTH_ERROR, "401": INVALID_CLIENT, **EVERYWHERE}
    body = form({"token": PRESENT}, {**CREDENTIALS, "token_type_hint": TEXT})
    about = "Is this token active, and what does it say? (RFC 7662 §2) Signed by a switch, not by Okta."
    return operation(f"{name}_introspect", about, responses, requestBody=body, security=CLIENT)


def _revoke(name: str) -> Part:
    done = answer("The token does not count, whether or not it did before (RFC 7009 §2.2)", NO_STORE)
    responses = {"200": done, "400": OAUTH_ERROR, "401": INVALID_CLIENT, **EVERYWHERE}
    body = form({"token": PRESENT}, {**CREDENTIALS, "token_type_hint": TEXT})
    about = "End a token of the client that asks (RFC 7009 §2)"
    return operation(f"{name}_revoke", about, responses, requestBody=body, security=CLIENT)


def _keys(name: str) -> Part:
    headers = {"Cache-Control": header(), "ETag": header(), "Access-Control-Allow-Origin": header("*")}
    responses = {
        "200": answer("The public keys (RFC 7517 §5)", headers, json=ref("Keys")),
        "304": answer("The client has them already (RFC 9110 §15.4.5)"),
        **EVERYWHERE,
    }
    return operation(f"{name}_keys", "The keys that verify what this server signs", responses)


def _userinfo(name: str) -> Part:
    responses = {
        "200": answer("Claims of the user of the token", NO_STORE, json=ref("UserInfo")),
        **REFUSED_TOKEN,
        **EVERYWHERE,
    }
    about = "Who is the user of this access token? (OpenID Connect Core 1.0 §5.3)"
    return {
        method: operation(f"{name}_userinfo_{method}", about, responses, security=ACCESS_TOKEN)
        for method in ("get", "post")
    }


def _logout(name: str) -> Part:
    responses = {
        "200": page("The session at the identity provider has ended", SET_COOKIE),
        "303": see_other("It has ended, and the browser goes back to the client", SET_COOKIE),
        "400": page("The request is wrong, and nothing has happened"),
        **EVERYWHERE,
    }
    about = "A client sends the browser here to sign out (OpenID Connect RP-Initiated Logout 1.0 §2)"
    hint = {"id_token_hint": PRESENT}
    parameters, body = query(hint, SIGNED_OUT), form(hint, SIGNED_OUT)
    return {
        "get": operation(f"{name}_logout", about, responses, parameters=parameters, security=IDP_SESSION),
        "post": operation(f"{name}_logout_post", about, responses, requestBody=body, security=IDP_SESSION),
    }


def _metadata(operation_id: str, about: str, schema: str) -> Part:
    headers = {"Cache-Control": header("max-age=86400"), "Access-Control-Allow-Origin": header("*")}
    responses = {"200": answer("What a client must know", headers, json=ref(schema)), **EVERYWHERE}
    return operation(operation_id, about, responses)


def _preflight(operation_id: str) -> Part:
    headers = {f"Access-Control-Allow-{name}": header() for name in ("Methods", "Headers")}
    responses = {"204": answer("Which methods and headers a page may send", headers), "503": DOWN}
    return operation(f"{operation_id}_preflight", "A browser asks beforehand (CORS)", responses)
