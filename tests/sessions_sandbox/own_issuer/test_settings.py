"""What the environment may say of an issuer and its client."""

import pytest

from sessions_sandbox import SandboxError
from sessions_sandbox.own_issuer.settings import OwnSettings, comes_here, is_protected, settings_from

GOOD = {
    "SESSIONS_ISSUER": "https://issuer.example/oauth2",
    "SESSIONS_CLIENT_ID": "mine",
    "SESSIONS_CLIENT_SECRET": "test-only",
    "SESSIONS_REDIRECT_URI": "http://127.0.0.1:8400/callback",
}


def test_the_four_variables() -> None:
    assert settings_from(GOOD) == OwnSettings(
        "https://issuer.example/oauth2", "mine", "test-only", "http://127.0.0.1:8400/callback"
    )


@pytest.mark.parametrize("secret", [{}, {"SESSIONS_CLIENT_SECRET": ""}])
def test_without_a_secret_the_client_is_public(secret: dict[str, str]) -> None:
    others = {name: value for name, value in GOOD.items() if name != "SESSIONS_CLIENT_SECRET"}
    assert settings_from({**others, **secret}).client_secret is None


@pytest.mark.parametrize("missing", ["SESSIONS_CLIENT_ID", "SESSIONS_REDIRECT_URI"])
def test_a_missing_variable_is_named(missing: str) -> None:
    with pytest.raises(SandboxError, match=f"set {missing} too; to use the sandbox, unset SESSIONS_ISSUER"):
        settings_from({**GOOD, missing: ""})


def test_all_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(SandboxError, match="set SESSIONS_CLIENT_ID and SESSIONS_REDIRECT_URI too"):
        settings_from({"SESSIONS_ISSUER": "https://issuer.example"})


@pytest.mark.parametrize(
    "issuer",
    [
        "http://issuer.example",
        "http://127.0.0.1.issuer.example",
        "http://localhost.example",
        "http://192.168.1.1:8080",
        "https://issuer.example?tenant=1",
        "https://issuer.example#1",
        "ftp://localhost",
        "https://",
        "http://[",
        "issuer.example",
    ],
)
def test_an_issuer_is_an_https_url_unless_it_is_on_this_machine(issuer: str) -> None:
    with pytest.raises(SandboxError, match="an issuer is an https URL without query and fragment"):
        settings_from({**GOOD, "SESSIONS_ISSUER": issuer})


@pytest.mark.parametrize(
    "url", ["https://a.example/", "http://127.0.0.1:1/x", "http://[::1]:1", "http://idp.localhost:1"]
)
def test_https_and_loopback_are_protected(url: str) -> None:
    assert is_protected(url)


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("/callback", "a redirect URI is absolute"),
        ("https://app.example/callback#x", "has no fragment"),
        ("http://127.0.0.1/callback", "give it the port to listen at"),
        ("http://localhost:0/callback", "give it the port to listen at"),
        ("http://127.0.0.1:99999/callback", "Port out of range"),
    ],
)
def test_a_redirect_uri_that_cannot_be_used(uri: str, message: str) -> None:
    with pytest.raises(SandboxError, match=message):
        settings_from({**GOOD, "SESSIONS_REDIRECT_URI": uri})


@pytest.mark.parametrize(
    ("uri", "here"),
    [
        ("http://127.0.0.1:1/", True),
        ("http://[::1]:1/", True),
        ("http://localhost:1/", True),
        ("https://127.0.0.1:1/", False),
        ("http://app.example/callback", False),
        ("com.example.app:/callback", False),
    ],
)
def test_only_plain_http_on_this_machine_can_be_waited_for(uri: str, here: bool) -> None:
    assert comes_here(uri) is here
    assert settings_from({**GOOD, "SESSIONS_REDIRECT_URI": uri}).redirect_uri == uri
