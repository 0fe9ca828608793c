"""`https://api.acme.test`: what it takes an access token to do."""

from sessions_sandbox.openapi.parts import CHALLENGE, NO_STORE, TEXT, Part, answer, header, operation, ref
from sessions_sandbox.openapi.security import ACCESS_TOKEN

REFUSED: Part = {**NO_STORE, **CHALLENGE}
REFUSALS: Part = {
    "400": answer("A token in the URL or in a form (RFC 6750 §3.1)", REFUSED, json=ref("Error")),
    "401": answer("No token, or one that does not count", REFUSED, json=ref("Error")),
    "403": answer("A token without the scope that this needs", REFUSED, json=ref("Error")),
    "503": answer(
        "The authorization server cannot be asked, or a store fails",
        {"Retry-After": header()},
        json=ref("Error"),
    ),
}


def resource_server_paths() -> dict[str, Part]:
    """Path → operations."""
    return {
        "/orders": {
            "get": _guarded("list_orders", "All orders (scope orders:read)", "Orders"),
            "post": _guarded("add_order", "A new order (scope orders:write)", "NewOrder"),
        },
        "/payments": {
            "post": _guarded("pay", "A payment (scope orders:write), introspected every time", "Payment")
        },
        "/events": {"post": _events()},
    }


def _events() -> Part:
    body = {"required": True, "content": {"application/secevent+jwt": {"schema": TEXT}}}
    responses = {
        "202": answer("The event is noted", NO_STORE),
        "400": answer("The event does not count (RFC 8935 §2.3)", NO_STORE, json=ref("EventError")),
        "503": REFUSALS["503"],
    }
    about = "The authorization server tells of a revocation (RFC 8935 §2). Not a feature of Okta."
    return operation("receive_event", about, responses, requestBody=body)


def _guarded(name: str, about: str, schema: str) -> Part:
    responses = {"200": answer("Done", NO_STORE, json=ref(schema)), **REFUSALS}
    return operation(name, about, responses, security=ACCESS_TOKEN)
