"""`sessions-sandbox`, also as `python -m sessions_sandbox.cli`: the sandbox on the command line."""

import argparse
import sys
from functools import partial

from sessions_sandbox.default import ADDRESS_VARIABLE
from sessions_sandbox.errors import SandboxError
from sessions_sandbox.served.commands import add_commands


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except SandboxError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _serve(options: argparse.Namespace) -> None:
    from sessions_sandbox.served.server import reserved_port, serve
    from sessions_sandbox.served.settings import Settings

    with reserved_port(options.host, options.port) as port:
        if port != options.port:
            print(f"Port {options.port} is in use; taking {port}.", file=sys.stderr)
        settings = Settings(options.store, options.seed, options.clock)
        serve(options.host, port, settings, partial(_announce, f"http://{options.host}:{port}"))


def _announce(address: str) -> None:
    reach = f"Programs reach it with {ADDRESS_VARIABLE}={address}"
    print(f"The sandbox listens at {address} (TEST ONLY). {reach}", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sessions-sandbox", description="A sandbox of sessions. TEST ONLY.")
    commands = parser.add_subparsers(required=True, dest="command")
    serve = commands.add_parser("serve", help="serve the sandbox to other processes")
    serve.set_defaults(run=_serve)
    serve.add_argument("--host", default="127.0.0.1", help="the address to bind to (default: loopback)")
    serve.add_argument(
        "--port", type=_port, default=8600, help="the port, or the next free one (default: 8600)"
    )
    serve.add_argument(
        "--store", default="memory:", help="memory:, sqlite:PATH or redis://HOST:PORT/0 (default: memory:)"
    )
    serve.add_argument("--seed", default="test only", help="from which ids and secrets are derived")
    serve.add_argument(
        "--clock",
        choices=["system", "fixed"],
        default="system",
        help="system: time runs, until a program connects with SESSIONS_SANDBOX and stops it at the start; "
        "fixed: time stands still from the beginning (default: system)",
    )
    add_commands(commands)
    return parser


def _port(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; a port is a number from 1 to 65535")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
