"""One login, two shapes: what each client holds and sends, what the servers keep, what a log gives away."""

from collections.abc import Callable

from sessions_sandbox.network.trace import Exchange
from tests.snippets.conftest import RunLesson

LESSON = "start/one_login_two_shapes"


def headers(exchange: Exchange) -> dict[str, str]:
    return dict(exchange["request_headers"])


def test_a_browser_holds_one_cookie_and_a_client_three_tokens(lesson: Callable[[str], RunLesson]) -> None:
    run = lesson(LESSON)
    assert run.namespace["browser"].session.cookies.keys() == ["__Host-sid"]
    assert {"access_token", "id_token", "refresh_token"} <= run.namespace["tokens"].keys()


def test_the_browser_sends_its_cookie_to_the_app_and_nothing_to_the_api(
    lesson: Callable[[str], RunLesson],
) -> None:
    run = lesson(LESSON)
    sid = run.namespace["browser"].session.cookies["__Host-sid"]
    (me,) = [exchange for exchange in run.sandbox.exchanges(path="/me") if "Cookie" in headers(exchange)]
    assert (headers(me)["Cookie"], me["status"]) == (f"__Host-sid={sid}", 200)
    from_browser = run.sandbox.exchanges("api.acme.test", "/orders")[0]
    assert from_browser["sender"] == me["sender"] == "ModelBrowser"
    assert not {"Cookie", "Authorization"} & headers(from_browser).keys()
    assert from_browser["status"] == 401


def test_the_api_takes_the_token_and_the_app_does_not(lesson: Callable[[str], RunLesson]) -> None:
    run = lesson(LESSON)
    bearer = f"Bearer {run.namespace['tokens']['access_token']}"
    answers = {
        exchange["url"]: exchange["status"]
        for exchange in run.exchanges
        if headers(exchange).get("Authorization") == bearer
    }
    assert answers == {f"{run.sandbox.app}/me": 401, f"{run.sandbox.api}/orders": 200}


def test_both_logins_leave_rows_of_alice(lesson: Callable[[str], RunLesson]) -> None:
    sandbox = lesson(LESSON).sandbox
    ((session,), (grant,), (family,)) = map(sandbox.rows, ("app_sessions", "grants", "refresh_families"))
    assert session["login"] == "alice@acme.test"
    assert (grant["uid"], grant["client_id"]) == (session["uid"], sandbox.client("web").id)
    assert family["grant_id"] == grant["grant_id"]


def test_the_whole_token_in_a_log_opens_the_api_and_its_hash_does_not(
    lesson: Callable[[str], RunLesson],
) -> None:
    run = lesson(LESSON)
    leaked, redacted = run.exchanges[-2:]
    assert run.namespace["token"] in headers(leaked)["Authorization"]
    assert leaked["status"] == 200
    assert headers(redacted)["Authorization"].startswith("Bearer sha256:")
    assert redacted["status"] == 401


def test_no_credential_is_printed(lesson: Callable[[str], RunLesson]) -> None:
    run = lesson(LESSON)
    tokens = run.namespace["tokens"]
    held = [tokens["access_token"], tokens["id_token"], tokens["refresh_token"]]
    for credential in [*held, run.namespace["browser"].session.cookies["__Host-sid"]]:
        assert credential[:12] not in run.output
