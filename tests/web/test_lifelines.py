"""Who speaks with whom in a run, and when a value is the same."""

from typing import Any

import pytest

from tests.web.modules import call


def exchange(sender: str, host: str) -> dict[str, Any]:
    return {"sender": sender, "url": f"https://{host}/x"}


def test_what_a_server_asks_meanwhile_lies_within() -> None:
    sent = [
        exchange("ModelBrowser", "app.acme.test"),
        exchange("app.acme.test", "idp.acme.test"),
        exchange("app.acme.test", "api.acme.test"),
        exchange("api.acme.test", "idp.acme.test"),
        exchange("Python-urllib/3.14", "idp.acme.test"),
    ]
    arrows = [(row["exchange"], row["side"]) for row in call("wire/lifelines", "arrowsOf", sent)]
    assert arrows == [
        *((0, "request"), (1, "request"), (1, "response"), (2, "request"), (3, "request")),
        *((3, "response"), (2, "response"), (0, "response"), (4, "request"), (4, "response")),
    ]
    assert call("wire/lifelines", "lifelinesOf", sent) == [
        *("your program", "browser", "app", "authorization server", "API")
    ]


def test_other_hosts_have_a_lifeline_of_their_own() -> None:
    sent = [exchange("constructor", "constructor"), exchange("idp.acme.test", "idp.acme.test")]
    names = call("wire/lifelines", "lifelinesOf", sent)
    assert names == ["your program", "authorization server", "constructor"]
    assert [row["side"] for row in call("wire/lifelines", "arrowsOf", sent)] == ["request", "response"] * 2


@pytest.mark.parametrize(
    ("piece", "key"),
    [
        ({"text": "https%3A%2F%2Fapp.acme.test", "mark": "a"}, "https://app.acme.test"),
        ({"text": "100%-certain", "mark": "a"}, "100%-certain"),
        ({"text": "short", "mark": "cookie"}, "cookie short"),
    ],
)
def test_values_are_the_same_however_they_are_written(piece: dict[str, str], key: str) -> None:
    assert call("wire/threads", "keyOf", piece) == key
