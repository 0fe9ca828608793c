"""One difference from Okta."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Deviation:
    """One difference, in Markdown.

    A "decision" is taken where Okta does otherwise, or where what it does is not documented. An "extension"
    is not a feature of Okta, and off until its `switches` are turned. `okta`: what Okta documents. `source`:
    the clause of the standard that the sandbox follows, or that the reader may compare.
    """

    kind: Literal["decision", "extension"]
    topic: str
    sandbox: str
    okta: str
    source: str = ""
    switches: tuple[str, ...] = ()
