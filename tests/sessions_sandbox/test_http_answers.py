"""What several servers answer, and how they read what they are sent."""

import pytest

from sessions_sandbox.http_answers import OAuthError, html_page, parameters, see_other


def test_an_error_keeps_its_headers_and_is_not_kept_itself() -> None:
    response = OAuthError("invalid_client", "who?", 401, {"WWW-Authenticate": "Basic"}).response()
    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, "Basic")
    assert (response.headers["Cache-Control"], response.headers["Pragma"]) == ("no-store", "no-cache")
    assert "WWW-Authenticate" not in OAuthError("invalid_request", "what?").response().headers


def test_a_page_is_neither_kept_nor_framed_nor_told_of() -> None:
    page = html_page("A page", "")
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"


def test_the_browser_is_sent_with_an_answer_or_without() -> None:
    assert see_other("https://a.test/b", {}).headers["Location"] == "https://a.test/b"
    assert see_other("https://a.test/b", {"c": "d"}).headers["Location"] == "https://a.test/b?c=d"
    answer = see_other("https://a.test/b?e", {"c": "d"})
    assert answer.headers["Location"] == "https://a.test/b?e&c=d"
    assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")


@pytest.mark.parametrize("sent", [b"a=%FF", b"a=\xff", b"a=&a=", b"a=b&a="])
def test_what_cannot_be_read_or_is_repeated_is_refused(sent: bytes) -> None:
    with pytest.raises(OAuthError):
        parameters(sent)


def test_what_has_no_value_is_absent() -> None:
    assert parameters(b"a=&b=c") == {"b": "c"}
