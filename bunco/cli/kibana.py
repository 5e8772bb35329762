"""Dashboards for Kibana: write them to a file, send them to a Kibana, show their queries."""

import os
import re
import sys
from datetime import timedelta
from pathlib import Path
from typing import Annotated, TypeAlias

import typer
from msgspec import Struct

from bunco.cli.options import ConfigFile
from bunco.cli.terminal import say, write_json
from bunco.clock import SystemClock
from bunco.errors import UsageError
from bunco.values import Secret

kibana = typer.Typer(help="Dashboards for Kibana, over a store in Elasticsearch.")

_PREFIX = re.compile(r"[a-z0-9][a-z0-9_.-]{0,99}")
"""Source: Elasticsearch, create index API: lower case, no leading ``-``, ``_``, ``+``."""

_PLAIN = "bunco"

Prefix: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--prefix",
        metavar="NAME",
        help="How the store's indices begin. Else as the configuration says, else bunco.",
        show_default=False,
    ),
]


class _Store(Struct, frozen=True):
    """What is needed of a store's table: its secrets may be out of reach here."""

    prefix: str = _PLAIN


@kibana.command("export")
def kibana_export(
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="FILE", help="Where to. Else standard output."),
    ] = None,
    prefix: Prefix = None,
    config: ConfigFile = None,
) -> None:
    """Write the dashboards, searches and data views as Kibana imports them.

    By hand: Stack Management, Saved Objects, Import.
    """
    from dashboards.kibana.objects import export

    document = export(_sound(prefix, config))
    if to is None:
        sys.stdout.buffer.write(document)
        return
    to.write_bytes(document)
    say(f"Wrote {to}: import it in Kibana under Stack Management, Saved Objects.")


@kibana.command("import")
def kibana_import(
    url: Annotated[
        str, typer.Option("--url", metavar="URL", help="Where Kibana is.", envvar="KIBANA_URL")
    ],
    space: Annotated[
        str, typer.Option("--space", metavar="NAME", help="Into this space.", show_default=False)
    ] = "",
    prefix: Prefix = None,
    config: ConfigFile = None,
    username: Annotated[
        str,
        typer.Option("--username", metavar="NAME", envvar="KIBANA_USERNAME", show_default=False),
    ] = "",
) -> None:
    """Send the dashboards to a Kibana; those sent before are overwritten.

    Credentials come from the environment: KIBANA_API_KEY, or KIBANA_USERNAME and
    KIBANA_PASSWORD. Certificates of your own are trusted through SSL_CERT_FILE.

    Examples:
        bunco kibana import --url https://kibana.example.org:5601
    """
    from dashboards.kibana.objects import export
    from dashboards.kibana.sending import Kibana, import_objects

    target = Kibana(
        url=url,
        space=space,
        username=username,
        api_key=_secret("KIBANA_API_KEY"),
        password=_secret("KIBANA_PASSWORD"),
    )
    if username and not (target.api_key or target.password):
        raise UsageError("a user name needs a password: set KIBANA_PASSWORD")
    taken = _sound(prefix, config)
    count = import_objects(target, export(taken))
    say(f"{count} objects imported: open the dashboard Live spam [{taken}].")


@kibana.command("queries")
def kibana_queries(prefix: Prefix = None, config: ConfigFile = None) -> None:
    """Show what each panel asks Elasticsearch about the last day: one JSON object a line."""
    from dashboards.kibana.objects import DASHBOARDS
    from dashboards.kibana.queries import Shown, panel_queries

    taken = _sound(prefix, config)
    until = SystemClock().now()
    shown = Shown(since=until - timedelta(days=1), until=until)
    for dashboard in DASHBOARDS:
        for panel in dashboard.panels:
            for query in panel_queries(panel, taken, shown):
                write_json(
                    {
                        "dashboard": dashboard.title,
                        "panel": panel.title,
                        "index": query.index,
                        "body": query.body,
                    }
                )


def _sound(asked: str | None, config: Path | None) -> str:
    """Give the prefix that was asked for, else the one of the configured store."""
    prefix = _configured(config) if asked is None else asked
    if not _PREFIX.fullmatch(prefix):
        raise UsageError(
            "a prefix has small letters, digits, '.', '_' and '-', and begins with one"
            " of the first two"
        )
    return prefix


def _configured(config: Path | None) -> str:
    """Give the prefix of the configured store, without asking for the packages it needs."""
    from bunco import wiring
    from bunco.config import decode

    store = wiring.load_config(config).store
    if store.kind != "elastic":
        return _PLAIN
    options = {name: value for name, value in store.options.items() if name == "prefix"}
    return decode(_Store, options, store.where, store.key).prefix


def _secret(variable: str) -> Secret | None:
    """Give a credential of the environment; none where it is unset or empty."""
    value = os.environ.get(variable, "")
    return Secret(value) if value else None
