"""The commands that ask a running sandbox: `login`, `token`, `introspect`, `revoke`, `log`."""

import argparse
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sessions_sandbox.default import ADDRESS_VARIABLE
from sessions_sandbox.seed import CLIENTS, SERVERS
from sessions_sandbox.served.trust import BUNDLE_VARIABLE

if TYPE_CHECKING:
    from sessions_sandbox.served.caller import Caller

ADDRESS = "http://127.0.0.1:8600"


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add them to the command line."""
    add: Callable[..., argparse.ArgumentParser] = commands.add_parser
    login = _command(add, "login", "sign a user in, without a browser, and print the tokens", _login, "web")
    login.add_argument("user", help="such as alice@acme.test")
    login.add_argument("--scope", help="the scopes, separated by spaces")
    token = _command(add, "token", "print a token of a client's own, or refresh one", _token, "svc")
    token.add_argument("--scope", default="orders:read", help="the scopes (default: orders:read)")
    token.add_argument("--refresh-token", help="redeem this refresh token of the client instead")
    introspect = _command(add, "introspect", "print what the server says of a token", _introspect, "rs")
    introspect.add_argument("token")
    revoke = _command(add, "revoke", "revoke a token of a client", _revoke, "web")
    revoke.add_argument("token")
    _command(add, "log", "print the system log", _log, None)


def _command(
    add: Callable[..., argparse.ArgumentParser],
    name: str,
    summary: str,
    run: Callable[[argparse.Namespace], None],
    client: str | None,
) -> argparse.ArgumentParser:
    parser = add(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
    parser.set_defaults(run=run, server="default")
    parser.add_argument(
        "--sandbox",
        default=os.environ.get(ADDRESS_VARIABLE) or ADDRESS,
        metavar="URL",
        help=f"where it runs (default: ${ADDRESS_VARIABLE}, or {ADDRESS})",
    )
    parser.add_argument(
        "--ca",
        metavar="FILE",
        help=f"the CA of a sandbox with TLS (default: ${BUNDLE_VARIABLE}, or that of `serve --tls`)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    if client is not None:
        names = [known.name for known in CLIENTS]
        parser.add_argument("--client", default=client, choices=names, help=f"(default: {client})")
        servers = [server.name for server in SERVERS]
        parser.add_argument("--server", choices=servers, help="the authorization server (default: default)")
    return parser


def _caller(options: argparse.Namespace) -> "Caller":
    from sessions_sandbox.served.caller import Caller

    return Caller(options.sandbox, options.server, options.ca)


def _login(options: argparse.Namespace) -> None:
    _print(_caller(options).login(options.user, options.client, options.scope), options)


def _token(options: argparse.Namespace) -> None:
    caller = _caller(options)
    if options.refresh_token is None:
        answer = caller.token(options.client, options.scope)
    else:
        answer = caller.refresh(options.refresh_token, options.client)
    _print(answer, options)


def _introspect(options: argparse.Namespace) -> None:
    _print(_caller(options).introspect(options.token, options.client), options)


def _revoke(options: argparse.Namespace) -> None:
    _caller(options).revoke(options.token, options.client)
    if options.json:
        _print({"revoked": options.client}, options)
    else:
        print(f"Revoked, if it was a token of the client {options.client}.")


def _log(options: argparse.Namespace) -> None:
    rows = _caller(options).log()
    if options.json:
        print(json.dumps(rows, indent=2))
    for row in [] if options.json else rows:
        when = datetime.fromtimestamp(row["time"], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        rest = (row[name] for name in ("client_id", "uid", "detail"))
        print(" ".join([when, row["event"], *filter(None, rest)]))


def _print(answer: dict[str, Any], options: argparse.Namespace) -> None:
    """One JSON object, or a line for each member."""
    if options.json:
        print(json.dumps(answer, indent=2))
        return
    for name, value in answer.items():
        print(f"{name}: {value if isinstance(value, str) else json.dumps(value)}")
