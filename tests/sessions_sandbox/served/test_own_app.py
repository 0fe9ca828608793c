"""An app of a user's own, and a served sandbox, over real sockets."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest

from sessions_sandbox.served.caller import Caller
from sessions_sandbox.served.process import sandbox_process


@contextmanager
def app_told_of_logouts(told: list[dict[str, Any]]) -> Iterator[str]:
    """The address of an app that takes logout tokens, and fetches the issuer's keys to check them."""

    class App(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            (token,) = form["logout_token"]
            claims = jwt.decode(token, options={"verify_signature": False})
            keys = jwt.PyJWKClient(f"{claims['iss']}/v1/keys", timeout=4)
            key = keys.get_signing_key_from_jwt(token)
            told.append(jwt.decode(token, key, ["RS256"], audience=claims["aud"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), App) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/told"
        server.shutdown()


def test_ones_own_app_is_told_of_a_logout(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a feature of Okta. The app may ask the sandbox for its keys meanwhile."""
    monkeypatch.setenv("NO_PROXY", "*")
    told: list[dict[str, Any]] = []
    with (
        app_told_of_logouts(told) as uri,
        sandbox_process(f"--backchannel-logout-uri=web={uri}") as address,
    ):
        caller = Caller(address)
        caller.command("set", back_channel_logout=True)
        hint = caller.login("alice@acme.test", "web", None)["id_token"]
        (session,) = caller.rows("idp_sessions")
        caller.command("end_session", table="idp_sessions", key=session["id_hash"])
        assert [row["detail"] for row in caller.log() if "back_channel" in row["event"]] == ["answered 200"]
    assert [claims["sid"] for claims in told] == [
        jwt.decode(hint, options={"verify_signature": False})["sid"]
    ]
