"""Signing in: the authorization code flow with PKCE, state and nonce (OpenID Connect Core 1.0 §3.1)."""

import base64
import hashlib
import hmac
from typing import Any

from werkzeug.wrappers import Request, Response

from sessions_sandbox.bff.id_token import Claims, TokenRefused, verify_id_token
from sessions_sandbox.bff.provider import SCOPE, NoAnswer, Provider, Refused
from sessions_sandbox.clock import Clock
from sessions_sandbox.http_answers import OAuthError, parameters, see_other
from sessions_sandbox.ids import SeededIds, fingerprint
from sessions_sandbox.login_form import set_cookie
from sessions_sandbox.records import BffLogin
from sessions_sandbox.seed import LOGIN_FORM_SECONDS
from sessions_sandbox.stores import Store

LOGIN_COOKIE = "__Host-bff_login"


class SignInRefused(Exception):
    """Nobody is signed in. `status` and the message, which is HTML, are for the page that says so."""

    status = 400


class NoSignInNow(SignInRefused):
    """It may work later."""

    status = 503


class SignIn:
    """Sends the browser away, and reads what it comes back with. A cookie tells that it is the same one."""

    def __init__(self, store: Store, clock: Clock, ids: SeededIds, provider: Provider) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._provider = provider

    def begin(self) -> Response:
        """303 to the authorization endpoint. State, nonce and verifier stay here."""
        secret = self._ids.make("bff login")
        login = BffLogin(
            id_hash=fingerprint(secret),
            state=self._ids.make("bff state"),
            nonce=self._ids.make("bff nonce"),
            code_verifier=self._ids.make("bff code verifier"),
            expires=self._clock.now() + LOGIN_FORM_SECONDS,
        )
        self._store.add(login)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(login.code_verifier.encode()).digest())
        address = self._provider.address(
            "authorize",
            response_type="code",
            client_id=self._provider.client.id,
            redirect_uri=self._provider.client.redirect_uri,
            scope=SCOPE,
            state=login.state,
            nonce=login.nonce,
            code_challenge=challenge.rstrip(b"=").decode(),
            code_challenge_method="S256",
        )
        response = see_other(address, {})
        set_cookie(response, LOGIN_COOKIE, secret)
        return response

    def finish(self, request: Request) -> tuple[Claims, dict[str, Any]]:
        """The ID token's claims and the token response, for a browser that comes back.

        Raises `SignInRefused`.
        """
        try:
            answer = parameters(request.query_string)
            login = self._login(request, answer.get("state", ""))
            if answer.get("iss", self._provider.issuer) != self._provider.issuer:
                raise SignInRefused("The answer is of another identity provider.")  # RFC 9207 §2.4
            if "code" not in answer:
                raise SignInRefused("The identity provider has signed nobody in.")
            tokens = self._provider.tokens(
                grant_type="authorization_code",
                code=answer["code"],
                redirect_uri=self._provider.client.redirect_uri,
                code_verifier=login.code_verifier,
            )
            id_token, access_token = tokens.get("id_token", ""), tokens["access_token"]
            return verify_id_token(self._provider, id_token, login.nonce, access_token), tokens
        except (OAuthError, Refused, TokenRefused) as error:
            raise SignInRefused("What the identity provider answered is not in order.") from error
        except NoAnswer as error:
            raise NoSignInNow("The identity provider cannot be asked now.") from error

    def _login(self, request: Request, state: str) -> BffLogin:
        """The sign-in that this browser began, which is used up by that."""
        key = fingerprint(request.cookies.get(LOGIN_COOKIE, ""))
        login = self._store.get(BffLogin, key)
        if (
            login is None
            or login.expires <= self._clock.now()
            or not hmac.compare_digest(login.state.encode(), state.encode())
            or not self._store.remove(BffLogin, key)
        ):
            raise SignInRefused("This browser has not begun this sign-in, or it is over.")
        return login
