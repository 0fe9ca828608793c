"""Connections to the sandbox's hosts go elsewhere, all others where they went, and nothing is left behind."""

import http.client
import json
import os
import socket
import urllib.request
import warnings
from pathlib import Path

import pytest
import requests
import urllib3.connection
import urllib3.util.connection

from sessions_sandbox import Sandbox, SandboxError
from sessions_sandbox.network.wire import route, unroute

METADATA = "https://idp.acme.test/.well-known/openid-configuration"


def seams() -> list[object]:
    """What `route` changes in this process."""
    return [
        http.client.HTTPSConnection.connect,
        urllib3.connection.HTTPSConnection.connect,
        socket.create_connection,
        urllib3.util.connection.create_connection,
        dict(os.environ),
    ]


@pytest.fixture
def no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which no name can be resolved."""

    def getaddrinfo(*_: object, **__: object) -> None:
        raise socket.gaierror("no such name")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def test_requests_urllib_and_http_client_arrive(sandbox: Sandbox) -> None:
    assert requests.get(METADATA, timeout=5).json()["issuer"] == sandbox.org_issuer
    with urllib.request.urlopen(METADATA, timeout=5) as reply:
        assert json.load(reply)["issuer"] == sandbox.org_issuer
    connection = http.client.HTTPSConnection("idp.acme.test", timeout=5)
    for _ in range(2):
        connection.request("GET", "/.well-known/openid-configuration")
        assert json.load(connection.getresponse())["issuer"] == sandbox.org_issuer
    connection.close()


def test_nobody_is_warned_of_a_connection_without_tls(sandbox: Sandbox) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert requests.get(METADATA, timeout=5).status_code == 200


def test_host_names_have_no_case(sandbox: Sandbox) -> None:
    with urllib.request.urlopen(METADATA.replace("idp", "IDP"), timeout=5) as reply:
        assert json.load(reply)["issuer"] == sandbox.org_issuer


@pytest.mark.usefixtures("no_names")
@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/",
        "https://acme.test/",
        "https://idp.acme.test:8443/",
        "http://idp.acme.test/",
    ],
)
def test_everything_else_goes_where_it_went(sandbox: Sandbox, url: str) -> None:
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=5)
    with pytest.raises(OSError, match="no such name"):
        urllib.request.urlopen(url, timeout=5)


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_proxy_in_the_environment_does_not_matter(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert requests.get(METADATA, timeout=5).status_code == 200
    opener = urllib.request.build_opener()
    with opener.open(METADATA, timeout=5) as reply:
        assert reply.status == 200


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_certificates_in_the_environment_do_not_matter(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.write_text("nothing that anybody trusts")
    monkeypatch.setenv(name, str(bundle))
    assert requests.get(METADATA, timeout=5).status_code == 200
    assert sandbox.sign_in("alice@acme.test")["token_type"] == "Bearer"


@pytest.mark.parametrize(
    ("before", "inside"),
    [
        ({}, {"no_proxy": ".acme.test", "NO_PROXY": ".acme.test"}),
        (
            {"NO_PROXY": "localhost,.corp"},
            {"no_proxy": "localhost,.corp,.acme.test", "NO_PROXY": "localhost,.corp,.acme.test"},
        ),
        ({"no_proxy": "a", "NO_PROXY": "b"}, {"no_proxy": "a,.acme.test", "NO_PROXY": "a,.acme.test"}),
        ({"no_proxy": "*"}, {"no_proxy": "*"}),
    ],
    ids=str,
)
def test_other_exceptions_to_the_proxy_stay(
    monkeypatch: pytest.MonkeyPatch, before: dict[str, str], inside: dict[str, str]
) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in before.items():
        monkeypatch.setenv(name, value)

    def present() -> dict[str, str]:
        return {name: os.environ[name] for name in ("no_proxy", "NO_PROXY") if name in os.environ}

    with Sandbox():
        assert present() == inside
    assert present() == before


def test_nothing_is_left_behind() -> None:
    before = seams()
    with Sandbox():
        assert all(now is not then for now, then in zip(seams()[:4], before[:4], strict=True))
    assert seams() == before
    with pytest.raises(ZeroDivisionError), Sandbox():
        raise ZeroDivisionError
    assert seams() == before


def test_a_host_leads_to_one_place() -> None:
    with Sandbox(), pytest.raises(SandboxError, match=r"app\.acme\.test already leads to another sandbox"):
        route(("new.acme.test", "app.acme.test"), lambda host: None)


def test_two_sets_of_hosts_can_be_routed(sandbox: Sandbox) -> None:
    hosts = ("one.acme.test", "two.acme.test")
    asked: list[str] = []

    def dial(host: str) -> socket.socket:
        asked.append(host)
        raise ConnectionRefusedError

    route(hosts, dial)
    with pytest.raises(requests.ConnectionError):
        requests.get("https://two.acme.test/", timeout=5)
    unroute(hosts)
    assert set(asked) == {"two.acme.test"}
    assert requests.get(METADATA, timeout=5).status_code == 200
