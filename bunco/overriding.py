"""Put the environment on top of a configuration's tables.

``BUNCO_STORE__PATH=/data/bunco.db`` overrides ``path`` of ``[store]``; a source is named
in the middle: ``BUNCO_SOURCE__HN__URL``.
"""

import os
import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeAlias

ENV_PREFIX = "BUNCO_"

Table: TypeAlias = dict[str, Any]
"""What TOML holds between two headings."""


def overridden(
    tables: Table, names: Collection[str], environment: Mapping[str, str] | None = None
) -> Table:
    """Give tables with the environment's values in place.

    Args:
        tables: what a TOML file holds; it stays as it is.
        names: of the tables that there are; a variable that means another one is left alone.
        environment: the process's own where absent.
    """
    environment = os.environ if environment is None else environment
    merged: Table = {
        key: [dict(row) if isinstance(row, dict) else row for row in value]
        if isinstance(value, list)
        else value
        for key, value in tables.items()
    }
    for variable in sorted(environment):
        path = variable.removeprefix(ENV_PREFIX).lower().split("__")
        if not variable.startswith(ENV_PREFIX) or len(path) < 2:
            continue
        value = toml_value(environment[variable])
        if path[0] == "source":
            _override_source(merged.get("source", []), path[1:], value)
        elif path[0] in names:
            put(merged, path, value)
    return merged


def _override_source(entries: object, path: list[str], value: object) -> None:
    for table in entries if isinstance(entries, list) else []:
        name = re.sub(r"\W", "_", str(table.get("name", ""))).lower()
        if name == path[0] and len(path) > 1:
            put(table, path[1:], value)


def put(table: Table, path: Sequence[str], value: object) -> None:
    """Set a value in a table; inner tables on the way are copied, or made, never changed."""
    for step in path[:-1]:
        inner = table.get(step)
        table[step] = dict(inner) if isinstance(inner, dict) else {}
        table = table[step]
    table[path[-1]] = value


def toml_value(text: str) -> object:
    """Give the value of a text that is TOML, else the text.

    >>> toml_value("4"), toml_value("7d")
    (4, '7d')
    """
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
