"""The page's laboratory: how the sandbox stands, what the last step changed, what the reader does to it."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from sessions_guide.errors import GuideError
from sessions_guide.runner import SandboxHandle
from sessions_sandbox.switches import Switches

Row = dict[str, Any]
Tables = dict[str, dict[str, Any]]

KEYS: Mapping[str, str] = {
    "users": "uid",
    "app_sessions": "id_hash",
    "bff_sessions": "id_hash",
    "idp_sessions": "id_hash",
    "grants": "grant_id",
    "refresh_families": "family_id",
    "access_tokens": "jti",
    "authorization_codes": "code_hash",
    "consents": "consent_id",
    "denials": "subject",
    "not_before": "uid",
    "dpop_proofs": "proof_hash",
    "used_logout_tokens": "jti",
    "transfers": "transfer_id",
    "system_log": "event_id",
}
"""The tables, in the order in which they are shown, and the field that identifies a row."""
NEWEST = 100
"""How many rows of a table are shown."""
BY_OPERATION = ("revoke", "end_session", "expire", "deactivate", "activate")
"""What an administrator does; see `sessions_sandbox.operations`."""


class LaboratorySandbox(SandboxHandle, Protocol):
    """What the laboratory needs of a sandbox."""

    def rows(self, table: str) -> list[Row]: ...
    def operate(self, operation: str, **arguments: Any) -> Any: ...
    def set(self, **switches: Any) -> None: ...
    def rotate_keys(self, step: str, *, issuer: str | None = None) -> None: ...


class Laboratory:
    """Stands between the runner and the sandbox, so that switches survive a fresh start of the program.

    It remembers how all stood before the last section, or the last thing the reader did, and tells it apart.
    """

    def __init__(self, sandbox: LaboratorySandbox) -> None:
        self._sandbox = sandbox
        self._turned: dict[str, Any] = {}
        self._by_hand = 0  # what the reader did, since the program began
        self._forgotten = 0  # what the reader had done before it began afresh with the last run
        self.resets = 0
        """How often a program began afresh."""
        self._before: dict[str, Any] = self._seen()

    @property
    def clock(self) -> Any:
        """The sandbox's clock."""
        return self._sandbox.clock

    def exchanges(self) -> list[dict[str, Any]]:
        """Every HTTP exchange since the sandbox was reset."""
        return self._sandbox.exchanges()

    def reset(self) -> None:
        """Let a program begin afresh: rows and clock as in the seed, switches as they were turned here."""
        self.resets += 1
        self._sandbox.reset()
        self._sandbox.set(**self._turned)
        self._forgotten += self._by_hand
        self._by_hand = 0

    @property
    def turned(self) -> dict[str, Any]:
        """The switches that were turned here, and their values."""
        return dict(self._turned)

    def begin_run(self) -> None:
        """Somebody pressed Run."""
        self._forgotten = 0

    def begin_step(self) -> None:
        """What changes from now on is marked."""
        self._before = self._seen()

    def state(self) -> dict[str, Any]:
        """How the sandbox stands. Times are Unix seconds.

        `now`, `before` (the clock before the last step), `clients` (names by id), `tables` (a list: `table`,
        `total`, the newest `rows`, each with its `key`), `keys`, `switches` and `moments` (what is still to
        come, the soonest of each kind). What the last step changed has a `change`: "new", "gone", "changed";
        then `was` has the old values of its fields.
        `turned` names the switches that were turned here, `by_hand` counts what else was done here since the
        program began, `forgotten` what was so before it began afresh with the last run.
        """
        seen, before = self._seen(), self._before
        return {
            "now": seen["now"],
            "before": before["now"],
            "clients": seen["clients"],
            "tables": [self._compared(table, seen["tables"], before["tables"]) for table in KEYS],
            "keys": _marked(seen["keys"], before["keys"]),
            "switches": _marked(seen["switches"], before["switches"]),
            "moments": _soonest(self._sandbox.operate("moments")),
            "turned": list(self._turned),
            "by_hand": self._by_hand,
            "forgotten": self._forgotten,
        }

    def act(self, act: Mapping[str, Any]) -> dict[str, Any]:
        """Do `{"do": name, …}` and return the new state.

        `revoke`, `end_session`, `expire` (`table`, `key`), `deactivate`, `activate` (`login`), `advance`
        (`seconds`), `rotate_keys` (`step`, `issuer`), `turn` (`switches`: values by name) or `reset`.
        Raises GuideError for another name, and SandboxError for what the sandbox refuses.
        """
        name = act["do"]
        arguments = {key: value for key, value in act.items() if key != "do"}
        before, deeds = self._seen(), self._deeds
        if name in BY_OPERATION:
            self._sandbox.operate(name, **arguments)
        elif name in deeds:
            deeds[name](**arguments)
        else:
            raise GuideError(f"The laboratory does not know {name!r}; it knows {', '.join(deeds)}.")
        self._before, self._forgotten = before, 0
        if name == "reset":
            self._before = self._seen()
        elif name != "turn":
            self._by_hand += 1
        return self.state()

    @property
    def _deeds(self) -> dict[str, Callable[..., object]]:
        return {
            "advance": self.clock.advance,
            "rotate_keys": self._sandbox.rotate_keys,
            "turn": self._turn,
            "reset": self._start_over,
        }

    def _turn(self, switches: Mapping[str, Any]) -> None:
        self._sandbox.set(**switches)
        usual = vars(Switches())
        turned = {**self._turned, **switches}
        self._turned = {name: value for name, value in turned.items() if value != usual[name]}

    def _start_over(self) -> None:
        self._turned = {}
        self._by_hand = 0
        self._sandbox.reset()

    def _seen(self) -> dict[str, Any]:
        """The overview, with the tables that only a reader of the page sees, and the key of each row."""
        seen: dict[str, Any] = self._sandbox.operate("overview")
        tables = seen["tables"]
        now, graces = seen["now"], _graces(self._sandbox.operate("moments"))
        for table, field in KEYS.items():
            if table not in tables:
                rows = self._sandbox.rows(table)
                newest = [_with_state(table, row, now) for row in rows[: -NEWEST - 1 : -1]]
                tables[table] = {"total": len(rows), "rows": newest}
            for row in tables[table]["rows"]:
                row["key"] = row[field]
        for family in tables["refresh_families"]["rows"]:
            family["generations"] = _generations(family, graces.get(family["key"]))
        for key in seen["keys"]:
            key["key"] = f"{key['signs']} {key['kid']}"
        for switch in seen["switches"]:
            switch["key"] = switch["name"]
        return seen

    def _compared(self, table: str, tables: Tables, before: Tables) -> dict[str, Any]:
        rows = _marked(tables[table]["rows"], before[table]["rows"])
        if any(row.get("change") == "gone" for row in rows):
            there = {row[KEYS[table]] for row in self._sandbox.rows(table)}  # more than are shown
            rows = [row for row in rows if row.get("change") != "gone" or row["key"] not in there]
        return {"table": table, "total": tables[table]["total"], "rows": rows}


