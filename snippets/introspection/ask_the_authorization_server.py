"""Introspection sees a revocation. It costs a call for each request, or a staleness that the cache bounds."""

# --8<-- [start:ask]
import requests

from sessions_sandbox import sandbox

server = sandbox.metadata  # where its endpoints are
rs = sandbox.client("rs").credentials  # the API is a client, too
token = sandbox.sign_in("alice@acme.test")["access_token"]


def ask(token: str) -> requests.Response:
    return requests.post(server["introspection_endpoint"], {"token": token}, auth=rs, timeout=5)


nobody = requests.post(server["introspection_endpoint"], {"token": token}, timeout=5)
print("without credentials:", nobody.status_code, nobody.json()["error"])
#> without credentials: 401 invalid_client
answer = ask(token).json()
print("a good token:", [answer.get(name) for name in ("active", "aud", "scope")])
#> a good token: [True, 'api://default', 'openid offline_access orders:read']
print("garbage:", ask("garbage").json())
#> garbage: {'active': False}
# --8<-- [end:ask]

# --8<-- [start:read_the_status]
# MISTAKE: 200 says that the question was answered, not that the token counts.
print("garbage is", "accepted" if ask("garbage").ok else "refused")
#> garbage is accepted
# --8<-- [end:read_the_status]

# --8<-- [start:price]
def orders() -> int:
    bearer = {"Authorization": f"Bearer {token}"}
    return requests.get(f"{sandbox.api}/orders", headers=bearer, timeout=5).status_code


for way, seconds in (("local", 0), ("introspection", 0), ("introspection", 30)):
    sandbox.set(api_validation=way, introspection_cache_seconds=seconds)
    token = sandbox.sign_in("alice@acme.test")["access_token"]
    served = [orders() for _ in range(20)].count(200)
    asked = sandbox.exchanges(path="/introspect")
    calls = [token in exchange["request_body"] for exchange in asked].count(True)
    sandbox.set(authorization_server_down=True)
    print(f"{way}, cache {seconds} s: {calls} calls for {served}; server down: {orders()}")
    #> local, cache 0 s: 0 calls for 20; server down: 200
    #> introspection, cache 0 s: 20 calls for 20; server down: 503
    #> introspection, cache 30 s: 1 calls for 20; server down: 200
    sandbox.set(authorization_server_down=False)
# --8<-- [end:price]

# --8<-- [start:staleness]
web, revoked = sandbox.client("web").credentials, sandbox.clock.now()
requests.post(server["revocation_endpoint"], {"token": token}, auth=web, timeout=5)
while orders() == 200:
    sandbox.clock.advance(seconds=1)
print("refused", sandbox.clock.now() - revoked, "s after the revocation")
#> refused 30 s after the revocation
# --8<-- [end:staleness]
