"""`https://api.acme.test`: an API, and the ways in which it checks an access token."""

from sessions_sandbox.resource_server.app import ResourceServer

__all__ = ["ResourceServer"]