def _marked(rows: list[Row], before: list[Row]) -> list[Row]:
    """The rows, with what is new or has changed marked; and behind them those that are gone."""
    old, keys = {row["key"]: row for row in before}, {row["key"] for row in rows}
    marked = []
    for row in rows:
        if row["key"] not in old:
            row = {**row, "change": "new"}
        elif row != old[row["key"]]:
            was = old[row["key"]]
            differs = {name: was[name] for name in row if row[name] != was[name]}
            row = {**row, "change": "changed", "was": differs}
        marked.append(row)
    return marked + [{**row, "change": "gone"} for row in before if row["key"] not in keys]


def _with_state(table: str, row: Row, now: int) -> Row:
    """A row of a table whose state the console does not show."""
    if table != "authorization_codes":
        return dict(row)
    return {**row, "state": "used" if row["used"] else "expired" if row["expires"] <= now else "waiting"}


def _graces(moments: list[Row]) -> dict[str, int]:
    """Until when the token before the live one is still answered, by family."""
    return {moment["key"]: moment["at"] for moment in moments if moment["what"] == "grace"}


def _generations(family: Row, grace: int | None) -> list[Row]:
    """The refresh tokens of a family, the oldest first: `generation`, `state`, and `grace` in its grace."""
    live: int = family["live"]
    rows: list[Row] = [{"generation": number, "state": "rotated"} for number in range(1, live)]
    if rows and grace is not None:
        rows[-1] |= {"state": "rotated, within grace", "grace": grace}
    return [*rows, {"generation": live, "state": family["state"]}]


def _soonest(moments: list[Row]) -> list[Row]:
    """The first of each kind."""
    kinds: dict[tuple[str, str], Row] = {}
    for moment in moments:
        kinds.setdefault((moment["table"], moment["what"]), moment)
    return list(kinds.values())
