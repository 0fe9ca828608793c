"""What a browser brings back from the authorization endpoint, and whether it counts."""

from urllib.parse import parse_qsl, urlsplit

from sessions_sandbox.errors import SandboxError
from sessions_sandbox.own_issuer.metadata import Metadata


def check_answer(callback: str, redirect_uri: str, state: str, server: Metadata) -> None:
    """Refuse an address that is no good answer to the authorization request with this `state`.

    Raises `SandboxError` when it is another address than the redirect URI, when the state is another
    (RFC 6749 §10.12), when it comes from another issuer (RFC 9207 §2.4), and when the server has refused
    (RFC 6749 §4.1.2.1).
    """
    came, expected = urlsplit(callback), urlsplit(redirect_uri)
    if (*came[:2], came.path or "/") != (*expected[:2], expected.path or "/"):
        raise SandboxError(f"this is no answer to the sign-in: the browser comes back to {redirect_uri}")
    pairs = parse_qsl(came.query)
    answer = dict(pairs)
    if len(answer) != len(pairs):
        raise SandboxError("this answer has a parameter twice")
    if answer.get("state") != state:
        raise SandboxError("the state is not the one that was sent: this answers another request")
    needs_issuer = server.get("authorization_response_iss_parameter_supported") is True
    if ("iss" in answer or needs_issuer) and answer.get("iss") != server["issuer"]:
        raise SandboxError(f"this answer is of the issuer {answer.get('iss')!r}, not of {server['issuer']!r}")
    if "code" not in answer:
        reason = " ".join(answer[name] for name in ("error", "error_description") if name in answer)
        raise SandboxError(f"the authorization server refused: {reason or 'it sent no code'}")
