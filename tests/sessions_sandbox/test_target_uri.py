"""What names the same resource."""

import pytest

from sessions_sandbox import Sandbox
from sessions_sandbox.target_uri import names_same_resource
from tests.sessions_sandbox.dpop_proofs import TOKEN_URL, refusal, send


@pytest.mark.parametrize(
    "url",
    [
        "http://idp.acme.test/oauth2/default/v1/token",
        "https://idp.acme.test:444/oauth2/default/v1/token",
        "https://idp.acme.test:80/oauth2/default/v1/token",
        "https://alice@idp.acme.test/oauth2/default/v1/token",
        "https://api.acme.test/oauth2/default/v1/token",
        "https://idp.acme.test/oauth2/v1/token",
        "https://idp.acme.test/oauth2/default/v1/token/",
        "https://idp.acme.test/oauth2/default/v1/Token",
        "https://idp.acme.test/oauth2/default/v1%2Ftoken",
        "https://idp.acme.test/oauth2/default/v1/introspect",
        "https://idp.acme.test",
        "/oauth2/default/v1/token",
        "",
    ],
)
def test_another_url(sandbox: Sandbox, url: str) -> None:
    """T-DPOP-9"""
    assert refusal(send(sandbox, htu=url)) == "The htu claim is not the URL of the request."


def test_each_scheme_has_its_own_port() -> None:
    assert names_same_resource("http://localhost:80/a", "http://localhost/a")
    assert not names_same_resource("http://localhost:443/a", "http://localhost/a")


@pytest.mark.parametrize(
    "url",
    [
        f"{TOKEN_URL}?a=b",
        f"{TOKEN_URL}#here",
        "HTTPS://IDP.acme.TEST/oauth2/default/v1/token",
        "https://idp.acme.test:443/oauth2/default/v1/token",
        "https://idp.acme.test:/oauth2/default/v1/token",
        "https://idp.acme.test/oauth2/default/v1/%74oken",
        "https://idp.acme.test/../oauth2/./default/x/../v1/token",
    ],
)
def test_the_same_url_otherwise_written(sandbox: Sandbox, url: str) -> None:
    """T-DPOP-9: without query and fragment, and normalized (RFC 3986 §6.2.2, §6.2.3)."""
    assert send(sandbox, htu=url).status_code == 200
