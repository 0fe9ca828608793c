"""Holds answers against the OpenAPI description of the sandbox."""

import re
from typing import Any
from urllib.parse import urlsplit

import requests
import schemathesis
from schemathesis import Case
from schemathesis.checks import CheckContext
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from sessions_sandbox.openapi import description

schemathesis.serializer.alias("application/secevent+jwt", "text/plain")
AnyCase = Case[Any]
DESCRIPTION = description()
PATHS: dict[str, dict[str, Any]] = DESCRIPTION["paths"]
SCHEMA = schemathesis.openapi.from_dict(description())
METHODS = ("get", "post", "options")
OPERATIONS = [(path, method) for path, item in PATHS.items() for method in METHODS if method in item]
INTERNALS = re.compile(
    rb"Traceback|File \"|, line \d+|\.py\b|site-packages|werkzeug|sessions_sandbox|sqlite|pyjwt|"
    rb"0x[0-9a-f]{8}|<(?:class|function|bound method|module) |[A-Za-z]+(?:Error|Exception)\(|"
    rb"(?:Key|Type|Value|Index|Attribute|Recursion|Overflow|Assertion|Unicode\w+|Decode|Runtime|Sandbox)Error|/(?:usr|home|root|tmp)/",
    re.IGNORECASE,
)
"""What only a program that fails would say."""


def no_trace_of_internals(ctx: CheckContext, response: Response, case: AnyCase) -> None:
    """Neither head nor body quotes code, its files, its modules or its exceptions."""
    head = "\n".join(f"{name}: {value}" for name, values in response.headers.items() for value in values)
    found = INTERNALS.search(head.encode() + b"\n\n" + (response.content or b""))
    assert found is None, f"{found!r} in the answer to {case.method} {case.path}"


CONFORMANCE = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    no_trace_of_internals,
]


def origin_of(path: str) -> str:
    """Where a path stands."""
    origin: str = PATHS[path]["servers"][0]["url"]
    return origin


def check(response: requests.Response) -> tuple[str, str, str]:
    """Path, method and status of an answer that is as described. Fails for any other."""
    url, method = urlsplit(str(response.request.url)), str(response.request.method)
    assert f"{url.scheme}://{url.netloc}" == origin_of(url.path)
    SCHEMA[url.path][method].Case().validate_response(response, checks=CONFORMANCE)
    return url.path, method.lower(), str(response.status_code)
