"""What a server answered, on one line."""

import pytest
import requests

from sessions_sandbox import SandboxError
from sessions_sandbox.reading import FAILS, TOO_MANY, error_of, in_words, object_in


def answer(status: int, body: bytes = b"", reason: str | None = "Why", **headers: str) -> requests.Response:
    reply = requests.Response()
    reply.status_code, reply._content, reply.url = status, body, "http://x/y"
    reply.headers.update(headers)
    reply.reason = reason  # type: ignore[assignment]
    return reply


OKTA = b'{"errorCode": "E0000047", "errorSummary": "Too many.", "errorLink": "E0000047", "errorCauses": []}'


@pytest.mark.parametrize(
    ("reply", "words", "error"),
    [
        (answer(400, b'{"error": "a", "error_description": "b", "x": 1}'), "400 Why: a: b", "a"),
        (answer(400, b'{"error": "a"}'), "400 Why: a", "a"),
        (answer(400, b'{"error_description": "b"}'), "400 Why: b", "b"),
        (answer(403, OKTA), "403 Why: E0000047: Too many.", "E0000047"),
        (answer(429, OKTA), f"429 Why: E0000047: Too many. ({TOO_MANY})", "E0000047"),
        (answer(499, b"no"), "499 Why: no", None),
        (answer(500, b"no"), f"500 Why: no ({FAILS})", "500"),
        (answer(503, b'{"error": "a"}'), f"503 Why: a ({FAILS})", "a"),
        (answer(200, b"[1]"), "200 Why: [1]", None),
        (answer(200, b'{"active": true}'), '200 Why: {"active": true}', None),
        (answer(200, b" \n"), "200 Why: nothing else", None),
        (answer(204, reason=None), "204: nothing else", None),
        (answer(200, b"<p class='x'>It\n <b>works</b></p>"), "200 Why: It works", None),
        (answer(200, b"a\x1b[2Jb\x00"), "200 Why: a?[2Jb?", None),
        (answer(200, b"1" * 5000), f"200 Why: {'1' * 291}…", None),
        (answer(200, b"x" * 291), f"200 Why: {'x' * 291}", None),
        (answer(200, b"[" * 100_000), f"200 Why: {'[' * 291}…", None),
        (answer(302, b"x", Location="/z"), "302 Why: a redirect to /z", None),
        (answer(200, b"x", Location="/z"), "200 Why: x", None),
    ],
)
def test_an_answer_in_words(reply: requests.Response, words: str, error: str | None) -> None:
    assert (in_words(reply), error_of(reply)) == (words, error)


def test_an_object_is_given() -> None:
    assert object_in(answer(200, b'{"a": 1}')) == {"a": 1}


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"<p>"])
def test_what_is_no_object_is_quoted(body: bytes) -> None:
    with pytest.raises(
        SandboxError, match=r"http://x/y gave no JSON object: is that a sandbox\? It answered 200"
    ):
        object_in(answer(200, body))
