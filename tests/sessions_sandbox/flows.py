"""What the tests do again and again: ask an endpoint as a client, and walk the code flow step by step."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from sessions_sandbox import Sandbox
from sessions_sandbox.browser import ModelBrowser
from sessions_sandbox.records import User

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
"""The pair of RFC 7636, Appendix B."""
ALICE = ("alice@acme.test", "alice-test-only")
BOB = ("bob@acme.test", "bob-test-only")


def url_of(sandbox: Sandbox, endpoint: str, *, org: bool = False) -> str:
    """Where an endpoint stands, such as `token`."""
    return f"{sandbox.org_issuer}/oauth2/v1/{endpoint}" if org else f"{sandbox.issuer}/v1/{endpoint}"


def ask(
    sandbox: Sandbox, endpoint: str, client: str = "web", *, org: bool = False, **form: Any
) -> requests.Response:
    """POST to an endpoint as a client: by Basic, or as a public one."""
    registered = sandbox.client(client)
    url = url_of(sandbox, endpoint, org=org)
    if registered.secret is None:
        return requests.post(url, {"client_id": registered.id, **form}, timeout=5)
    return requests.post(url, form, auth=registered.credentials, timeout=5)


def authorization_url(sandbox: Sandbox, client: str = "web", *, org: bool = False, **changes: Any) -> str:
    """The URL of a good request with PKCE, changed; a parameter changed to `None` is left out."""
    registered = sandbox.client(client)
    good = {
        "response_type": "code",
        "client_id": registered.id,
        "redirect_uri": registered.redirect_uri,
        "scope": "openid offline_access" + ("" if org else " orders:read orders:write"),
        "state": "the state",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    sent = {name: value for name, value in {**good, **changes}.items() if value is not None}
    return f"{url_of(sandbox, 'authorize', org=org)}?{urlencode(sent)}"


def get(url: str) -> requests.Response:
    """GET without cookies and without following."""
    return requests.get(url, allow_redirects=False, timeout=5)


def answer_in(url: str) -> dict[str, str]:
    """The parameters of a URL that leads back to a client."""
    return {name: value for name, [value] in parse_qs(urlsplit(url).query).items()}


def code_for(
    sandbox: Sandbox,
    client: str = "web",
    *,
    browser: ModelBrowser | None = None,
    org: bool = False,
    **changes: Any,
) -> str:
    """Sign Alice in, and give the code that the client gets."""
    url = authorization_url(sandbox, client, org=org, **changes)
    return answer_in((browser or sandbox.browser()).sign_in(url, *ALICE))["code"]


def redeem(
    sandbox: Sandbox, code: str, client: str = "web", *, org: bool = False, **changes: Any
) -> requests.Response:
    """Send a code to the token endpoint; a parameter changed to `None` is left out."""
    good = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": sandbox.client(client).redirect_uri,
        "code_verifier": VERIFIER,
    }
    form = {name: value for name, value in {**good, **changes}.items() if value is not None}
    return ask(sandbox, "token", client, org=org, **form)


def tokens_for(sandbox: Sandbox, client: str = "web", *, org: bool = False, **changes: Any) -> Any:
    """Alice's tokens, by the whole flow."""
    reply = redeem(sandbox, code_for(sandbox, client, org=org, **changes), client, org=org)
    assert reply.status_code == 200, reply.text
    return reply.json()


def refresh(
    sandbox: Sandbox, token: str, client: str = "web", *, org: bool = False, **form: Any
) -> requests.Response:
    """Redeem a refresh token."""
    return ask(sandbox, "token", client, org=org, grant_type="refresh_token", refresh_token=token, **form)


def is_active(sandbox: Sandbox, token: str, *, org: bool = False) -> bool:
    """What introspection says of a token."""
    reply = ask(sandbox, "introspect", "rs", org=org, token=token)
    assert reply.status_code == 200, reply.text
    return reply.json()["active"] is True


def error_of(reply: requests.Response) -> tuple[int, str]:
    """Status and `error`; the body must have the members of RFC 6749 §5.2 and no others."""
    body = reply.json()
    assert set(body) == {"error", "error_description"}
    assert reply.headers["Cache-Control"] == "no-store"
    return reply.status_code, body["error"]


def deactivate(sandbox: Sandbox, login: str) -> None:
    """Switch an account off, as an administrator does."""
    (user,) = sandbox.store.find(User, login=login)
    assert sandbox.store.replace(user, replace(user, active=False))
