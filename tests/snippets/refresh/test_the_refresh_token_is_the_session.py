"""The refresh token is the session: one login, one grant, and access tokens that hang on it."""

import json
from collections.abc import Callable
from urllib.parse import parse_qsl

import jwt

from sessions_sandbox.network.trace import Exchange
from tests.snippets.conftest import RunLesson

RunsLesson = Callable[[str], RunLesson]
LESSON = "refresh/the_refresh_token_is_the_session"
HOUR = 3600


def refreshes(run: RunLesson) -> list[Exchange]:
    sent = run.sandbox.exchanges(path="/v1/token")
    return [exchange for exchange in sent if "grant_type=refresh_token" in exchange["request_body"]]


def issued(run: RunLesson) -> list[dict[str, str]]:
    """The answers of the token endpoint that carry tokens, oldest first."""
    sent = run.sandbox.exchanges(path="/v1/token")
    return [json.loads(exchange["response_body"]) for exchange in sent if exchange["status"] == 200]


def bearer(exchange: Exchange) -> str:
    return str(dict(exchange["request_headers"])["Authorization"]).removeprefix("Bearer ")


def revoked(run: RunLesson) -> list[str]:
    """The tokens that were revoked, in order."""
    return [dict(parse_qsl(e["request_body"]))["token"] for e in run.sandbox.exchanges(path="/v1/revoke")]


def test_the_refresh_comes_between_the_refusal_and_the_next_order(lesson: RunsLesson) -> None:
    run = lesson(LESSON)
    refused, served, _ = run.sandbox.exchanges(path="/orders")
    assert (refused["status"], served["status"]) == (401, 200)
    assert refused["number"] < refreshes(run)[0]["number"] < served["number"]
    assert [bearer(refused), bearer(served)] == [answer["access_token"] for answer in issued(run)[:2]]


def test_after_one_login_every_access_token_is_new_and_tells_of_the_same_sign_in(lesson: RunsLesson) -> None:
    run = lesson(LESSON)
    (login,) = run.sandbox.exchanges(path="/v1/login")
    minted = [answer["access_token"] for answer in issued(run)]
    claims = [jwt.decode(token, options={"verify_signature": False}) for token in minted]
    assert len({claim["jti"] for claim in claims}) == len(claims) == 3
    assert {(claim["uid"], claim["auth_time"]) for claim in claims} == {(claims[0]["uid"], login["time"])}
    assert claims[1]["iat"] == login["time"] + HOUR


def test_the_refresh_token_is_the_handle_of_one_grant(lesson: RunsLesson) -> None:
    run = lesson(LESSON)
    (grant,) = run.sandbox.rows("grants")
    (family,) = run.sandbox.rows("refresh_families")
    hanging = [family, *run.sandbox.rows("access_tokens")]
    assert {row["grant_id"] for row in hanging} == {grant["grant_id"]}
    assert {answer["refresh_token"] for answer in issued(run)} == {run.namespace["tokens"]["refresh_token"]}


def test_the_refresh_token_goes_to_the_authorization_server_only(lesson: RunsLesson) -> None:
    run = lesson(LESSON)
    handle = run.namespace["tokens"]["refresh_token"]
    told = [e for e in run.exchanges if handle in e["request_body"] + str(e["request_headers"]) + e["url"]]
    assert len(told) > 3
    assert {e["url"].split("/")[2] for e in told} == {"idp.acme.test"}


def test_the_session_outlives_its_access_token_and_ends_with_its_refresh_token(lesson: RunsLesson) -> None:
    run = lesson(LESSON)
    tokens = run.namespace["tokens"]
    assert revoked(run) == [tokens["access_token"], tokens["refresh_token"]]
    by_half, whole = (e["number"] for e in run.sandbox.exchanges(path="/v1/revoke"))
    before, between, after = refreshes(run)
    assert before["number"] < by_half < between["number"] < whole < after["number"]
    assert (between["status"], after["status"]) == (200, 400)
    assert json.loads(after["response_body"])["error"] == "invalid_grant"


def test_the_session_ends_in_every_row_though_the_api_serves_on(lesson: RunsLesson) -> None:
    run = lesson(LESSON)
    end = run.sandbox.exchanges(path="/v1/revoke")[-1]
    for table in ("grants", "refresh_families", "access_tokens"):
        assert {row["revoked"] for row in run.sandbox.rows(table)} == {end["time"]}, table
    last = run.sandbox.exchanges(path="/orders")[-1]
    assert (last["number"] > end["number"], last["status"]) == (True, 200)
    assert bearer(last) == run.namespace["tokens"]["access_token"]


def test_the_session_lasts_while_it_is_used_and_seven_days_after(lesson: RunsLesson) -> None:
    run = lesson(LESSON)
    (asked,) = run.sandbox.exchanges(path="/v1/introspect")
    assert json.loads(asked["response_body"])["exp"] == refreshes(run)[0]["time"] + 7 * 24 * HOUR
    assert run.sandbox.rows("refresh_families")[0]["last_used"] == asked["time"]
