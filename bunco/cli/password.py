"""Make what the configuration holds of a password or a token: its hash."""

import sys
from typing import Annotated

import typer

from bunco.cli.terminal import page, say, standard_input
from bunco.errors import UsageError

_LONGEST = 1024


def password(
    token: Annotated[
        bool, typer.Option("--token", help="Make a token for a program, with its hash.")
    ] = False,
) -> None:
    """Print the hash of a password, for a user of the dashboard in bunco.toml.

    Asks for the password, or reads it from standard input. With --token it makes a token: the
    token is shown this once, and its hash goes into bunco.toml.

    Examples:
        bunco password
        bunco password --token
    """
    from dashboards.access import passwords, tokens

    out = page()
    if token:
        made = tokens.new_token()
        lines = f'# the token, shown this once: {made}\ntoken_hash = "{tokens.hashed(made)}"'
        out.print(lines, soft_wrap=True, markup=False)
        return
    given = _asked() if sys.stdin.isatty() else _read()
    if reason := passwords.weakness(given):
        raise UsageError(reason)
    out.print(f'password_hash = "{passwords.hashed(given)}"', soft_wrap=True, markup=False)


def _asked() -> str:
    from getpass import getpass

    given = getpass("Password: ", sys.stderr)
    if getpass("Again: ", sys.stderr) != given:
        raise UsageError("the two are not the same")
    return given


def _read() -> str:
    say("Reading the password from standard input.")
    line = standard_input().readline(_LONGEST).rstrip(b"\r\n")
    return line.decode(errors="replace")
