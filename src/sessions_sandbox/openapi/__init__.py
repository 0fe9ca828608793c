"""The sandbox described as OpenAPI 3.1: every endpoint, what it takes, and what it answers.

A path stands at one server only, which its `servers` name, so that one document describes them all.
"""

from typing import Any

from sessions_sandbox.openapi.bff import bff_paths
from sessions_sandbox.openapi.cookie_app import cookie_app_paths
from sessions_sandbox.openapi.identity_provider import identity_provider_paths
from sessions_sandbox.openapi.resource_server import resource_server_paths
from sessions_sandbox.openapi.schemas import SCHEMAS
from sessions_sandbox.openapi.security import SECURITY_SCHEMES
from sessions_sandbox.seed import API, APP, IDP

ABOUT = (
    "An identity provider modelled on Okta, a cookie app and an API, for lessons and tests. "
    "All users, passwords, secrets and keys are TEST ONLY. What answers GET answers HEAD too."
)


def description() -> dict[str, Any]:
    """The whole description, a new one each time, which `json.dumps` takes as it is.

    The names of https://*.acme.test are those of the sandbox within a process. A served one has
    `http://idp.localhost:PORT` and so on for the same paths.
    """
    paths = {
        **_at(IDP, "idp", identity_provider_paths()),
        **_at(APP, "app", {**cookie_app_paths(), **bff_paths()}),
        **_at(API, "api", resource_server_paths()),
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "The sessions sandbox", "version": "1", "description": ABOUT},
        "paths": paths,
        "components": {"schemas": SCHEMAS, "securitySchemes": SECURITY_SCHEMES},
    }


def _at(origin: str, name: str, paths: dict[str, Any]) -> dict[str, Any]:
    servers = [
        {"url": origin, "description": "Within a process"},
        {
            "url": f"http://{name}.localhost:{{port}}",
            "description": "Served on this machine",
            "variables": {"port": {"default": "8600"}},
        },
    ]
    return {path: {"servers": servers, **item} for path, item in paths.items()}
