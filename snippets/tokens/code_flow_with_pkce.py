"""The authorization code flow with PKCE, by hand: a stolen code is worth nothing without its verifier."""
# --8<-- [start:ask_for_code]
import base64
import hashlib
import secrets
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests

from sessions_sandbox import sandbox

spa = sandbox.client("spa")  # a public client: it has no secret
shared = {"client_id": spa.id, "redirect_uri": spa.redirect_uri}

def ask_for_code(scope: str, verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
    pkce = {"code_challenge": challenge, "code_challenge_method": "S256"}
    state = secrets.token_urlsafe(16)
    asked = {**shared, **pkce, "response_type": "code", "scope": scope, "state": state}
    url = f"{sandbox.metadata['authorization_endpoint']}?{urlencode(asked)}"
    callback = sandbox.browser().sign_in(url, "alice@acme.test", "alice-test-only")
    answer = dict(parse_qsl(urlsplit(callback).query))
    if answer["state"] != state:
        raise ValueError("this callback does not answer my request")
    return answer["code"]
# --8<-- [end:ask_for_code]
# --8<-- [start:redeem]
def redeem(code: str, verifier: str) -> requests.Response:
    form = {**shared, "grant_type": "authorization_code", "code": code, "code_verifier": verifier}
    return requests.post(sandbox.metadata["token_endpoint"], data=form, timeout=5)

verifier = secrets.token_urlsafe(32)
print(sorted(redeem(ask_for_code("orders:read", verifier), verifier).json()))
#> ['access_token', 'expires_in', 'scope', 'token_type']
# --8<-- [end:redeem]
# --8<-- [start:messages]
for exchange in sandbox.exchanges():
    print(exchange["method"], urlsplit(exchange["url"]).path, exchange["status"])
    #> GET /oauth2/default/v1/authorize 200
    #> POST /oauth2/default/v1/login 303
    #> POST /oauth2/default/v1/token 200
# --8<-- [end:messages]

# --8<-- [start:steal_the_code]
verifier = secrets.token_urlsafe(32)
code = ask_for_code("openid orders:read", verifier)
print("thief:", redeem(code, secrets.token_urlsafe(32)).json()["error"])
#> thief: invalid_grant
print("owner:", sorted(redeem(code, verifier).json()))
#> owner: ['access_token', 'expires_in', 'id_token', 'scope', 'token_type']
# --8<-- [end:steal_the_code]

# --8<-- [start:constant_verifier]
# MISTAKE: one verifier for every sign-in, here that of RFC 7636, Appendix B. Who has the app has it too.
constant = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
code = ask_for_code("openid offline_access orders:read", constant)
print("thief:", sorted(redeem(code, constant).json()))
#> thief: ['access_token', 'expires_in', 'id_token', 'refresh_token', 'scope', 'token_type']
# --8<-- [end:constant_verifier]
