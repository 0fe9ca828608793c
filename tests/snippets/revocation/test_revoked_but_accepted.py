"""Revoked but accepted: at the same moment good to whoever verifies the token and dead to whoever asks."""

from collections.abc import Callable
from urllib.parse import parse_qsl

import jwt
import pytest

from sessions_sandbox.network.trace import Exchange
from tests.snippets.conftest import RunLesson

RunsLesson = Callable[[str], RunLesson]
LESSON = "revocation/revoked_but_accepted"
API = "api.acme.test"


def token(exchange: Exchange) -> str:
    return str(dict(parse_qsl(exchange["request_body"]))["token"])


def test_the_same_token_is_inactive_there_and_accepted_here_at_the_same_moment(lesson: RunsLesson) -> None:
    run = lesson(LESSON)
    (revoked,) = run.sandbox.exchanges(path="/v1/revoke")
    (asked,) = run.sandbox.exchanges(path="/v1/introspect")
    (served,) = run.sandbox.exchanges(path="/orders")
    assert token(revoked) == token(asked) == run.namespace["token"]
    assert ["Authorization", f"Bearer {run.namespace['token']}"] in served["request_headers"]
    assert revoked["number"] < asked["number"] < served["number"]
    assert (asked["response_body"], served["status"]) == ('{"active": false}', 200)
    assert revoked["time"] == asked["time"] == served["time"]


def test_the_revocation_answers_200_with_nothing_in_it(lesson: RunsLesson) -> None:
    (revoked,) = lesson(LESSON).sandbox.exchanges(path="/v1/revoke")
    assert (revoked["status"], revoked["response_body"]) == (200, "")


def test_the_api_never_asked(lesson: RunsLesson) -> None:
    run = lesson(LESSON)
    by_api = [exchange["url"] for exchange in run.exchanges if exchange["sender"] == API]
    assert by_api == [f"{run.sandbox.issuer}/v1/keys"]


def test_only_the_access_token_was_revoked_and_long_before_it_expired(lesson: RunsLesson) -> None:
    run = lesson(LESSON)
    (revoked,) = run.sandbox.exchanges(path="/v1/revoke")
    (row,) = run.sandbox.rows("access_tokens")
    assert (row["revoked"], row["expires"]) == (revoked["time"], revoked["time"] + 3600)
    assert [grant["revoked"] for grant in run.sandbox.rows("grants")] == [None]


def test_the_program_ends_in_the_second_in_which_the_token_expires(lesson: RunsLesson) -> None:
    run = lesson(LESSON)
    (row,) = run.sandbox.rows("access_tokens")
    assert run.sandbox.clock.now() == row["expires"]
    with pytest.raises(jwt.ExpiredSignatureError):
        run.namespace["verified_here"](run.namespace["token"])


def test_what_is_verified_here_must_be_whole_and_meant_for_this_api(lesson: RunsLesson) -> None:
    run = lesson(LESSON)
    verified_here = run.namespace["verified_here"]
    assert verified_here(run.sandbox.mint()) == "accepted, for alice@acme.test"
    for wrong in ({"aud": "api://payments"}, {"iss": run.sandbox.org_issuer}, {"exp": None}):
        with pytest.raises(jwt.InvalidTokenError):
            verified_here(run.sandbox.mint(**wrong))
