"""`python -m sessions_sandbox.cli serve`: the sandbox on the command line."""

import argparse
import sys

from sessions_sandbox.default import ADDRESS_VARIABLE
from sessions_sandbox.errors import SandboxError


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status."""
    options = _parser().parse_args(arguments)
    from sessions_sandbox.served.server import free_port, serve

    try:
        port = free_port(options.host, options.port)
    except SandboxError as error:
        print(error, file=sys.stderr)
        return 1
    if port != options.port:
        print(f"Port {options.port} is in use; taking {port}.", file=sys.stderr)
    address = f"http://{options.host}:{port}"
    print(f"The sandbox listens at {address} (TEST ONLY). Programs reach it with {ADDRESS_VARIABLE}={address}")
    sys.stdout.flush()
    serve(options.host, port)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sessions-sandbox", description="A sandbox of sessions. TEST ONLY.")
    commands = parser.add_subparsers(required=True, metavar="command")
    serve = commands.add_parser("serve", help="serve the sandbox to other processes")
    serve.add_argument("--host", default="127.0.0.1", help="the address to bind to (default: loopback)")
    serve.add_argument("--port", type=int, default=8600, help="the port, or the next free one (default: 8600)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
