"""A session is a row on the server. The cookie holds nothing but the key to it."""

# --8<-- [start:log_in]
from sessions_sandbox import sandbox

print("rows before:", len(sandbox.rows("app_sessions")))
#> rows before: 0
browser = sandbox.browser()
form = browser.open(f"{sandbox.app}/login")
browser.submit(form, username="alice@acme.test", password="alice-test-only")
for row in sandbox.rows("app_sessions"):
    print("row:", row["login"], "under", row["id_hash"][:16])
    #> row: alice@acme.test under 4500a548d857ccbc
# --8<-- [end:log_in]

# --8<-- [start:key]
import base64
import hashlib

sid = browser.session.cookies["__Host-sid"]
answer = sandbox.exchanges(path="/login")[-1]
for name, value in answer["response_headers"]:
    if name == "Set-Cookie" and sid in value:
        print("Set-Cookie:", value.replace(sid, f"{sid[:6]}…"))
        #> Set-Cookie: __Host-sid=rjp-16…; Secure; HttpOnly; Path=/; SameSite=Lax
print("length of the id:", 8 * len(base64.urlsafe_b64decode(sid + "=")), "bits")
#> length of the id: 256 bits
print("its SHA-256:", hashlib.sha256(sid.encode()).hexdigest()[:16])
#> its SHA-256: 4500a548d857ccbc
# --8<-- [end:key]

# --8<-- [start:next_request]
reply = browser.session.get(f"{sandbox.app}/me")
print("Cookie:", reply.request.headers["Cookie"].replace(sid, f"{sid[:6]}…"))
#> Cookie: __Host-sid=rjp-16…
print(reply.status_code, reply.json()["user"])
#> 200 alice@acme.test
# --8<-- [end:next_request]

# --8<-- [start:unknown_key]
import requests

reply = requests.get(f"{sandbox.app}/me", cookies={"__Host-sid": "A" * 43}, timeout=5)
print("an id that we made up:", reply.status_code, "rows:", len(sandbox.rows("app_sessions")))
#> an id that we made up: 401 rows: 1
# --8<-- [end:unknown_key]


# --8<-- [start:user_id]
# MISTAKE: the cookie says who you are. Change it, and you are another.
def user_of(cookie: str) -> str:
    users = {"1": "alice", "2": "bob"}
    return users[cookie.removeprefix("uid=")]


print(user_of("uid=1"))
#> alice
print(user_of("uid=2"))
#> bob
# --8<-- [end:user_id]
