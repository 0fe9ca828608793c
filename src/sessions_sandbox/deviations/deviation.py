"""One difference from Okta."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Deviation:
    """One difference, in Markdown.

    `okta`: what Okta documents. `source`: the clause of the standard that the sandbox follows, or that the
    reader may compare. `switches`: those that turn it on, or that it is about.
    """

    topic: str
    sandbox: str
    okta: str
    source: str = ""
    switches: tuple[str, ...] = ()
