"""Nine tokens with a valid signature: a check of signature and expiry accepts eight, a full verifier two."""
# --8<-- [start:nine_tokens]
import jwt
import requests

from sessions_sandbox import sandbox

web, spa = (sandbox.client(name).id for name in ("web", "spa"))
good, revoked = (sandbox.sign_in("alice@acme.test", client="spa") for _ in range(2))
requests.post(f"{sandbox.issuer}/v1/revoke", {"token": revoked["access_token"], "client_id": spa}, timeout=5)
tokens = {
    "correct": good["access_token"], "revoked": revoked["access_token"], "ID token": good["id_token"],
    "wrong aud": sandbox.mint(aud="api://payments"), "wrong iss": sandbox.mint(iss=f"{sandbox.issuer}2"),
    "no scope": sandbox.mint(scp=["openid"]), "wrong cid": sandbox.mint(cid=sandbox.client("otherapp").id),
    "no exp": sandbox.mint(exp=None), "early nbf": sandbox.mint(nbf=sandbox.clock.now() + 3600)}
keys = jwt.PyJWKClient(f"{sandbox.issuer}/v1/keys", timeout=5)
# --8<-- [end:nine_tokens]

# --8<-- [start:signature_and_expiry]
# MISTAKE: a good signature, and not expired. What the token is, and for whom, nobody asks.
def naive(token: str) -> str:
    try:
        jwt.decode(token, keys.get_signing_key_from_jwt(token), ["RS256"], options={"verify_aud": False})
    except jwt.InvalidTokenError as error:
        return type(error).__name__
    return "accepted"
print([naive(token) for token in tokens.values()].count("accepted"), "of", len(tokens), "accepted")
#> 8 of 9 accepted
# --8<-- [end:signature_and_expiry]

# --8<-- [start:reference_verifier]
def verify(token: str, scope: str) -> None:
    parts = jwt.decode_complete(
        token, keys.get_signing_key_from_jwt(token), ["RS256"], issuer=sandbox.issuer, audience="api://default",
        options={"require": ["exp", "iat", "iss", "aud", "sub", "jti", "cid", "scp"]}, leeway=60)
    if parts["header"].get("typ") is not None:
        raise jwt.InvalidTokenError("another kind of token")
    if parts["payload"]["cid"] not in (web, spa):
        raise PermissionError("another client")
    if scope not in set(parts["payload"]["scp"]):  # a set: `in` would find a part of a string
        raise PermissionError("insufficient_scope")
# --8<-- [end:reference_verifier]

# --8<-- [start:verify_all_nine]
for name, token in tokens.items():
    try:
        verify(token, "orders:read")
        print(f"{name}: accepted")
        #> correct: accepted
        #> revoked: accepted
    except (jwt.InvalidTokenError, PermissionError) as error:
        print(f"{name}: {type(error).__name__}, {error}")
        #> ID token: MissingRequiredClaimError, Token is missing the "cid" claim
        #> wrong aud: InvalidAudienceError, Audience doesn't match
        #> wrong iss: InvalidIssuerError, Invalid issuer
        #> no scope: PermissionError, insufficient_scope
        #> wrong cid: PermissionError, another client
        #> no exp: MissingRequiredClaimError, Token is missing the "exp" claim
        #> early nbf: ImmatureSignatureError, The token is not yet valid (nbf)
# --8<-- [end:verify_all_nine]
