"""An access token is three base64url parts that anybody can read. Only the signature says who wrote them."""
# --8<-- [start:three_parts]
import base64
import json

from sessions_sandbox import sandbox

tokens = sandbox.sign_in("alice@acme.test")
header, payload, signature = tokens["access_token"].split(".")

def read(part: str) -> str:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()

print(read(header)[:15], "...")
#> {"alg":"RS256", ...
print("parts of the refresh token:", len(tokens["refresh_token"].split(".")))
#> parts of the refresh token: 1
# --8<-- [end:three_parts]
# --8<-- [start:claim_by_claim]
claims = json.loads(read(payload))
in_rfc_9068 = {"cid": "client_id", "scp": "scope", "ver": "-", "uid": "-"}
for name, value in claims.items():
    print(f"{name:9} {in_rfc_9068.get(name, name):9} {value}")
    #> ver       -         1
    #> jti       jti       AT.8Bnb5d8_MhIPZHhoRCnFiYyTy2BG3eMno6EZ6byaeZI
    #> iss       iss       https://idp.acme.test/oauth2/default
    #> aud       aud       api://default
    #> iat       iat       1767603600
    #> exp       exp       1767607200
    #> cid       client_id 0oa1webacmetest0000w
    #> uid       -         00u1aliceacmetest00a
    #> scp       scope     ['openid', 'offline_access', 'orders:read']
    #> auth_time auth_time 1767603600
    #> sub       sub       alice@acme.test
print("lifetime:", (claims["exp"] - claims["iat"]) // 60, "minutes")
#> lifetime: 60 minutes
# --8<-- [end:claim_by_claim]
# --8<-- [start:change_one_character]
import jwt

before, after = read(payload).split("1", 1)  # the first 1 becomes a 2
def write(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()

changed = f"{header}.{write(f'{before}2{after}')}.{signature}"
print(f"{before}1{after[:1]}"[-9:], "is now", read(changed.split(".")[1])[:len(before) + 2][-9:])
#> {"ver":1, is now {"ver":2,
key = jwt.PyJWKClient(sandbox.metadata["jwks_uri"], timeout=5).get_signing_key_from_jwt(changed)
try:
    jwt.decode(changed, key, ["RS256"], issuer=sandbox.issuer, audience="api://default")
except jwt.InvalidSignatureError as error:
    print("refused:", error)
    #> refused: Signature verification failed
# --8<-- [end:change_one_character]
# --8<-- [start:believe_what_was_read]
# MISTAKE: a name that was read and not verified. Anybody can write "bob" there, and this code greets him.
forged = write(json.dumps({**claims, "sub": "bob@acme.test"}))
print("Hello,", json.loads(read(forged))["sub"])
#> Hello, bob@acme.test
# --8<-- [end:believe_what_was_read]
