"""Calls pure functions of the pages' TypeScript, under Node."""

import json
from typing import Any

from sessions_guide.bundle import REPOSITORY
from sessions_guide.node import run_node


def call(module: str, function: str, *parameters: object) -> Any:
    """What a function of `web/src/<module>.ts` gives."""
    script = REPOSITORY / "tests" / "web" / "call_module.mjs"
    return json.loads(run_node(script, module, function, json.dumps(parameters), cwd=REPOSITORY))
