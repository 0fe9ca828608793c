"""One login, two shapes: alice signs in twice, and what she then holds is one cookie or three tokens."""

# --8<-- [start:cookie]
import hashlib

import requests

from sessions_sandbox import sandbox


def redact(credential: str) -> str:
    """What a log may show of a credential: enough to tell it from others, nothing to use."""
    return f"{len(credential)} characters, sha256:{hashlib.sha256(credential.encode()).hexdigest()[:8]}"


browser = sandbox.browser()
form = browser.open(f"{sandbox.app}/login")
browser.submit(form, username="alice@acme.test", password="alice-test-only")
for name, value in browser.session.cookies.get_dict().items():
    print(f"{name}: {redact(value)}")
    #> __Host-sid: 43 characters, sha256:4500a548
# --8<-- [end:cookie]

# --8<-- [start:tokens]
tokens = sandbox.sign_in("alice@acme.test", scope="openid offline_access orders:read")
for name in ("access_token", "id_token", "refresh_token"):
    print(f"{name}: {redact(tokens[name])}")
    #> access_token: 858 characters, sha256:61ceaf57
    #> id_token: 836 characters, sha256:a3443b44
    #> refresh_token: 43 characters, sha256:67c07048
# --8<-- [end:tokens]

# --8<-- [start:send]
def send(url: str, token: str) -> int:
    return requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=5).status_code

token = tokens["access_token"]
for url in (f"{sandbox.app}/me", f"{sandbox.api}/orders"):
    print(f"{url}: browser {browser.session.get(url).status_code}, token {send(url, token)}")
    #> https://app.acme.test/me: browser 200, token 401
    #> https://api.acme.test/orders: browser 401, token 200
# --8<-- [end:send]

# --8<-- [start:rows]
print({table: len(sandbox.rows(table)) for table in ("app_sessions", "grants", "refresh_families")})
#> {'app_sessions': 1, 'grants': 1, 'refresh_families': 1}
# --8<-- [end:rows]

# --8<-- [start:leak]
# MISTAKE: the whole token in a log. Whoever reads the log acts for alice.
log_line = f"GET /orders, token {token}"
print("a reader of the log gets", send(f"{sandbox.api}/orders", log_line.split()[-1]))
#> a reader of the log gets 200
# --8<-- [end:leak]

# --8<-- [start:redacted]
log_line = f"GET /orders, token {redact(token)}"
print("a reader of the log gets", send(f"{sandbox.api}/orders", log_line.split()[-1]))
#> a reader of the log gets 401
# --8<-- [end:redacted]
