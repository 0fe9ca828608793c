"""`https://app.acme.test`: cookie sessions."""

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
    ref,
    see_other,
)
from sessions_sandbox.openapi.security import APP_SESSION

WRONG_FORM = answer("No form, or one that is no longer valid", NO_STORE, json=ref("AppError"))
NO_SESSION = answer("There is no session", NO_STORE, json=ref("Error"))
CSRF_HEADER: Part = {
    "name": "X-CSRF-Token",
    "in": "header",
    "required": False,
    "schema": TEXT,
    "description": "The token of `/me`; it may stand in the form instead.",
}


def cookie_app_paths() -> dict[str, Part]:
    """Path → operations."""
    return {
        "/": {"get": operation("home", "The front page", {"200": page("The front page")})},
        "/login": {"get": _show_login(), "post": _log_in()},
        "/me": {"get": _me()},
        "/sessions": {"get": _list_sessions()},
        "/sessions/revoke-others": {"post": _revoke_others()},
        "/transfer": {"post": _transfer()},
        "/logout": {"post": _log_out()},
    }


def _show_login() -> Part:
    return operation("show_login", "The login form", {"200": page("The login form", SET_COOKIE)})


def _log_in() -> Part:
    fields = dict.fromkeys(("csrf_token", "username", "password"), TEXT)
    responses = {
        "303": see_other("Signed in, under a new session id", SET_COOKIE),
        "400": WRONG_FORM,
        "401": page("The name or the password is wrong: the form again", SET_COOKIE),
    }
    return operation("log_in", "The sent login form", responses, requestBody=form(fields))


def _me() -> Part:
    responses = {
        "200": answer("The user of the session", NO_STORE, json=ref("Me")),
        "401": NO_SESSION,
    }
    return operation("me", "Who is signed in?", responses, security=APP_SESSION)


def _list_sessions() -> Part:
    responses = {"200": answer("The live ones", NO_STORE, json=ref("Sessions")), "401": NO_SESSION}
    return operation("list_sessions", "All sessions of the user", responses, security=APP_SESSION)


def _revoke_others() -> Part:
    responses = {
        "200": answer("They have ended", NO_STORE, json=ref("Ended")),
        "400": WRONG_FORM,
        "401": NO_SESSION,
        "403": answer("The password or the CSRF token is wrong", NO_STORE, json=ref("Error")),
    }
    return _change(
        "revoke_other_sessions", "End all sessions of the user but this one", responses, "password"
    )


def _transfer() -> Part:
    responses = {
        "201": answer("The money is sent", NO_STORE, json=ref("Transfer")),
        "400": WRONG_FORM,
        "401": NO_SESSION,
        "403": answer("The CSRF token is wrong", NO_STORE, json=ref("Error")),
    }
    return _change("transfer", "Send money to another user", responses, "to", "amount")


def _change(name: str, about: str, responses: Part, *fields: str) -> Part:
    body = form(dict.fromkeys(fields, PRESENT), {"csrf_token": TEXT})
    return operation(name, about, responses, parameters=[CSRF_HEADER], requestBody=body, security=APP_SESSION)


def _log_out() -> Part:
    forgotten = {"Clear-Site-Data": header(required=False), "Set-Cookie": header(required=False)}
    responses = {
        "303": see_other("Signed out", forgotten),
        "400": WRONG_FORM,
        "403": answer("The CSRF token is wrong: the session stays", NO_STORE, json=ref("Error")),
    }
    body = {**form({}, {"csrf_token": TEXT}), "required": False}
    return operation(
        "log_out",
        "End the session on the server, then ask the browser to forget its cookie",
        responses,
        parameters=[CSRF_HEADER],
        requestBody=body,
        security=APP_SESSION,
    )
