"""Your own authorization server: the program takes every address from the metadata, and the session ends."""

from collections.abc import Callable
from urllib.parse import parse_qsl

import pytest
import requests

from sessions_sandbox.network.trace import Exchange
from tests.snippets.conftest import RunLesson

LESSON = "testing/your_own_authorization_server"


@pytest.fixture
def run(lesson: Callable[[str], RunLesson]) -> RunLesson:
    return lesson(LESSON)


def form(exchange: Exchange) -> dict[str, str]:
    return dict(parse_qsl(exchange["request_body"]))


def test_every_request_goes_to_an_endpoint_that_the_discovery_document_names(run: RunLesson) -> None:
    named = requests.get(f"{run.sandbox.issuer}/.well-known/openid-configuration", timeout=5).json()
    assert run.namespace["server"].items() <= named.items()
    own = [e["url"].partition("?")[0] for e in run.exchanges if e["sender"] != "ModelBrowser"]
    assert set(own) <= set(filter(lambda value: isinstance(value, str), named.values()))
    assert len(own) == 8


def test_the_id_token_is_verified_for_this_client(run: RunLesson) -> None:
    assert run.namespace["claims"]["aud"] == run.sandbox.client("web").id
    assert run.namespace["claims"]["iss"] == run.sandbox.issuer


def test_the_session_goes_on_by_refresh_and_ends_by_revocation(run: RunLesson) -> None:
    (revoked,) = run.sandbox.exchanges(path="/revoke")
    assert form(revoked)["token"] == run.namespace["tokens"]["refresh_token"]
    refreshed, refused = (e for e in run.sandbox.exchanges(path="/token") if "refresh_token" in form(e))
    assert refreshed["number"] < revoked["number"] < refused["number"]
    assert (refreshed["status"], refused["status"]) == (200, 400)


def test_the_program_prints_no_token(run: RunLesson) -> None:
    for name in ("access_token", "id_token", "refresh_token"):
        assert run.namespace["tokens"][name] not in run.output
