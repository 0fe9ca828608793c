"""Client authentication: by Basic, by a secret in the form, or none for public clients."""

import base64

import pytest
import requests

from sessions_sandbox import Sandbox
from sessions_sandbox.authorization_server import server as server_module
from sessions_sandbox.seed import CLIENTS, Client
from tests.sessions_sandbox.flows import error_of, url_of

ENDPOINTS = ("token", "introspect", "revoke")
CREDENTIALS = ("0oa4svcacmetest0000v", "svc-test-only")
GRANT = {"grant_type": "client_credentials", "scope": "orders:read", "token": "x"}


def basic(text: bytes) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(text).decode()}


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_the_secret_may_stand_in_the_form(sandbox: Sandbox, endpoint: str) -> None:
    form = {**GRANT, "client_id": CREDENTIALS[0], "client_secret": CREDENTIALS[1]}
    assert requests.post(url_of(sandbox, endpoint), form, timeout=5).status_code == 200


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_two_ways_at_once_are_refused(sandbox: Sandbox, endpoint: str) -> None:
    """T-TOK-11"""
    form = {**GRANT, "client_id": CREDENTIALS[0], "client_secret": CREDENTIALS[1]}
    reply = requests.post(url_of(sandbox, endpoint), form, auth=CREDENTIALS, timeout=5)
    assert error_of(reply) == (400, "invalid_request")


ASSERTION = {
    "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    "client_assertion": "a.b.c",
}


@pytest.mark.parametrize("name", ASSERTION)
@pytest.mark.parametrize("other", ["Basic", "form"])
def test_an_assertion_is_a_way_too(sandbox: Sandbox, name: str, other: str) -> None:
    """T-TOK-11: RFC 6749 §2.3, whichever half of it was sent, and though it is not supported."""
    secret = {"client_id": CREDENTIALS[0], "client_secret": CREDENTIALS[1]} if other == "form" else {}
    form = {**GRANT, **secret, name: ASSERTION[name]}
    credentials = CREDENTIALS if other == "Basic" else None
    reply = requests.post(url_of(sandbox, "token"), form, auth=credentials, timeout=5)
    assert error_of(reply) == (400, "invalid_request")


@pytest.mark.parametrize("names", [["client_assertion"], ["client_assertion_type"], [*ASSERTION]], ids=str)
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_an_assertion_alone_authenticates_nobody(sandbox: Sandbox, endpoint: str, names: list[str]) -> None:
    """T-TOK-12: not even a public client, whose `client_id` alone would do."""
    sent = {name: ASSERTION[name] for name in names}
    form = {**GRANT, "client_id": sandbox.client("spa").id, **sent}
    reply = requests.post(url_of(sandbox, endpoint), form, timeout=5)
    assert error_of(reply) == (401, "invalid_client")
    assert reply.json()["error_description"] == "A client_assertion is not supported here."
    assert reply.headers["WWW-Authenticate"] == 'Basic realm="idp.acme.test"'


def test_the_client_id_may_be_said_twice_if_it_is_the_same(sandbox: Sandbox) -> None:
    """T-TOK-11"""
    for client_id, status in ((CREDENTIALS[0], 200), (sandbox.client("web").id, 400)):
        form = {**GRANT, "client_id": client_id}
        assert (
            requests.post(url_of(sandbox, "token"), form, auth=CREDENTIALS, timeout=5).status_code == status
        )


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize(
    "headers",
    [
        basic(b"0oa4svcacmetest0000v:wrong"),
        basic(b"0oa4svcacmetest0000v:"),
        basic(b"unknown:svc-test-only"),
        basic(b":"),
        basic(b"no colon"),
        basic(b"0oa4svcacmetest0000v:\xff"),
        {"Authorization": "Basic"},
        {"Authorization": "Basic !!!"},
        {"Authorization": "Basic \u00e9\u00e9"},
        {"Authorization": "Bearer svc-test-only"},
        {
            "Authorization": basic(b"0oa4svcacmetest0000v:svc-test-only")["Authorization"].replace(
                "Basic", "Bearer"
            )
        },
        {"Authorization": ""},
        {},
    ],
)
def test_failed_authentication_is_challenged(
    sandbox: Sandbox, endpoint: str, headers: dict[str, str]
) -> None:
    """T-TOK-12"""
    encoded = {name: value.encode("latin-1") for name, value in headers.items()}
    reply = requests.post(url_of(sandbox, endpoint), GRANT, headers=encoded, timeout=5)
    assert error_of(reply) == (401, "invalid_client")
    assert reply.headers["WWW-Authenticate"] == 'Basic realm="idp.acme.test"'


