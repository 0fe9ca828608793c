"""Reading what a server answered, whatever it is: a sandbox, a proxy before it, or something else."""

import re
from contextlib import suppress
from typing import Any

import requests

from sessions_sandbox.errors import SandboxError

LONGEST = 300
"""How much of an answer is quoted, in characters."""
MARKUP = re.compile(r"<[^<>]*>")
ERROR = ("error", "error_description", "errorCode", "errorSummary")
"""What errors consist of, those of OAuth (RFC 6749 §5.2) and those of Okta."""
TOO_MANY = "wait for the next minute of its clock, or turn the switch rate_limit off"
FAILS = "ask again later, or turn the switch off that lets it fail, such as authorization_server_down"


def in_words(reply: requests.Response) -> str:
    """Status and content of an answer on one line, such as `503 Service Unavailable: It is down.`

    With what to do in brackets, where the sandbox's switches can make a server answer so.
    """
    status = f"{reply.status_code} {reply.reason}" if reply.reason else str(reply.status_code)
    words = f"{status}: {_said(reply)}"
    line = "".join(letter if letter.isprintable() else "?" for letter in " ".join(words.split()))
    shown = line if len(line) <= LONGEST else f"{line[:LONGEST]}…"
    if reply.status_code == 429:
        return f"{shown} ({TOO_MANY})"
    return f"{shown} ({FAILS})" if reply.status_code >= 500 else shown


def error_of(reply: requests.Response) -> str | None:
    """The code of an error, that of OAuth or of Okta. A 5xx without one is an error of that number.

    `None`: the answer is that of another kind of server.
    """
    code = next(iter(_parts(reply)), None)
    return str(reply.status_code) if code is None and reply.status_code >= 500 else code


def object_in(reply: requests.Response) -> dict[str, Any]:
    """The JSON object of an answer. Raises `SandboxError` when it holds none, with what it says instead."""
    answer = _json(reply)
    if not isinstance(answer, dict):
        raise SandboxError(
            f"{reply.url} gave no JSON object: is that a sandbox? It answered {in_words(reply)}"
        )
    return answer


def _said(reply: requests.Response) -> str:
    if reply.is_redirect:
        return f"a redirect to {reply.headers['Location']}"
    return ": ".join(_parts(reply)) or MARKUP.sub(" ", reply.text).strip() or "nothing else"


def _parts(reply: requests.Response) -> list[str]:
    """What an error consists of. Of another answer, nothing."""
    answer = _json(reply)
    return [str(answer[name]) for name in ERROR if name in answer] if isinstance(answer, dict) else []


def _json(reply: requests.Response) -> object:
    """`None`: it is no JSON. Numbers may be too long for Python, and lists too deep."""
    answer: object = None
    with suppress(ValueError, RecursionError):
        answer = reply.json()
    return answer
