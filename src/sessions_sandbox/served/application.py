"""The application that a served sandbox runs. What it is to be stands in the environment, as JSON."""

import json
import os
import threading
import time

from sessions_sandbox.embedded import Sandbox
from sessions_sandbox.served.control import Control
from sessions_sandbox.served.settings import VARIABLE, Settings
from sessions_sandbox.stores import open_store


def application() -> Control:
    """The application as the settings have it. Raises `SandboxError` when the store cannot be opened."""
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    settings = Settings(**json.loads(os.environ.get(VARIABLE, "{}")))
    sandbox = Sandbox(open_store(settings.store), settings.seed)
    if settings.clock == "system":
        sandbox.run_clock()
    return Control(sandbox.start())


def _end_with(parent: int) -> None:
    """End this worker when the process that started it is gone, so that a kill leaves no port in use."""
    while os.getppid() == parent:
        time.sleep(0.2)
    os._exit(1)