@pytest.mark.parametrize(
    "form",
    [
        {"client_id": CREDENTIALS[0]},
        {"client_id": CREDENTIALS[0], "client_secret": "wrong"},
        {"client_id": CREDENTIALS[0], "client_secret": "svc-test-only "},
        {"client_id": "unknown"},
        {"client_id": "0oa2spaacmetest0000s", "client_secret": "spa-test-only"},
        {"client_id": "\u00e4", "client_secret": "\u00e4"},
    ],
)
def test_a_form_without_the_right_secret_fails(sandbox: Sandbox, form: dict[str, str]) -> None:
    """T-TOK-12: a public client has no secret to send."""
    reply = requests.post(url_of(sandbox, "introspect"), {**GRANT, **form}, timeout=5)
    assert error_of(reply) == (401, "invalid_client")


def test_a_public_client_cannot_use_basic(sandbox: Sandbox) -> None:
    reply = requests.post(
        url_of(sandbox, "introspect"), GRANT, auth=(sandbox.client("spa").id, ""), timeout=5
    )
    assert error_of(reply) == (401, "invalid_client")


def test_a_public_client_may_send_its_id_without_a_colon(sandbox: Sandbox) -> None:
    """As okta-auth-js does at introspection and revocation. A confidential client must not."""
    for client, status in (("spa", 200), ("web", 401), ("svc", 401)):
        header = basic(sandbox.client(client).id.encode())
        reply = requests.post(url_of(sandbox, "introspect"), GRANT, headers=header, timeout=5)
        assert reply.status_code == status


def test_the_scheme_is_read_without_case(sandbox: Sandbox) -> None:
    header = basic(":".join(CREDENTIALS).encode())["Authorization"].replace("Basic", "bAsIc")
    reply = requests.post(url_of(sandbox, "token"), GRANT, headers={"Authorization": header}, timeout=5)
    assert reply.status_code == 200


def test_id_and_secret_are_form_urlencoded_before_base64(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 6749 §2.3.1: so that they may hold a colon, a percent sign, a letter outside ASCII."""
    odd = Client("odd", "0oa:7", "p%s:w+\u00e9 d", None, ("client_credentials",))
    monkeypatch.setattr(server_module, "CLIENTS", (*CLIENTS, odd))
    encoded = b"0oa%3A7:p%25s%3Aw%2B%C3%A9+d"
    reply = requests.post(url_of(sandbox, "token"), GRANT, headers=basic(encoded), timeout=5)
    assert reply.status_code == 200
    as_it_is = basic("0oa:7:p%s:w+\u00e9 d".encode())
    assert requests.post(url_of(sandbox, "token"), GRANT, headers=as_it_is, timeout=5).status_code == 401


def test_basic_credentials_are_base64_of_an_id_and_a_secret(sandbox: Sandbox) -> None:
    good = basic(b"0oa4svcacmetest0000v:svc-test-only")["Authorization"]
    for sent in (good.replace("Basic ", "Basic !"), "Basic Og=="):
        reply = requests.post(url_of(sandbox, "token"), GRANT, headers={"Authorization": sent}, timeout=5)
        assert error_of(reply) == (401, "invalid_client")
        assert reply.json()["error_description"] == "The Basic credentials cannot be read."
