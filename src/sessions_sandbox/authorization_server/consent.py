"""Consent: a user lets a client have what it asks for, once (OpenID Connect Core 1.0 §3.1.2.4)."""

from dataclasses import replace
from html import escape

from werkzeug.wrappers import Request, Response

from sessions_sandbox.authorization_server.server import AuthorizationServer
from sessions_sandbox.http_answers import form_parameters, html_page
from sessions_sandbox.ids import fingerprint
from sessions_sandbox.records import Consent, IdpSession, PendingConsent
from sessions_sandbox.seed import LOGIN_FORM_SECONDS
from sessions_sandbox.stores import change


def is_needed(server: AuthorizationServer, client_id: str, scope: str, prompt: str, uid: str) -> bool:
    """Whether the user has to be asked: for more than was allowed, or because the client wants it.

    Nobody is asked unless `consent_required` is on.
    """
    if not server.switches.consent_required:
        return False
    given = server.store.get(Consent, _key(server, client_id, uid))
    return "consent" in prompt.split() or given is None or not set(scope.split()) <= set(given.scope.split())


def show(
    server: AuthorizationServer, client_id: str, scope: str, session: IdpSession, continue_to: str
) -> Response:
    """The page that asks. `continue_to` is kept on the server and comes back from `read`."""
    csrf_token, expires = server.ids.make("csrf token"), server.clock.now() + LOGIN_FORM_SECONDS
    server.store.add(PendingConsent(fingerprint(csrf_token), session.id_hash, continue_to, expires))
    client = server.client(client_id)
    name = escape(client.name if client else client_id)
    scopes = "".join(f"<li>{escape(one)}</li>" for one in scope.split())
    return html_page(
        f"Allow {name}?",
        f"<p>The client {name} asks for:</p><ul>{scopes}</ul>"
        f'<form method="post" action="{escape(server.endpoint("consent"))}">'
        f'<input type="hidden" name="csrf_token" value="{escape(csrf_token)}">'
        '<p><button name="decision" value="allow">Allow</button> '
        '<button name="decision" value="deny">Deny</button></p></form>',
    )


def read(server: AuthorizationServer, request: Request, session: IdpSession) -> tuple[str, bool] | None:
    """What the page was shown for, and whether the user allowed it; the page is used up by that.

    `None`: the page is unknown, expired, or was shown in another session; its CSRF token tells. Raises
    `OAuthError` for a body that is no form.
    """
    form = form_parameters(request)
    key = fingerprint(form.get("csrf_token", ""))
    pending = server.store.get(PendingConsent, key)
    if pending is None or pending.session != session.id_hash or pending.expires <= server.clock.now():
        return None
    if not server.store.remove(PendingConsent, key):
        return None
    return pending.continue_to, form.get("decision") == "allow"


def remember(server: AuthorizationServer, client_id: str, scope: str, uid: str) -> None:
    """Note that the user allowed a client a scope, beside what they allowed it before."""
    key = _key(server, client_id, uid)
    consent = Consent(key, server.settings.name, client_id, uid, scope, server.clock.now())
    if not server.store.add(consent):
        change(server.store, Consent, key, lambda row: replace(consent, scope=_both(row.scope, scope)))
    server.log("app.oauth2.as.consent.grant", client=client_id, uid=uid, detail=scope)


def withdraw(server: AuthorizationServer, consent: Consent, detail: str) -> None:
    """Forget what the user allowed a client: they are asked again. Tokens that were issued for it live on."""
    if server.store.remove(Consent, consent.key):
        server.log("app.oauth2.as.consent.revoke", client=consent.client_id, uid=consent.uid, detail=detail)


def _both(one: str, other: str) -> str:
    return " ".join(dict.fromkeys([*one.split(), *other.split()]))


def _key(server: AuthorizationServer, client_id: str, uid: str) -> str:
    return f"{server.settings.name} {client_id} {uid}"
