"""Your own authorization server in the place of the sandbox, for programs that need standard endpoints."""

from sessions_sandbox.own_issuer.handle import OwnIssuer
from sessions_sandbox.own_issuer.settings import settings_from

__all__ = ["OwnIssuer", "settings_from"]
