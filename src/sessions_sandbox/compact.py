"""How a JWT is written. PyJWT is more lenient: it takes padding, and JSON in UTF-16."""

import re

from jwt.utils import base64url_decode

ONE_JWT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


def is_well_written(token: str) -> bool:
    """Whether these are three parts in base64url without padding, with header and claims in UTF-8.

    RFC 7515 §2, §7.1; RFC 8725 §3.7. JSON in UTF-8 has no octet 0; in UTF-16 and UTF-32 it has many.
    """
    if not ONE_JWT.fullmatch(token):
        return False
    try:
        return not any(b"\0" in base64url_decode(part) for part in token.split(".")[:2])
    except ValueError:
        return False
