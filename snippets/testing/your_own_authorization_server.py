"""A session from sign-in to revocation, by standard endpoints only: in the sandbox, or at any issuer."""

# --8<-- [start:sign_in]
import jwt
import requests

from sessions_sandbox import sandbox

server = sandbox.metadata  # the issuer's own list of its endpoints
client = sandbox.client("web")
tokens = sandbox.sign_in("alice@acme.test", scope="openid offline_access")
print("issuer:", server["issuer"])
#> issuer: https://idp.acme.test/oauth2/default
print("tokens:", [name for name in sorted(tokens) if name.endswith("_token")])
#> tokens: ['access_token', 'id_token', 'refresh_token']
# --8<-- [end:sign_in]

# --8<-- [start:verify]
key = jwt.PyJWKClient(server["jwks_uri"], timeout=5).get_signing_key_from_jwt(tokens["id_token"])
claims = jwt.decode(
    tokens["id_token"], key, ["RS256"], issuer=server["issuer"], audience=client.id,
    options={"require": ["iss", "sub", "aud", "exp", "iat"]})
print("verified, for", claims["sub"])
#> verified, for 00u1aliceacmetest00a
# --8<-- [end:verify]

# --8<-- [start:introspect]
def introspect(token: str) -> bool:
    url, form = server["introspection_endpoint"], {"token": token}
    reply = requests.post(url, form, auth=client.credentials, timeout=5)
    return reply.json()["active"] is True


print("access token:", introspect(tokens["access_token"]))
#> access token: True
print("garbage:", introspect("garbage"))
#> garbage: False
# --8<-- [end:introspect]

# --8<-- [start:refresh]
def refresh() -> requests.Response:
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    return requests.post(server["token_endpoint"], form, auth=client.credentials, timeout=5)


before = tokens["access_token"]
tokens |= refresh().json()
print("another access token:", tokens["access_token"] != before)
#> another access token: True
# --8<-- [end:refresh]

# --8<-- [start:revoke]
form = {"token": tokens["refresh_token"]}
requests.post(server["revocation_endpoint"], form, auth=client.credentials, timeout=5)
print("refresh:", refresh().json()["error"])
#> refresh: invalid_grant
print("access token:", introspect(tokens["access_token"]))
#> access token: False
# --8<-- [end:revoke]
