"""What the browser's worker calls: a request to run a section comes as JSON, its result goes back as JSON."""

import importlib
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from types import ModuleType
from zipimport import zipimporter

from sessions_guide.errors import GuideError
from sessions_guide.lesson import parse_program
from sessions_guide.runner import Result, Runner, SandboxHandle

OUTPUT_LIMIT = 200_000  # characters that one run may print


class TooMuchOutput(GuideError):
    """A run printed more than a page can hold."""


def prepare(on_step: Callable[[str], object]) -> SandboxHandle:
    """Import what nearly every program imports, and start the sandbox, before the reader asks for it.

    `on_step` hears what comes next: a slow machine takes seconds, and the page tells that from a hang.
    """
    # urllib3 would send requests by the browser's own fetch; the sandbox answers at the socket.
    own_transport = ModuleType("urllib3.contrib.emscripten")
    own_transport.inject_into_urllib3 = lambda: None  # type: ignore[attr-defined]
    sys.modules["urllib3.contrib.emscripten"] = own_transport
    for name in ("urllib3", "requests", "jwt", "werkzeug", "sessions_sandbox"):
        on_step(f"importing {name}")
        importlib.import_module(name)
    on_step("starting the sandbox")
    from sessions_sandbox import sandbox

    return sandbox


class WorkerApi:
    """Runs the programs that lie under `snippets/` in a zip archive: one at a time, all in one sandbox."""

    def __init__(self, archive: str, sandbox: SandboxHandle) -> None:
        self._archive = zipimporter(archive)
        self._sandbox = sandbox
        self._file: str | None = None
        self._runner: Runner | None = None

    def run(self, request_json: str, on_output: Callable[[str], object]) -> str:
        """Run `{"file", "section", "edits"}`; return a Result as JSON. `on_output` gets the output.

        A request for a program or a section that does not exist gives a Result whose `error` says so.
        """
        request = json.loads(request_json)
        section = request["section"]
        try:
            runner = self._runner_of(request["file"])
            result = runner.run(section, request["edits"], _limited(on_output))
        except GuideError as error:
            result = Result(section, "", str(error), None, [], self._sandbox.clock.now())
        return json.dumps(asdict(result))

    def _runner_of(self, file: str) -> Runner:
        # The sandbox serves one program: to come back to an earlier one is to begin it afresh.
        if self._runner is None or file != self._file:
            self._runner = Runner(parse_program(file, self._text_of(file)), self._sandbox)
            self._file = file
        return self._runner

    def _text_of(self, file: str) -> str:
        try:
            return self._archive.get_data(f"snippets/{file}").decode()
        except OSError:
            raise GuideError(f"There is no program `{file}` here. Check the block's data-file.") from None


def _limited(on_output: Callable[[str], object]) -> Callable[[str], object]:
    """`on_output` until the limit; the print that passes it fails, which ends an endless loop."""
    printed = 0

    def hand_on(text: str) -> None:
        nonlocal printed
        if printed > OUTPUT_LIMIT:
            return
        printed += len(text)
        on_output(text[: len(text) - max(0, printed - OUTPUT_LIMIT)])
        if printed > OUTPUT_LIMIT:
            raise TooMuchOutput(f"This run printed more than {OUTPUT_LIMIT:,} characters and was ended here.")

    return hand_on
