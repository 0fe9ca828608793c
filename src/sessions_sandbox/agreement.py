"""What all processes that share a store agree on: clock, switches, and which keys sign."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from sessions_sandbox.key_ring import Rotation, rotations_of
from sessions_sandbox.records import SharedState
from sessions_sandbox.stores import Store, change

NAME = SharedState().name


class Agreement:
    """Reads and changes the one row of it. Every method is atomic, but for `start_again`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def state(self) -> SharedState:
        """How things stand."""
        return self._store.get(SharedState, NAME) or SharedState()

    def advance(self, seconds: int) -> int:
        """Move the clock of all, and return how far it was moved in all, in seconds."""
        return self._change(lambda state: replace(state, moved=state.moved + seconds)).moved

    def run(self) -> None:
        """Let the clock of all run with the system's until they start again, if it does not run already."""
        self._change(lambda state: state if state.runs else replace(state, moved=0, runs=True))

    def stop(self, moved: int) -> None:
        """Let the clock of all stand still `moved` seconds past the start."""
        self._change(lambda state: replace(state, moved=moved, runs=False))

    def turn(self, switches: dict[str, Any]) -> None:
        """Turn switches for all; the values must be good ones."""
        self._change(
            lambda state: replace(state, switches=json.dumps({**json.loads(state.switches), **switches}))
        )

    def rotate(self, server: str, step: Callable[[Rotation], Rotation], start: Rotation) -> None:
        """Move a server's keys on for all: from where they stand, or from `start`."""

        def stepped(state: SharedState) -> SharedState:
            rotations = rotations_of(state.rotations)
            rotations[server] = step(rotations.get(server, start))
            rows = {name: asdict(rotation) for name, rotation in rotations.items()}
            return replace(state, rotations=json.dumps(rows))

        self._change(stepped)

    def start_again(self) -> None:
        """Forget all rows, and let every process know."""
        resets = self.state().resets + 1
        self._store.clear()
        self._change(lambda state: replace(state, resets=resets))

    def _change(self, step: Callable[[SharedState], SharedState]) -> SharedState:
        while (changed := change(self._store, SharedState, NAME, step)) is None:
            self._store.add(SharedState())
        return changed
