"""A rotated refresh token is sent again: the whole family ends, because nobody can tell who the thief is."""

# --8<-- [start:client]
import requests

from sessions_sandbox import sandbox

spa = sandbox.client("spa")  # public, and its refresh tokens rotate


def refresh(who: str, refresh_token: str) -> str:
    """Send a refresh token, say what came of it, and return the next one."""
    form = {"grant_type": "refresh_token", "client_id": spa.id}
    form["refresh_token"] = refresh_token
    answer = requests.post(f"{sandbox.issuer}/v1/token", form, timeout=5).json()
    print(f"{who}:", answer.get("error", "new tokens"))
    return str(answer.get("refresh_token"))
# --8<-- [end:client]


# --8<-- [start:thief_comes_second]
copied = sandbox.sign_in("alice@acme.test", client="spa")["refresh_token"]
newest = refresh("alice", copied)
#> alice: new tokens
sandbox.clock.advance(seconds=31)
refresh("thief, with the copy", copied)
#> thief, with the copy: invalid_grant
refresh("alice, with the newest", newest)
#> alice, with the newest: invalid_grant
# --8<-- [end:thief_comes_second]

# --8<-- [start:thief_comes_first]
copied = sandbox.sign_in("alice@acme.test", client="spa")["refresh_token"]
newest = refresh("thief, with the copy", copied)
#> thief, with the copy: new tokens
sandbox.clock.advance(seconds=31)
refresh("alice", copied)
#> alice: invalid_grant
refresh("thief, with the newest", newest)
#> thief, with the newest: invalid_grant
# --8<-- [end:thief_comes_first]

# --8<-- [start:traces]
print("log:", [e["event"] for e in sandbox.log() if "reuse" in e["event"]])
#> log: ['app.oauth2.as.token.detect_reuse', 'app.oauth2.as.token.detect_reuse']
print("revoked:", [bool(row["revoked"]) for row in sandbox.rows("access_tokens")])
#> revoked: [True, True, True, True]
# --8<-- [end:traces]

# --8<-- [start:keep_the_first_one]
# MISTAKE: a client that keeps its first refresh token and drops the later ones.
kept = sandbox.sign_in("alice@acme.test", client="spa")["refresh_token"]
refresh("first use", kept)
#> first use: new tokens
refresh("second use, at once", kept)
#> second use, at once: new tokens
sandbox.clock.advance(hours=1)
refresh("third use, an hour later", kept)
#> third use, an hour later: invalid_grant
# --8<-- [end:keep_the_first_one]
