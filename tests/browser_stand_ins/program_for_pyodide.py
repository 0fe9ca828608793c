"""What test_pyodide.py has Pyodide run: the two stand-ins as the sandbox uses them. Evaluates to JSON."""

import json
import sys
import time
from datetime import UTC, datetime, timedelta

sys.dont_write_bytecode = True
sys.path[:0] = ["/stand_ins", "/packages"]

import js  # type: ignore[import-not-found]  # noqa: E402
import jwt  # noqa: E402
import time_machine  # noqa: E402

START = 1767603600
given = json.loads(input_json)  # type: ignore[name-defined]  # noqa: F821
result: dict[str, object] = {"platform": sys.platform, "time_machine": time_machine.__file__}


def clocks() -> list[object]:
    return [time.time(), time.time_ns(), datetime.now(UTC).isoformat(), time.gmtime().tm_year, js.Date.now()]


def refusal(token: str) -> str:
    try:
        return json.dumps(jwt.decode(token, given["public_pem"], algorithms=["RS256"]))
    except jwt.PyJWTError as error:
        return type(error).__name__


result["token"] = jwt.encode(given["claims"], given["private_pem"], "RS256")
result["claims"] = jwt.decode(given["token"], given["public_pem"], algorithms=["RS256"])
result["refused"] = [refusal(token) for token in given["bad_tokens"]]

before, monotonic_before = time.time(), time.monotonic()
travel = time_machine.travel(START, tick=False)
traveller = travel.start()
result["at_start"] = clocks()
expiring = jwt.encode({"exp": START + 60}, given["private_pem"], "RS256")
result["before_expiry"] = refusal(expiring)
while time.monotonic() == monotonic_before:
    pass
result["still_at_start"] = clocks()
traveller.move_to(START + 60)
result["at_expiry"] = refusal(expiring)
traveller.shift(timedelta(milliseconds=1500))
result["shifted"] = clocks()
traveller.shift(-0.5)
with time_machine.travel(datetime(2262, 4, 11, tzinfo=UTC), tick=False):
    result["nested"] = clocks()
result["after_nested"] = clocks()
traveller.move_to(0)
result["in_1970"] = clocks()
traveller.move_to(datetime(2026, 1, 5, 9))
result["moved_back"] = clocks()
travel.stop()
result["real_again"] = 0 <= time.time() - before < 600
json.dumps(result)
