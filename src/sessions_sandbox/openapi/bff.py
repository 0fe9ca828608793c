"""`https://app.acme.test/bff/*`: the backend for frontend."""

from sessions_sandbox.openapi.parts import (
    NO_STORE,
    PRESENT,
    SET_COOKIE,
    TEXT,
    Part,
    answer,
    form,
    header,
    operation,
    page,
    query,
    ref,
    see_other,
)
from sessions_sandbox.openapi.security import BFF_SESSION

PAGE_HEADER: Part = {"name": "X-BFF", "in": "header", "required": True, "schema": {"const": "1"}}
FORGOTTEN: Part = {**NO_STORE, "Set-Cookie": header(required=False)}
NOT_FOR_YOU: Part = {
    "401": answer("There is no session", FORGOTTEN, json=ref("Error")),
    "403": answer("The header X-BFF is missing", NO_STORE, json=ref("Error")),
}
UNREACHABLE = answer(
    "The authorization server cannot be asked, or a store fails",
    {"Retry-After": header()},
    json=ref("Error"),
)


def bff_paths() -> dict[str, Part]:
    """Path → operations."""
    return {
        "/bff/login": {"get": _login()},
        "/bff/callback": {"get": _callback()},
        "/bff/user": {"get": _for_the_page("bff_user", "Who is signed in?", "BffUser")},
        "/bff/logout": {
            "post": _for_the_page("bff_logout", "End the session here; the page goes on", "LogoutUrl")
        },
        "/bff/backchannel-logout": {"post": _back_channel_logout()},
        "/bff/api/orders": {
            "get": _forwarded("bff_list_orders", "Orders"),
            "post": _forwarded("bff_add_order", "NewOrder"),
        },
        "/bff/api/payments": {"post": _forwarded("bff_pay", "Payment")},
    }


def _login() -> Part:
    responses = {"303": see_other("To the identity provider", SET_COOKIE)}
    return operation("bff_login", "Begin a sign-in", responses)


def _callback() -> Part:
    responses = {
        "303": see_other("Signed in, under a new session id", SET_COOKIE),
        "400": page("This browser has not begun this sign-in, or the answer is not in order"),
        "503": answer(
            "The identity provider cannot be asked, or a store fails", html=TEXT, json=ref("Error")
        ),
    }
    asked = query({}, dict.fromkeys(("code", "state", "error", "iss"), TEXT))
    return operation("bff_callback", "The browser comes back with a code", responses, parameters=asked)


def _for_the_page(name: str, about: str, schema: str) -> Part:
    responses = {"200": answer("Done", FORGOTTEN, json=ref(schema)), **NOT_FOR_YOU}
    return operation(name, about, responses, parameters=[PAGE_HEADER], security=BFF_SESSION)


def _forwarded(name: str, schema: str) -> Part:
    refused = {status: answer("As the API says, or the header is missing", NO_STORE, json=ref("Error"))
               for status in ("400", "403")}  # fmt: skip
    responses = {
        "200": answer("What the API answers", NO_STORE, json=ref(schema)),
        **NOT_FOR_YOU,
        **refused,
        "503": UNREACHABLE,
    }
    about = "Passed on to the API with the access token of the session"
    return operation(name, about, responses, parameters=[PAGE_HEADER], security=BFF_SESSION)


def _back_channel_logout() -> Part:
    responses = {
        "200": answer("The sessions have ended", NO_STORE),
        "400": answer("The logout token does not count", NO_STORE, json=ref("Error")),
    }
    about = (
        "The identity provider tells of a logout (OpenID Connect Back-Channel Logout 1.0 §2.5). Not Okta's."
    )
    return operation("bff_backchannel_logout", about, responses, requestBody=form({"logout_token": PRESENT}))
