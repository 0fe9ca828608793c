"""Deleting the cookie is not logging out: a copy of it works until the server ends the session."""

# --8<-- [start:copy]
import requests

from sessions_sandbox import sandbox


def log_in() -> requests.Session:
    browser = sandbox.browser()
    form = browser.open(f"{sandbox.app}/login")
    browser.submit(form, username="alice@acme.test", password="alice-test-only")
    return browser.session


def who_is(sid: str) -> str:
    """Who the app takes the sender of this cookie for."""
    reply = requests.get(f"{sandbox.app}/me", cookies={"__Host-sid": sid}, timeout=5)
    return f"{reply.status_code} {reply.json().get('user', 'nobody')}"


alice = log_in()
stolen = alice.cookies["__Host-sid"]
print("the copy:", who_is(stolen))
#> the copy: 200 alice@acme.test
# --8<-- [end:copy]

# --8<-- [start:delete]
# MISTAKE: only the browser forgets. Whoever has a copy is still alice.
kept = alice.cookies.copy()
alice.cookies.clear()
print("alice's browser:", alice.get(f"{sandbox.app}/me").status_code)
#> alice's browser: 401
print("the copy:", who_is(stolen))
#> the copy: 200 alice@acme.test
print("sessions on the server:", len(sandbox.rows("app_sessions")))
#> sessions on the server: 1
# --8<-- [end:delete]

# --8<-- [start:log_out]
alice.cookies.update(kept)  # as if she had never deleted it
csrf_token = alice.get(f"{sandbox.app}/me").json()["csrf_token"]
alice.post(f"{sandbox.app}/logout", data={"csrf_token": csrf_token})
print("the copy:", who_is(stolen))
#> the copy: 401 nobody
print("sessions on the server:", len(sandbox.rows("app_sessions")))
#> sessions on the server: 0
# --8<-- [end:log_out]

# --8<-- [start:timeouts]
unused = log_in().cookies["__Host-sid"]
sandbox.clock.advance(minutes=30)
print("unused for 30 minutes:", who_is(unused))
#> unused for 30 minutes: 401 nobody
busy, since = log_in().cookies["__Host-sid"], sandbox.clock.now()
while who_is(busy).startswith("200"):
    sandbox.clock.advance(minutes=20)
print(f"always busy, over after {(sandbox.clock.now() - since) // 3600} hours")
#> always busy, over after 8 hours
# --8<-- [end:timeouts]
