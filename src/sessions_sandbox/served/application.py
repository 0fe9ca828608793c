"""The application that a served sandbox runs. What it is to be stands in the environment, as JSON.

Each worker opens the store for itself: a connection does not outlive a fork.
"""

import json
import os
import threading
import time
from contextlib import closing

from sessions_sandbox.embedded import Sandbox
from sessions_sandbox.served.control import Control
from sessions_sandbox.served.settings import VARIABLE, Settings
from sessions_sandbox.stores import MEMORY, Store, open_store


def application() -> Control:
    """The application of a worker. Raises `SandboxError` when the store cannot be opened."""
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    settings = Settings(**json.loads(os.environ[VARIABLE]))
    sandbox = _sandbox(settings, open_store(settings.store))
    if settings.store == MEMORY:
        _set_clock(sandbox, settings)
    return Control(sandbox.start())


def prepare(settings: Settings) -> None:
    """Set up what the workers will share, once and before the first of them: a client may move it at once.

    Raises `SandboxError` when the settings are not good, or the store cannot be opened.
    """
    with closing(open_store(settings.store)) as store:
        _set_clock(_sandbox(settings, store), settings)


def _sandbox(settings: Settings, store: Store) -> Sandbox:
    return Sandbox(
        store,
        settings.seed,
        settings.redirect_uris,
        settings.post_logout_redirect_uris,
        settings.backchannel_logout_uris,
    )


def _set_clock(sandbox: Sandbox, settings: Settings) -> None:
    if settings.clock == "system":
        sandbox.run_clock()
    else:
        sandbox.stop_clock()


def _end_with(parent: int) -> None:
    """End this worker when the process that started it is gone, so that a kill leaves no port in use."""
    while os.getppid() == parent:
        time.sleep(0.2)
    os._exit(1)
