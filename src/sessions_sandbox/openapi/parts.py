"""What the descriptions of endpoints are put together from: answers, headers, forms, parameters."""

from typing import Any

from sessions_sandbox.http_answers import FORM

Part = dict[str, Any]

TEXT: Part = {"type": "string"}
PRESENT: Part = {"type": "string", "minLength": 1}
"""A parameter without a value counts as absent (RFC 6749 §3.1, §3.2)."""
SECONDS: Part = {"type": "integer", "minimum": 0, "description": "Seconds"}
TIME: Part = {"type": "integer", "description": "Unix seconds"}


def header(value: str | None = None, *, required: bool = True) -> Part:
    """A header, with this value or with any."""
    return {"required": required, "schema": TEXT if value is None else {"const": value}}


NO_STORE: Part = {"Cache-Control": header("no-store")}
CHALLENGE: Part = {"WWW-Authenticate": header()}
SET_COOKIE: Part = {"Set-Cookie": header()}
PAGE: Part = {
    **NO_STORE,
    "Referrer-Policy": header("no-referrer"),
    "Content-Security-Policy": header("default-src 'none'; frame-ancestors 'none'"),
}


def ref(name: str) -> Part:
    """One of the schemas."""
    return {"$ref": f"#/components/schemas/{name}"}


def one_of(*values: str) -> Part:
    return {"type": "string", "enum": list(values)}


def record(required: Part, optional: Part | None = None, *, more: bool = False) -> Part:
    """An object with these members; `more`: and others."""
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": more,
    }


def answer(about: str, headers: Part | None = None, **content: Part) -> Part:
    """An answer. `content`: the schema of its body as `json`, `html` or `text`; without one it is empty."""
    kinds = {"json": "application/json", "html": "text/html", "text": "text/plain"}
    bodies = {kinds[name]: {"schema": schema} for name, schema in content.items()}
    parts: Part = {"headers": headers or {}, "content": bodies}
    return {"description": about, **{name: part for name, part in parts.items() if part}}


def page(about: str, headers: Part | None = None) -> Part:
    """A page for a person to read."""
    return answer(about, {**PAGE, **(headers or {})}, html=TEXT)


def see_other(about: str, headers: Part | None = None) -> Part:
    """A redirection that the browser follows by GET."""
    return answer(about, {"Location": header(), **NO_STORE, **(headers or {})})


OAUTH_ERROR = answer("The request is wrong (RFC 6749 §5.2)", NO_STORE, json=ref("OAuthError"))
INVALID_CLIENT = answer(
    "The client is not who it says it is (RFC 6749 §5.2)", {**NO_STORE, **CHALLENGE}, json=ref("OAuthError")
)
TOO_LARGE = answer("The body is too large", json=ref("TooLarge"))
STORE_FAILED = answer(
    "The store of a served sandbox cannot be reached", {"Retry-After": header()}, json=ref("Error")
)


def form(required: Part, optional: Part | None = None) -> Part:
    """An urlencoded body. What it has beyond these is ignored (RFC 6749 §3.2)."""
    return form_of(record(required, optional, more=True))


def form_of(schema: Part) -> Part:
    return {"required": True, "content": {FORM: {"schema": schema}}}


def query(required: Part, optional: Part | None = None) -> list[Part]:
    """The same in a URL."""
    return [
        {"name": name, "in": "query", "required": name in required, "schema": schema}
        for name, schema in {**required, **(optional or {})}.items()
    ]


def operation(name: str, about: str, responses: Part, **parts: Any) -> Part:
    """`name` is the operation's id. A body may be too large, and any store may fail."""
    common = {"413": TOO_LARGE} if "requestBody" in parts else {}
    return {
        "operationId": name,
        "summary": about,
        **parts,
        "responses": {"503": STORE_FAILED, **responses, **common},
    }
