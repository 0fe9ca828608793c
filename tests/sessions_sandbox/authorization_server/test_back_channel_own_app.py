"""A user's own app is told of a logout. Not a feature of Okta."""

from dataclasses import dataclass, field

import jwt
import pytest
import requests

from sessions_sandbox import Sandbox
from sessions_sandbox.authorization_server import back_channel
from sessions_sandbox.browser import ModelBrowser
from sessions_sandbox.faces import Face
from sessions_sandbox.outgoing import send
from tests.sessions_sandbox.bff.pages import is_signed_in, signed_in
from tests.sessions_sandbox.flows import ALICE

TOLD = "http://localhost:3000/told?from=http://127.0.0.1:8600/"


@dataclass
class OwnApp:
    """What it is sent, and how it answers: with a status, or with what is raised when no answer comes."""

    answer: int | Exception = 204
    told: list[tuple[str, str, str, dict[str, str]]] = field(default_factory=list)


@pytest.fixture
def own_app(monkeypatch: pytest.MonkeyPatch) -> OwnApp:
    app = OwnApp()

    def reach(method: str, url: str, origin: str, sender: str, *, data: dict[str, str]) -> requests.Response:
        if not url.startswith("http://localhost:3000/"):
            return send(method, url, origin, sender, data=data)
        app.told.append((method, url, origin, data))
        if isinstance(app.answer, Exception):
            raise app.answer
        reply = requests.Response()
        reply.status_code = app.answer
        return reply

    monkeypatch.setattr(back_channel, "send", reach)
    return app


def two_apps_and_a_logout(sandbox: Sandbox) -> tuple[ModelBrowser, str]:
    """Alice signs in to the client web and to the backend for frontend, and out. Gives her `sid`, too."""
    sandbox.set(back_channel_logout=True)
    browser = signed_in(sandbox)
    hint = sandbox.sign_in(ALICE[0], client="web", browser=browser)["id_token"]
    browser.open(f"{sandbox.issuer}/v1/logout?id_token_hint={hint}")
    sid: str = jwt.decode(hint, options={"verify_signature": False})["sid"]
    return browser, sid


def outcomes(sandbox: Sandbox) -> dict[str, str]:
    """What the log says that each client answered."""
    rows = [row for row in sandbox.log() if row["event"] == "sandbox.back_channel_logout"]
    return {row["client_id"]: row["detail"] for row in rows}


def test_it_is_told_beside_the_backend_for_frontend(own_app: OwnApp) -> None:
    """T-OUT-5: a logout token for this client, of this session (§2.4, §2.5)."""
    with Sandbox(backchannel_logout_uris={"web": TOLD, "spa": "http://localhost:3000/spa"}) as sandbox:
        browser, sid = two_apps_and_a_logout(sandbox)
        ((method, url, origin, data),) = own_app.told
        assert (method, url, origin, set(data)) == ("POST", TOLD, TOLD, {"logout_token"})
        keys = jwt.PyJWKClient(f"{sandbox.issuer}/v1/keys")
        key = keys.get_signing_key_from_jwt(data["logout_token"])
        web, bff = (sandbox.client(name).id for name in ("web", "bff"))
        claims = jwt.decode(data["logout_token"], key, ["RS256"], audience=web, issuer=sandbox.issuer)
        assert (claims["sid"], claims["events"]) == (sid, {back_channel.EVENT: {}})
        assert outcomes(sandbox) == {web: "answered 204", bff: "answered 200"}
        assert not is_signed_in(browser)


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        (400, "answered 400"),
        (requests.ReadTimeout(), "no answer: ReadTimeout"),
        (requests.exceptions.SSLError(), "no answer: SSLError"),
    ],
)
def test_whatever_it_answers_the_logout_goes_on(
    own_app: OwnApp, answer: int | Exception, detail: str
) -> None:
    """As with the backend for frontend."""
    own_app.answer = answer
    with Sandbox(backchannel_logout_uris={"web": TOLD}) as sandbox:
        browser, _ = two_apps_and_a_logout(sandbox)
        assert outcomes(sandbox)[sandbox.client("web").id] == detail
        assert sandbox.rows("idp_sessions") == []
        assert not is_signed_in(browser)


def test_without_the_switch_it_is_not_told(own_app: OwnApp) -> None:
    with Sandbox(backchannel_logout_uris={"web": TOLD}) as sandbox:
        browser = sandbox.browser()
        hint = sandbox.sign_in(ALICE[0], client="web", browser=browser)["id_token"]
        browser.open(f"{sandbox.issuer}/v1/logout?id_token_hint={hint}")
        assert (sandbox.rows("idp_sessions"), own_app.told) == ([], [])


def test_its_uri_counts_letter_by_letter(own_app: OwnApp) -> None:
    """Also where it holds the address of the sandbox's own app."""
    sandbox = Sandbox()
    server = sandbox._servers(Face(*["http://127.0.0.1:8600"] * 3))[0]
    assert back_channel._tell(server, TOLD, "a token") == "answered 204"
    assert own_app.told == [("POST", TOLD, TOLD, {"logout_token": "a token"})]
