"""Access tokens come and go. The session is a row that they hang on, and the refresh token is its handle."""

# --8<-- [start:client]
import requests

from sessions_sandbox import sandbox

server = sandbox.metadata  # where its endpoints are
web = requests.Session()
web.auth = sandbox.client("web").credentials
tokens = sandbox.sign_in("alice@acme.test")


def refresh() -> requests.Response:
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    return web.post(server["token_endpoint"], form, timeout=5)


def orders() -> requests.Response:
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    return requests.get(f"{sandbox.api}/orders", headers=bearer, timeout=5)
# --8<-- [end:client]

# --8<-- [start:refresh]
sandbox.clock.advance(minutes=60)
print("GET /orders after an hour:", orders().status_code)
#> GET /orders after an hour: 401
del tokens["access_token"]
tokens |= refresh().json()
print("GET /orders after a refresh:", orders().status_code)
#> GET /orders after a refresh: 200
print("logins so far:", len(sandbox.exchanges(path="/v1/login")))
#> logins so far: 1
# --8<-- [end:refresh]

# --8<-- [start:rows]
for table in ("grants", "refresh_families", "access_tokens"):
    print(table, [row["grant_id"][:6] for row in sandbox.rows(table)])
    #> grants ['h7S9iF']
    #> refresh_families ['h7S9iF']
    #> access_tokens ['h7S9iF', 'h7S9iF']
asked = web.post(server["introspection_endpoint"], {"token": tokens["refresh_token"]}, timeout=5)
print("refresh token, days left:", (asked.json()["exp"] - sandbox.clock.now()) / 86400)
#> refresh token, days left: 7.0
# --8<-- [end:rows]

# --8<-- [start:sign_out_by_half]
# MISTAKE: a sign-out that revokes the access token, not the refresh token.
web.post(server["revocation_endpoint"], {"token": tokens["access_token"]}, timeout=5)
print("refresh:", refresh().status_code)
#> refresh: 200
# --8<-- [end:sign_out_by_half]

# --8<-- [start:sign_out]
web.post(server["revocation_endpoint"], {"token": tokens["refresh_token"]}, timeout=5)
print("refresh:", refresh().json()["error"])
#> refresh: invalid_grant
print("GET /orders with the last access token:", orders().status_code)
#> GET /orders with the last access token: 200
# --8<-- [end:sign_out]
