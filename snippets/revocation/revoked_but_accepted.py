"""A revoked access token: verified locally it passes until it expires; introspected it is refused at once."""

# --8<-- [start:two_checks]
import jwt
import requests

from sessions_sandbox import sandbox

server = sandbox.metadata  # where its endpoints are
keys = jwt.PyJWKClient(server["jwks_uri"], timeout=5)


def verified_here(token: str) -> str:
    """What an API can tell by itself."""
    key = keys.get_signing_key_from_jwt(token)
    claims = jwt.decode(
        token, key, ["RS256"], options={"require": ["exp", "iss", "aud"]},
        issuer=sandbox.issuer, audience="api://default")
    return f"accepted, for {claims['sub']}"


def introspected(token: str) -> str:
    """What only the authorization server can tell: is it still wanted?"""
    url, form = server["introspection_endpoint"], {"token": token}
    rs = sandbox.client("rs").credentials  # the API is a client, too
    reply = requests.post(url, form, auth=rs, timeout=5)
    return "accepted" if reply.json()["active"] is True else "refused"
# --8<-- [end:two_checks]
# --8<-- [start:revoke]
token = sandbox.sign_in("alice@acme.test")["access_token"]
url, form = server["revocation_endpoint"], {"token": token}
web = sandbox.client("web").credentials
reply = requests.post(url, form, auth=web, timeout=5)
print("revoke:", reply.status_code)
#> revoke: 200
print("verified here:", verified_here(token))
#> verified here: accepted, for alice@acme.test
print("introspected:", introspected(token))
#> introspected: refused
# --8<-- [end:revoke]

# --8<-- [start:serve_on]
# MISTAKE: a sign-out that only revokes. This API never asks, and serves on.
bearer = {"Authorization": f"Bearer {token}"}
reply = requests.get(f"{sandbox.api}/orders", headers=bearer, timeout=5)
print("GET /orders:", reply.status_code)
#> GET /orders: 200
# --8<-- [end:serve_on]

# --8<-- [start:wait]
sandbox.clock.advance(minutes=59, seconds=59)
print("after 59:59:", verified_here(token))
#> after 59:59: accepted, for alice@acme.test
sandbox.clock.advance(seconds=1)
try:
    verified_here(token)
except jwt.ExpiredSignatureError as error:
    print("after 60:00: refused,", error)
    #> after 60:00: refused, Signature has expired
# --8<-- [end:wait]
