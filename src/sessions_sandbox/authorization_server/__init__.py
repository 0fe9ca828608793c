"""The identity provider: a Custom and an Org authorization server, modelled on Okta's, at one origin."""

from sessions_sandbox.authorization_server.app import IdentityProvider
from sessions_sandbox.authorization_server.server import AuthorizationServer

__all__ = ["AuthorizationServer", "IdentityProvider"]
