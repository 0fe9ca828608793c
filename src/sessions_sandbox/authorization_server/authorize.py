"""The authorization endpoint: the user signs in, and the client gets a code (RFC 6749 §4.1.1, §4.1.2)."""

from dataclasses import asdict
from html import escape
from json import dumps, loads

from werkzeug.wrappers import Request, Response

from sessions_sandbox.authorization_server import consent
from sessions_sandbox.authorization_server.authorization_request import (
    AuthorizationRequest,
    checked,
    client_and_redirect,
)
from sessions_sandbox.authorization_server.server import AuthorizationServer
from sessions_sandbox.authorization_server.sessions import current_session, keep_session, start_session
from sessions_sandbox.http_answers import OAuthError, form_parameters, html_page, parameters, see_other
from sessions_sandbox.ids import fingerprint
from sessions_sandbox.login_form import WRONG, LoginForm, delete_cookie
from sessions_sandbox.records import AuthorizationCode, Grant, IdpSession

LOGIN_COOKIE = "__Host-idp_login"


def authorize(server: AuthorizationServer, request: Request) -> Response:
    """Check the request, then give a code to a browser that is signed in, and the login form to any other."""
    try:
        sent = form_parameters(request) if request.method == "POST" else parameters(request.query_string)
        client, redirect_uri = client_and_redirect(server, sent)
    except OAuthError as error:
        return html_page("This sign-in link does not work", f"<p>{escape(error.description)}</p>", 400)
    try:
        asked = checked(server, client, redirect_uri, sent)
        session = current_session(server, request)
        if session is not None and not _must_sign_in_again(server, asked, session):
            return _go_on(server, asked, session)
        if asked.prompt == "none":
            raise OAuthError("login_required", "The user is not signed in.")
    except OAuthError as error:
        answer = {"error": error.error, "error_description": error.description}
        return _back(server, redirect_uri, answer, sent.get("state"))
    return _form(server).show(dumps(asdict(asked)))


def login(server: AuthorizationServer, request: Request) -> Response:
    """`POST /v1/login`: the sent login form. A good one starts a session and goes on with the request."""
    user, pending = _form(server).read(request)
    if pending is None:
        return html_page("This form is no longer valid", "<p>Go back to the app and sign in again.</p>", 400)
    if user is None:
        return _form(server).show(pending.continue_to, 401, WRONG)
    session, secret = start_session(server, request, user)
    response = _go_on(server, AuthorizationRequest(**loads(pending.continue_to)), session)
    delete_cookie(response, LOGIN_COOKIE)
    keep_session(response, secret)
    return response


def decide(server: AuthorizationServer, request: Request) -> Response:
    """`POST /v1/consent`: what the user said on the consent page; a refusal is told to the client."""
    session = current_session(server, request)
    answered = consent.read(server, request, session) if session is not None else None
    if session is None or answered is None:
        return html_page("This page is no longer valid", "<p>Go back to the app and sign in again.</p>", 400)
    asked, allowed = AuthorizationRequest(**loads(answered[0])), answered[1]
    if not allowed:
        return _refuse(server, asked, OAuthError("access_denied", "The user did not allow it."))
    consent.remember(server, asked.client_id, asked.scope, session.uid)
    return _issue_code(server, asked, session)


def _go_on(server: AuthorizationServer, asked: AuthorizationRequest, session: IdpSession) -> Response:
    """What a user gets who is signed in: an error, the consent page, or a code."""
    if _is_for_another(asked, session):
        return _refuse(server, asked, OAuthError("login_required", "The id_token_hint is another user's."))
    if server.switches.access_denied:
        return _refuse(server, asked, OAuthError("access_denied", "The policy does not let the user in."))
    if not consent.is_needed(server, asked.client_id, asked.scope, asked.prompt, session.uid):
        return _issue_code(server, asked, session)
    if asked.prompt == "none":
        return _refuse(server, asked, OAuthError("consent_required", "The user has not allowed it yet."))
    return consent.show(server, asked.client_id, asked.scope, session, dumps(asdict(asked)))


def _must_sign_in_again(
    server: AuthorizationServer, asked: AuthorizationRequest, session: IdpSession
) -> bool:
    """Whether the client wants a fresh authentication (OpenID Connect Core 1.0 §3.1.2.1)."""
    if "login" in asked.prompt.split() or asked.max_age == 0 or _is_for_another(asked, session):
        return True
    return asked.max_age is not None and server.clock.now() - session.auth_time > asked.max_age


def _is_for_another(asked: AuthorizationRequest, session: IdpSession) -> bool:
    """Whether the client asks for another user than the session's (OpenID Connect Core 1.0 §3.1.2.2)."""
    return asked.sub is not None and asked.sub != session.uid


def _issue_code(server: AuthorizationServer, asked: AuthorizationRequest, session: IdpSession) -> Response:
    """A code for this client, this redirect URI and this challenge, good for one use (RFC 6749 §4.1.2)."""
    grant = Grant(
        grant_id=server.ids.make("grant"),
        server=server.settings.name,
        client_id=asked.client_id,
        uid=session.uid,
        scope=asked.scope,
        auth_time=session.auth_time,
        sid=session.sid,
        issuer=server.issuer,
    )
    server.store.add(grant)
    secret = server.ids.make("authorization code")
    code = AuthorizationCode(
        code_hash=fingerprint(secret),
        server=server.settings.name,
        client_id=asked.client_id,
        redirect_uri=asked.redirect_uri,
        code_challenge=asked.code_challenge,
        nonce=asked.nonce,
        grant_id=grant.grant_id,
        expires=server.clock.now() + server.lifetimes.authorization_code_seconds,
        jkt=asked.dpop_jkt,
    )
    server.store.add(code)
    server.log("app.oauth2.as.authorize.code", client=asked.client_id, uid=session.uid)
    return _back(server, asked.redirect_uri, {"code": secret}, asked.state)


def _refuse(server: AuthorizationServer, asked: AuthorizationRequest, error: OAuthError) -> Response:
    """Tell the client of an error (RFC 6749 §4.1.2.1)."""
    answer = {"error": error.error, "error_description": error.description}
    return _back(server, asked.redirect_uri, answer, asked.state)


def _back(
    server: AuthorizationServer, redirect_uri: str, answer: dict[str, str], state: str | None
) -> Response:
    """Send the browser back to the client, with errors as with codes; by switch, with `iss` (RFC 9207 §2)."""
    iss = {"iss": server.issuer} if server.switches.authorization_response_iss else {}
    return see_other(redirect_uri, {**answer, **({"state": state} if state else {}), **iss})


def _form(server: AuthorizationServer) -> LoginForm:
    action = server.endpoint("login")
    return LoginForm(LOGIN_COOKIE, action, server.store, server.clock, server.ids)
