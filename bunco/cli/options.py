"""The options that several commands share: one spelling, one help text."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

StorePlace: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="PATH",
        help="The store: a path, sqlite:PATH or elastic://HOST:PORT/PREFIX. "
        "Else the configuration's, else bunco.db.",
        show_default=False,
    ),
]
ConfigFile: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        metavar="PATH",
        help="The configuration. Else bunco.toml in this folder.",
        show_default=False,
    ),
]
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Since: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="TIME",
        help='From then on: "24h", "7d", 2026-03-02, or RFC 3339.',
        show_default=False,
    ),
]
Until: TypeAlias = Annotated[
    str | None,
    typer.Option("--until", metavar="TIME", help="Before then.", show_default=False),
]
Limit: TypeAlias = Annotated[
    int | None,
    typer.Option("--limit", "-n", metavar="N", min=1, help="The most rows.", show_default=False),
]
