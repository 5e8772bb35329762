"""Dashboards for Kibana: write them to a file, send them to a Kibana, show their queries."""

import os
import re
import sys
from datetime import timedelta
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from bunco.cli.terminal import say, write_json
from bunco.clock import SystemClock
from bunco.errors import UsageError
from bunco.values import Secret

kibana = typer.Typer(help="Dashboards for Kibana, over a store in Elasticsearch.")

_PREFIX = re.compile(r"[a-z0-9][a-z0-9_.-]{0,99}")
"""Source: Elasticsearch, create index API: lower case, no leading ``-``, ``_``, ``+``."""

Prefix: TypeAlias = Annotated[
    str, typer.Option("--prefix", metavar="NAME", help="How the store's indices begin.")
]


@kibana.command("export")
def kibana_export(
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="FILE", help="Where to. Else standard output."),
    ] = None,
    prefix: Prefix = "bunco",
) -> None:
    """Write the dashboards, searches and data views as Kibana imports them.

    By hand: Stack Management, Saved Objects, Import.
    """
    from dashboards.kibana.objects import export

    document = export(_sound(prefix))
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
    prefix: Prefix = "bunco",
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
    count = import_objects(target, export(_sound(prefix)))
    say(f"{count} objects imported: open the dashboard Live spam [{prefix}].")


@kibana.command("queries")
def kibana_queries(prefix: Prefix = "bunco") -> None:
    """Show what each panel asks Elasticsearch about the last day: one JSON object a line."""
    from dashboards.kibana.objects import DASHBOARDS
    from dashboards.kibana.queries import Shown, panel_queries

    until = SystemClock().now()
    shown = Shown(since=until - timedelta(days=1), until=until)
    for dashboard in DASHBOARDS:
        for panel in dashboard.panels:
            for query in panel_queries(panel, _sound(prefix), shown):
                write_json(
                    {
                        "dashboard": dashboard.title,
                        "panel": panel.title,
                        "index": query.index,
                        "body": query.body,
                    }
                )


def _sound(prefix: str) -> str:
    if not _PREFIX.fullmatch(prefix):
        raise UsageError(
            "a prefix has small letters, digits, '.', '_' and '-', and begins with one"
            " of the first two"
        )
    return prefix


def _secret(variable: str) -> Secret | None:
    """Give a credential of the environment; none where it is unset or empty."""
    value = os.environ.get(variable, "")
    return Secret(value) if value else None
