"""Rows of the API: what it was told of tokens that end early."""

from dataclasses import dataclass

from sessions_sandbox.records.record import LONGEST_TOKEN_SECONDS, Record


@dataclass(frozen=True)
class Denial(Record):
    """What the API was told of a revocation: tokens of the subject, issued up to `since`, do not count.

    `subject`: the `jti` of one token, or the `uid` of a user, of whom all tokens are meant.
    """

    table = "denials"
    key_field = "subject"
    outlived = ("since", LONGEST_TOKEN_SECONDS)

    subject: str
    since: int


@dataclass(frozen=True)
class NotBefore(Record):
    """Up to when the API takes no token of a user, because one of them was revoked, or all."""

    table = "not_before"
    key_field = "uid"
    outlived = ("since", LONGEST_TOKEN_SECONDS)

    uid: str
    since: int
