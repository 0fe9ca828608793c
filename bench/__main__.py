"""All measurements: `scripts/bench`, or those that are named: `scripts/bench introspection`."""

import sys

from bench import first_run, in_process, introspection, servers, site_build

MEASUREMENTS = {
    "first_run": first_run.main,
    "in_process": in_process.main,
    "introspection": introspection.main,
    "servers": servers.main,
    "site_build": site_build.main,
}


def main() -> int:
    """Run what is asked for; returns the exit status."""
    unknown = [name for name in sys.argv[1:] if name not in MEASUREMENTS]
    if unknown:
        print(
            f"There is no measurement {unknown[0]!r}; there are: {', '.join(MEASUREMENTS)}", file=sys.stderr
        )
        return 2
    for name in sys.argv[1:] or MEASUREMENTS:
        print(f"== {name}", flush=True)
        MEASUREMENTS[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main())
