"""The userinfo endpoint (OpenID Connect Core 1.0 §5.3): the authorization server as a resource server."""

from werkzeug.wrappers import Request, Response

from sessions_sandbox.authorization_server.dpop import proof_checker
from sessions_sandbox.authorization_server.server import AuthorizationServer
from sessions_sandbox.authorization_server.tokens import identity_claims, read_access_token
from sessions_sandbox.dpop import Refused, dpop_challenge, dpop_token
from sessions_sandbox.http_answers import NO_STORE, bearer_challenge, bearer_token, json_response

REALM = "idp.acme.test"


def userinfo(server: AuthorizationServer, request: Request) -> Response:
    """Claims of the user of an access token that is active and has the scope `openid`.

    A token that is bound to a key comes with the scheme DPoP and a proof; without, it is refused (RFC 9449
    §7.2).
    """
    bearer, bound = bearer_token(request), dpop_token(request)
    challenge = dpop_challenge if bound else bearer_challenge
    token = bearer or bound
    if token is None:
        return _refusal(401, challenge(REALM))
    record = read_access_token(server, token)
    if record is None:
        description = "The access token is invalid"
        return _refusal(401, challenge(REALM, "invalid_token", error_description=description))
    if bearer and record.jkt:
        description = "The access token is bound to a key"
        return _refusal(401, challenge(REALM, "invalid_token", error_description=description))
    checker = proof_checker(server)
    if bound:
        try:
            checker.check_access(request, server.endpoint("userinfo"), bound, record.jkt)
        except Refused as error:
            told = challenge(REALM, error.error, error_description=str(error))
            return _refusal(401, {**told, **checker.nonce_header()})
    user = server.user(record.uid)
    if user is None or "openid" not in record.scope.split():
        return _refusal(403, challenge(REALM, "insufficient_scope", scope="openid"))
    nonce = checker.nonce_header() if bound else {}
    claims = {"sub": user.uid, **identity_claims(user, record.scope)}
    return json_response(claims, headers={**NO_STORE, **nonce})


def _refusal(status: int, challenge: dict[str, str]) -> Response:
    return Response(status=status, headers={**NO_STORE, **challenge})
