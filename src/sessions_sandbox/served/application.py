"""The application that a served sandbox runs."""

from sessions_sandbox.embedded import Sandbox
from sessions_sandbox.served.control import Control

application = Control(Sandbox().start())
