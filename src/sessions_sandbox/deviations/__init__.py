"""Where the sandbox is not as Okta documents its servers: our decisions, and what we added.

`scripts/record` writes docs/reference/deviations.md from this.
"""

from sessions_sandbox.deviations.decisions import DECISIONS
from sessions_sandbox.deviations.deviation import Deviation
from sessions_sandbox.deviations.extensions import EXTENSIONS

__all__ = ["DECISIONS", "EXTENSIONS", "Deviation"]
