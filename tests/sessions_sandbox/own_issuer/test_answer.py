"""Which answers of an authorization endpoint count."""

from urllib.parse import urlencode

import pytest

from sessions_sandbox import SandboxError
from sessions_sandbox.own_issuer.answer import check_answer
from sessions_sandbox.own_issuer.metadata import Metadata

ISSUER = "https://issuer.example"
SERVER = Metadata(issuer=ISSUER)
NAMES_ITSELF = Metadata(issuer=ISSUER, authorization_response_iss_parameter_supported=True)
REDIRECT_URI = "https://app.example/callback"


def answer(**parameters: str) -> str:
    return f"{REDIRECT_URI}?{urlencode(parameters)}"


@pytest.mark.parametrize("server", [SERVER, NAMES_ITSELF])
def test_a_good_answer(server: Metadata) -> None:
    check_answer(answer(code="c", state="mine", iss=ISSUER), REDIRECT_URI, "mine", server)


@pytest.mark.parametrize(("registered", "came"), [("", "/"), ("/", ""), ("/a", "/a")])
def test_no_path_is_the_path_of_the_root(registered: str, came: str) -> None:
    callback = f"https://app.example{came}?code=c&state=mine"
    check_answer(callback, f"https://app.example{registered}", "mine", SERVER)


def test_an_answer_need_not_name_its_issuer_where_the_issuer_does_not_say_so() -> None:
    check_answer(answer(code="c", state="mine"), REDIRECT_URI, "mine", SERVER)


@pytest.mark.parametrize(
    ("callback", "message"),
    [
        (answer(code="c", state="other"), "the state is not the one that was sent"),
        (answer(code="c"), "the state is not the one that was sent"),
        (answer(error="access_denied", state="other"), "the state is not the one that was sent"),
        (answer(code="c", state="mine") + "&state=mine", "a parameter twice"),
        (answer(code="c", state="mine", iss="https://evil.example"), "of the issuer 'https://evil.example'"),
        ("https://evil.example/callback?code=c&state=mine", "this is no answer to the sign-in"),
        ("http://app.example/callback?code=c&state=mine", "this is no answer to the sign-in"),
        ("https://app.example/other?code=c&state=mine", "this is no answer to the sign-in"),
        (answer(error="access_denied", state="mine"), "the authorization server refused: access_denied$"),
        (
            answer(error="invalid_scope", error_description="no orders:read", state="mine"),
            "refused: invalid_scope no orders:read",
        ),
        (answer(state="mine"), "it sent no code"),
    ],
)
def test_an_answer_that_does_not_count(callback: str, message: str) -> None:
    with pytest.raises(SandboxError, match=message):
        check_answer(callback, REDIRECT_URI, "mine", SERVER)


def test_an_issuer_that_says_so_names_itself_in_every_answer() -> None:
    with pytest.raises(SandboxError, match=f"of the issuer None, not of '{ISSUER}'"):
        check_answer(answer(code="c", state="mine"), REDIRECT_URI, "mine", NAMES_ITSELF)
