"""`sessions-sandbox`, also as `python -m sessions_sandbox.cli`: the sandbox on the command line."""

import argparse
import shlex
import sys
from functools import partial
from pathlib import Path

from sessions_sandbox.default import ADDRESS_VARIABLE
from sessions_sandbox.errors import SandboxError
from sessions_sandbox.served.commands import add_commands
from sessions_sandbox.served.trust import BUNDLE_VARIABLE, default_directory

MOST_WORKERS = 64


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
    from sessions_sandbox.served.server import ip_address_of, name_in_urls, reserved_port, serve
    from sessions_sandbox.served.settings import Settings

    settings = Settings(
        options.store,
        options.seed,
        options.clock,
        _by_client(options.redirect_uri),
        _by_client(options.post_logout_redirect_uri),
        _by_client(options.backchannel_logout_uri),
    )
    certificate = None
    if options.tls is not None:
        from sessions_sandbox.served.certificate import certificate_in

        certificate = certificate_in(Path(options.tls) if options.tls else default_directory())
    host = ip_address_of(options.host)
    with reserved_port(host, options.port) as port:
        if port != options.port:
            print(f"Port {options.port} is in use; taking {port}.", file=sys.stderr)
        address = f"{'https' if certificate else 'http'}://{name_in_urls(options.host)}:{port}"
        announce = partial(_announce, address, None if certificate is None else str(certificate.ca))
        serve(host, port, settings, announce, certificate=certificate, workers=options.workers)


def _announce(address: str, ca: str | None) -> None:
    reach = f"Programs reach it with {ADDRESS_VARIABLE}={address}"
    lines = [f"The sandbox listens at {address} (TEST ONLY). {reach}"]
    if ca is not None:
        quoted = shlex.quote(ca)
        lines += [
            f"Its certificate is signed by the CA in {ca}, whose key is kept nowhere. What trusts it:",
            f"  export {BUNDLE_VARIABLE}={quoted}  # Python's requests",
            f"  export SSL_CERT_FILE={quoted}  # Python's urllib",
            f"  export NODE_EXTRA_CA_CERTS={quoted}  # Node.js",
            f"  curl --cacert {quoted} {address}/oauth2/default/.well-known/openid-configuration",
        ]
    print("\n".join(lines), flush=True)


def _by_client(registered: list[tuple[str, str]]) -> dict[str, list[str]]:
    """URIs by the name of their client."""
    return {name: [uri for owner, uri in registered if owner == name] for name, _ in registered}


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
    serve.add_argument(
        "--tls",
        nargs="?",
        const="",
        metavar="DIRECTORY",
        help="serve https, with a test certificate that is kept in this directory, and made where there is "
        "none (default: sessions-sandbox/tls in $XDG_CACHE_HOME or ~/.cache)",
    )
    serve.add_argument(
        "--workers", type=_workers, default=1, help="how many processes serve; more than one need a store"
    )
    for name, meaning in (
        ("--redirect-uri", "where your own app, as this client, is sent codes"),
        ("--post-logout-redirect-uri", "where the browser may go after a logout"),
        (
            "--backchannel-logout-uri",
            "where the app is sent logout tokens, by the switch back_channel_logout",
        ),
    ):
        serve.add_argument(
            name,
            type=_client_and_uri,
            action="append",
            default=[],
            metavar="CLIENT=URI",
            help=f"{meaning}, such as web=http://localhost:3000/callback; may be repeated",
        )
    add_commands(commands)
    return parser


def _port(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; a port is a number from 1 to 65535")
    return int(text)


def _workers(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= MOST_WORKERS:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of workers from 1 to {MOST_WORKERS}")
    return int(text)


def _client_and_uri(text: str) -> tuple[str, str]:
    client, equals, uri = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(
            f"{text!r} names no client; one looks like web=http://localhost:3000/callback"
        )
    return client, uri


if __name__ == "__main__":
    sys.exit(main())
