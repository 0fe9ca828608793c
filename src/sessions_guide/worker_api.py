"""What the browser's worker calls: a request to run a section comes as JSON, its result goes back as JSON."""

import gc
import importlib
import json
import random
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from types import ModuleType
from typing import Any
from zipimport import zipimporter

from sessions_guide.errors import GuideError
from sessions_guide.laboratory import Laboratory, LaboratorySandbox
from sessions_guide.lesson import parse_program
from sessions_guide.runner import Result, Runner
from sessions_sandbox.errors import SandboxError

OUTPUT_LIMIT = 200_000  # characters that one run may print
ERROR_LIMIT = 20_000  # characters of a traceback, which may quote whatever the program holds


START_OVER = {"kind": "act", "act": {"do": "reset"}}


class TooMuchOutput(GuideError):
    """A run printed more than a page can hold."""


def prepare(modules: Iterable[str]) -> None:
    """Import these modules, before a picture is taken of Python's memory from which all browsers wake it.

    The sandbox is not started: that would stop the clock.
    """
    gc.disable()  # until what stays for good is there
    # urllib3 would send requests by the browser's own fetch; the sandbox answers at the socket.
    own_transport = ModuleType("urllib3.contrib.emscripten")
    own_transport.inject_into_urllib3 = lambda: None  # type: ignore[attr-defined]
    sys.modules["urllib3.contrib.emscripten"] = own_transport
    for name in modules:
        importlib.import_module(name)
    from sessions_sandbox.keys import test_only_keys

    test_only_keys()  # which keeps them
    gc.collect()
    gc.freeze()


def start(archive: str) -> "WorkerApi":
    """Start the sandbox, once Python is awake; `archive` holds the programs."""
    gc.enable()
    random.seed()  # not as in the picture, which is the same for all
    from sessions_sandbox import sandbox

    return WorkerApi(archive, sandbox)


class WorkerApi:
    """Runs the programs that lie under `snippets/` in a zip archive: one at a time, all in one sandbox.

    Several readers (the tabs of one browser) may take turns, and each finds the sandbox as they left it: what
    they did is done again where another came between.
    """

    def __init__(self, archive: str, sandbox: LaboratorySandbox) -> None:
        self._archive = zipimporter(archive)
        self._sandbox = sandbox
        self._laboratory = Laboratory(sandbox)
        self._file: str | None = None
        self._runner: Runner | None = None
        self._reader: str | None = None
        self._steps: list[dict[str, Any]] = []  # what leads from the seed to the present state

    def turn_to(self, reader: str, history: str) -> None:
        """What follows is asked by `reader`, whose sandbox is as this return value of `history` tells."""
        if reader == self._reader:
            return
        if self._reader is not None:
            self._answer(START_OVER)
        self._reader, self._steps = reader, []
        for step in json.loads(history):
            if "kind" in step:
                self.ask(json.dumps(step))
            else:
                self.run(json.dumps(step), lambda text: None)

    def history(self) -> str:
        """What leads to the present state, in JSON that only `turn_to` reads."""
        return json.dumps(self._steps)

    def run(self, request_json: str, on_output: Callable[[str], object]) -> str:
        """Run `{"file", "section", "edits"}`; return a Result as JSON. `on_output` gets the output.

        A request for a program or a section that does not exist gives a Result whose `error` says so.
        """
        request = json.loads(request_json)
        section = request["section"]
        self._laboratory.begin_run()
        try:
            resets = self._laboratory.resets
            runner = self._runner_of(request["file"])
            result = runner.run(section, request["edits"], _limited(on_output))
            if self._laboratory.resets != resets:
                self._steps = [turn(self._laboratory.turned)]  # which a new beginning leaves as they are
            self._steps.append(request)
        except GuideError as error:
            result = Result(section, "", str(error), None, [], self._laboratory.clock.now())
        shown = replace(result, output=result.output[:OUTPUT_LIMIT], error=_shortened(result.error))
        return json.dumps(asdict(shown))

    def ask(self, question_json: str) -> str:
        """Answer a question, `{"kind", …}`, both as JSON: about the sandbox, or to change it.

        The kinds are those of `sessions_guide.laboratory` and `sessions_guide.token_inspector`. What cannot
        be answered gives `{"error"}`, which says why.
        """
        question = json.loads(question_json)
        try:
            answer = self._answer(question)
        except (GuideError, SandboxError) as error:
            answer = {"error": str(error)}
        return json.dumps(answer)

    def _answer(self, question: dict[str, Any]) -> dict[str, Any]:
        match question["kind"]:
            case "state":
                return self._laboratory.state()
            case "act":
                answer = self._laboratory.act(question["act"])
                self._steps.append(question)
                if question["act"]["do"] == "reset":
                    self._runner = None
                    self._steps = []
                return answer
            case "inspect":
                from sessions_guide.token_inspector import inspect  # it needs requests: see prepare

                return inspect(self._sandbox, question["token"])
            case kind:
                raise GuideError(f"Nobody here answers questions of the kind {kind!r}.")

    def _runner_of(self, file: str) -> Runner:
        # The sandbox serves one program: to come back to an earlier one is to begin it afresh.
        if self._runner is None or file != self._file:
            program = parse_program(file, self._text_of(file))
            laboratory, untouched = self._laboratory, self._runner is None
            self._runner = Runner(program, laboratory, laboratory.begin_step, is_reset=untouched)
            self._file = file
        return self._runner

    def _text_of(self, file: str) -> str:
        try:
            return self._archive.get_data(f"snippets/{file}").decode()
        except OSError:
            raise GuideError(f"There is no program `{file}` here. Check the block's data-file.") from None


def turn(switches: dict[str, Any]) -> dict[str, Any]:
    """The question that turns these switches."""
    return {"kind": "act", "act": {"do": "turn", "switches": switches}}


def _shortened(error: str | None) -> str | None:
    """A traceback's beginning and end, where it is longer than a page can show."""
    if error is None or len(error) <= ERROR_LIMIT:
        return error
    half = ERROR_LIMIT // 2
    return f"{error[:half]}\n… {len(error) - 2 * half:,} characters are left out here …\n{error[-half:]}"


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
